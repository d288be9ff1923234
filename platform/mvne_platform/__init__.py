"""The BSS itself: one package per domain, each imported through its front door."""
