"""Mystery-shopping audits: from the shopper's phone to the branch manager's scorecard."""
