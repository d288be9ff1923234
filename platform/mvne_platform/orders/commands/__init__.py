"""Use cases of quotes and orders."""
