"""Pages of disputes: raise, list, answer, rates."""
