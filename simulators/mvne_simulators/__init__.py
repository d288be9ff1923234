"""The world around the platform, for demo and tests: network, partners, messages, traffic.

Separate processes that import no product code, keep their own state, and are reached over HTTP, SMTP and files only.
"""
