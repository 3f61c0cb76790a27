"""Clients, their regions and branches."""
