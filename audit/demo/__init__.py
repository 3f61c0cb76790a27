"""A believable agency with two clients, made by seed."""
