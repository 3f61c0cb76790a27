"""What the agency keeps an eye on: the trail of everything that happened."""
