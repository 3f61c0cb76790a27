"""Checklists and their versions; a published version never changes."""
