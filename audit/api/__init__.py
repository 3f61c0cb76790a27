"""The read-only JSON interface for business-intelligence tools: tokens, pages of figures, its own description."""
