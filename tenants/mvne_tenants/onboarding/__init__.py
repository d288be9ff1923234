"""Applying a manifest: what it would change, and making it so, step by step."""
