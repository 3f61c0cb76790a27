"""Scoring: JSON documents in, exact results out. Knows no web framework and no database."""
