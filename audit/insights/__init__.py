"""Comparisons for head office, from the lines of released scorecards."""
