"""Networks, by the name a brand's profile gives under `adapters.network`."""

from mvne_platform.provisioning.adapters import http_json
from mvne_platform.provisioning.adapters.port import NetworkAdapter, NetworkAnswer, NetworkCall, NetworkLine, Outcome

ADAPTERS: dict[str, NetworkAdapter] = {"http": http_json.send}

__all__ = ["ADAPTERS", "NetworkAdapter", "NetworkAnswer", "NetworkCall", "NetworkLine", "Outcome"]
