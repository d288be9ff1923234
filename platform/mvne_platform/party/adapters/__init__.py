"""Identity verification providers, by the name a brand's profile gives under `adapters.identity`."""

from mvne_platform.party.adapters import http_json
from mvne_platform.party.adapters.port import Finding, IdentityProvider, Person, Verdict

PROVIDERS: dict[str, IdentityProvider] = {"http": http_json.ask}

__all__ = ["PROVIDERS", "Finding", "IdentityProvider", "Person", "Verdict"]
