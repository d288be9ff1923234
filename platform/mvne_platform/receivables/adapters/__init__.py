"""Payment providers, by the name a brand's profile gives under `adapters.payment`."""

from mvne_platform.receivables.adapters import http_json
from mvne_platform.receivables.adapters.port import Demand, PaymentProvider, Settlement, Verdict

PROVIDERS: dict[str, PaymentProvider] = {"http": http_json.take}

__all__ = ["PROVIDERS", "Demand", "PaymentProvider", "Settlement", "Verdict"]
