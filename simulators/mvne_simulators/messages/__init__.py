"""Where the platform's letters end in the demo: a mail server and an SMS gateway that deliver nothing and show all."""

from mvne_simulators.messages.app import create_app

__all__ = ["create_app"]
