"""The commands of `mvne`, one file per noun."""
