"""Waves: a period in which a client's branches are visited with one checklist version."""
