"""The demo: three brands and the first month of their lives, lived through the platform's public doors."""

from mvne_cli.demo.living import live

__all__ = ["live"]
