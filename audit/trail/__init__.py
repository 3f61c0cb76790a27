"""Who did what when: append-only, readable per visit and for the whole system."""
