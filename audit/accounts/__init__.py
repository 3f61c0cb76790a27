"""People, their roles and scopes, signing in."""
