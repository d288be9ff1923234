"""Plans' online policies to and from the column that keeps them."""

from collections.abc import Mapping
from typing import Any

from mvne_platform.catalogue.drafts import FinalUnitAction, OnlinePolicy


def online_policy(stored: Mapping[str, Any] | None) -> OnlinePolicy:
    """The policy a plan was stored with; the usual one when it states none."""
    if stored is None:
        return OnlinePolicy()
    quotas = tuple(sorted((service, int(units)) for service, units in stored["quotas"].items()))
    return OnlinePolicy(quotas, int(stored["validity_s"]), FinalUnitAction(stored["final_unit_action"]))


def stored_policy(policy: OnlinePolicy | None) -> dict[str, Any] | None:
    """The policy as it is stored."""
    if policy is None:
        return None
    return {
        "quotas": dict(policy.quotas),
        "validity_s": policy.validity_s,
        "final_unit_action": policy.final_unit_action.value,
    }
