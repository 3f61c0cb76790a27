"""The editor's desk: queue, return, approval, release; stored scorecards."""
