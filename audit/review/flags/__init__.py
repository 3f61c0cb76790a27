"""Signs that an editor should look (scoring.md 5.2): computed at each submission, in words, deciding nothing."""
