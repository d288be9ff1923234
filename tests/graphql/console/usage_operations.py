"""The operations of who looks after usage, as one request each, for a given desk."""

from collections.abc import Callable
from typing import Any

from tests.graphql.console.desk import Desk
from tests.platform.charging.shop import call

WHY = "Because."
OCTOBER = {"startsFrom": "2026-09-30T22:00:00Z", "startsBefore": "2026-10-31T23:00:00Z"}


def source_input(code: str) -> dict[str, Any]:
    """A directory that is looked into every hour."""
    return {
        "code": code,
        "name": "The host",
        "operator": "host",
        "kind": "DIRECTORY",
        "format": "mvne-csv",
        "settings": {"folder": "host", "settleSeconds": 0},
        "schedule": {"everyMinutes": 60},
    }


QUERIES: dict[str, str] = {
    "reratings": "{ reratings { pageInfo { hasNextPage } } }",
    "tariffReplays": "{ tariffReplays { pageInfo { hasNextPage } } }",
    "usageSources": "{ usageSources { id } }",
    "usageFailures": "{ usageFailures { pageInfo { hasNextPage } } }",
    "usageFailureGroups": "{ usageFailureGroups { count } }",
    "usageFailureBatches": "{ usageFailureBatches { pageInfo { hasNextPage } } }",
}
BY_ID: dict[str, str] = {
    "ratedEvent": "RatedEvent",
    "rerating": "Rerating",
    "tariffReplay": "TariffReplay",
    "usageSource": "UsageSource",
    "usageFailure": "UsageFailure",
    "usageFailureBatch": "UsageFailureBatch",
}
MUTATIONS: dict[str, Callable[[Desk], dict[str, Any]]] = {
    "startRerating": lambda desk: {**OCTOBER, "subscriptionId": desk["Subscription"], "reason": WHY},
    "bookRerating": lambda desk: {"reratingId": desk["Rerating"]},
    "discardRerating": lambda desk: {"reratingId": desk["Rerating"]},
    "replayTariff": lambda desk: {**OCTOBER, "name": "As it is", "priceList": "desk"},
    "retryUsageFile": lambda desk: {"usageFileId": desk["QuarantinedFile"], "why": WHY},
    "releaseUsageFile": lambda desk: {"usageFileId": desk["QuarantinedFile"], "why": WHY},
    "discardUsageFile": lambda desk: {"usageFileId": desk["QuarantinedFile"], "why": WHY},
    "createUsageSource": lambda desk: {"source": source_input("another")},
    "changeUsageSource": lambda desk: {"usageSourceId": desk["UsageSource"], "source": source_input("desk")},
    "setUsageSourceSecret": lambda desk: {"usageSourceId": desk["UsageSource"], "secret": "a secret"},
    "pauseUsageSource": lambda desk: {"usageSourceId": desk["UsageSource"]},
    "resumeUsageSource": lambda desk: {"usageSourceId": desk["UsageSource"]},
    "pullUsageSource": lambda desk: {"usageSourceId": desk["UsageSource"]},
    "testUsageSource": lambda desk: {"usageSourceId": desk["UsageSource"]},
    "waiveUsageGap": lambda desk: {"usageSourceId": desk["UsageSource"], "first": "1", "last": "2", "why": WHY},
    "takeLeftUsageFile": lambda desk: {"leftFileId": desk["UsageLeftFile"]},
    "correctUsageFailure": lambda desk: {"usageFailureId": desk["UsageFailure"], "record": call(77), "why": WHY},
    "rateUsageFailuresAgain": lambda desk: {"usageFailureIds": [desk["UsageFailure"]], "why": WHY},
    "writeOffUsageFailures": lambda desk: {"usageFailureIds": [desk["UsageFailure"]], "why": WHY},
    "stopUsageFailureBatch": lambda desk: {"usageFailureBatchId": desk["UsageFailureBatch"]},
}
