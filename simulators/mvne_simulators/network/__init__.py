"""An operator's network as a virtual operator sees it: a subscriber register (HLR/HSS) behind a provisioning API."""

from mvne_simulators.network.app import create_app

__all__ = ["create_app"]
