"""The story of one rated event, step by step: what a bill opens down to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from mvne_platform.catalogue import UNITS, NumberClass, Service
from mvne_platform.kernel import DomainError, Unit
from mvne_platform.mediation import UsageEvent
from mvne_platform.rating.rated import Outcome, Rated, Reason
from mvne_platform.rating.trace import Trace

Values = Mapping[str, int | str | None]


class StepKind(StrEnum):
    """What a step tells. Codes are stable: applications choose icons and translations by them."""

    PRICE_LIST = "price_list"
    ZONE = "zone"
    BAND = "band"
    UNITS = "units"
    ALLOWANCE = "allowance"
    USAGE = "usage"
    ROUNDING = "rounding"
    FEE = "fee"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"
    DISCOUNT = "discount"
    AMOUNT = "amount"
    ACCRUED = "accrued"
    DEBITED = "debited"
    WAIVED = "waived"
    # The event was not priced, and why.
    END = "end"


@dataclass(frozen=True, slots=True)
class ExplanationStep:
    """One step: a title in English, its arithmetic, and what rule, version or bucket it came from.

    `arithmetic` is a sum that can be checked by hand, amounts in the currency's main unit with six decimals; empty
    where nothing is computed. `values` are its numbers by name, amounts in micros, quantities in the service's unit.
    """

    kind: StepKind
    title: str
    arithmetic: str = ""
    rule_id: UUID | None = None
    version_id: UUID | None = None
    bucket_id: UUID | None = None
    values: Values = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The step in the types of JSON."""
        ids = {"rule_id": self.rule_id, "version_id": self.version_id, "bucket_id": self.bucket_id}
        told: dict[str, Any] = {"kind": self.kind.value, "title": self.title, "arithmetic": self.arithmetic}
        return told | {name: str(one) for name, one in ids.items() if one} | {"values": dict(self.values)}


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """A rated event as it is stored: the columns that an explanation stands on. Amounts in micros of `currency`.

    `takes` are bucket and units (micros for money) in the order of the taking: allowances first.
    """

    service: Service
    start: datetime
    outcome: Outcome
    currency: str
    quantity: int
    charged: int
    amount_micros: int
    accrued_micros: int
    debited_micros: int
    reason: Reason | None = None
    other_party: str | None = None
    visited_network: str | None = None
    operator: str | None = None
    number_class: NumberClass | None = None
    rate_id: UUID | None = None
    zone: str | None = None
    band: str | None = None
    takes: Sequence[tuple[UUID, int]] = ()
    trace: Trace | None = None

    @classmethod
    def of(cls, event: UsageEvent, rated: Rated) -> "StoredEvent":
        """What a rated event that has not failed leaves behind, read from memory instead of a table."""
        return cls(
            service=event.service,
            start=event.start,
            outcome=rated.outcome,
            reason=rated.reason,
            currency=rated.currency,
            quantity=rated.quantity,
            charged=rated.charged,
            amount_micros=rated.amount_micros,
            accrued_micros=rated.accrued_micros,
            debited_micros=rated.debited_micros,
            other_party=event.other_party,
            visited_network=event.visited_network,
            operator=event.operator,
            number_class=event.number_class,
            rate_id=rated.rate_id,
            zone=rated.zone,
            band=rated.band,
            takes=[(take.bucket_id, take.quantity) for take in rated.takes],
            trace=rated.trace,
        )

    @property
    def waived_micros(self) -> int:
        """What of the amount the plan's offline policy gave up."""
        return self.amount_micros - self.accrued_micros - self.debited_micros


class ExplanationMismatch(DomainError):
    """The stored numbers of an event do not lead to its amount: a defect, or a row that was tampered with.

    No explanation is given rather than a wrong one.
    """

    code = "EXPLANATION_MISMATCH"


_UNIT_NAMES = {Unit.SECOND: ("s", "s"), Unit.BYTE: ("byte", "bytes"), Unit.MESSAGE: ("message", "messages")}


def counted(units: int, service: Service) -> str:
    """Units of a service as people read them."""
    one, several = _UNIT_NAMES[UNITS[service]]
    return f"{units} {one if units == 1 else several}"


def money(micros: int) -> str:
    """An amount in the main unit with all its six decimals."""
    whole, fraction = divmod(abs(micros), 10**6)
    return f"{'-' if micros < 0 else ''}{whole}.{fraction:06d}"
