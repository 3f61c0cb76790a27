"""The outbox: each mail goes out once, however often its job runs."""
