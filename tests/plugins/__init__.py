"""Fixtures of the whole suite, by what they provide."""
