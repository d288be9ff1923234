"""Use cases of billing, one file each."""
