"""The platform's partners: a payment provider and an identity verification provider."""

from mvne_simulators.partners.app import create_app

__all__ = ["create_app"]
