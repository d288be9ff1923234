"""The types both schemas show, one file per domain."""
