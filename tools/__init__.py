"""Development tools that are not product."""
