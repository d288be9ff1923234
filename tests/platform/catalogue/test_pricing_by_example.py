"""Every amount in the guide is what its price list makes of its event."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from mvne_platform.catalogue import (
    UNITS,
    OfflineDebit,
    PaymentMode,
    PriceListHead,
    Service,
    Tariff,
    compile_drafts,
    read_price_list_csv,
)
from mvne_platform.catalogue.amounts import parse_amount, parse_percent, parse_quantity
from mvne_platform.kernel import Unit
from mvne_platform.mediation import UsageEvent
from mvne_platform.rating import Outcome, Purse, PurseBucket, ScalarRater, Subscriber, UsageDiscount
from tests.platform.catalogue.files import VALID_FROM, sound

GUIDE = Path(__file__).resolve().parents[3] / "docs/guides/pricing-by-example.md"
ZONE = "Europe/Copenhagen"
LINE, PERIOD = UUID(int=1), date(2026, 10, 1)


@dataclass(frozen=True)
class Example:
    """A section of the guide: its files, and its events with what they cost."""

    title: str
    files: dict[str, str]
    events: list[dict[str, str]]

    @property
    def tariff(self) -> Tariff:
        """The list, standing on its parent where it has one."""
        lists: dict[str, dict[str, str]] = {"list": {}}
        for name, text in self.files.items():
            folder, _, file = name.rpartition("/")
            lists.setdefault(folder or "list", {})[file] = text
        parent = "parent" if "parent" in lists else None
        drafts = []
        for code in ("parent", "list"):
            if code in lists:
                head = PriceListHead(code, "DKK", VALID_FROM, parent=parent if code == "list" else None)
                drafts.append(sound(read_price_list_csv(head, lists[code], drafts[0] if drafts else None)))
        return compile_drafts(drafts, ZONE, {}, "list")


def examples() -> Iterator[Example]:
    for section in GUIDE.read_text("utf-8").split("\n## ")[1:]:
        files = dict(re.findall(r"`([\w/]+\.csv)`\n\n```csv\n(.*?)```", section, re.DOTALL))
        if files:
            yield Example(section.partition("\n")[0], files, list(_table(section)))


def _table(section: str) -> Iterator[dict[str, str]]:
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.split("\n") if line[:1] == "|"]
    yield from (dict(zip(rows[0], row, strict=True)) for row in rows[2:])


EXAMPLES = list(examples())
CASES = [(example, event) for example in EXAMPLES for event in example.events]


def test_the_guide_has_the_examples_it_had() -> None:
    assert [len(example.events) for example in EXAMPLES] == [6, 3, 3, 3, 6, 9, 7, 4, 4]


@pytest.mark.parametrize(
    ("example", "event"), CASES, ids=lambda one: one.title if isinstance(one, Example) else one["costs"]
)
def test_an_event_costs_what_the_guide_says(example: Example, event: dict[str, str]) -> None:
    service = Service(event["service"])
    rated = ScalarRater().rate(_event(event, service), _subscriber(event), example.tariff, _purse(event, example))
    match rated.outcome:
        case Outcome.RATED:
            assert rated.amount_micros == parse_amount(event["costs"])
        case Outcome.FAILED:
            assert rated.reason
            assert rated.reason.value == event["costs"]
        case _:
            assert event["costs"] == {Outcome.NOT_CHARGEABLE: "free", Outcome.BARRED: "barred"}[rated.outcome]


def _event(event: dict[str, str], service: Service) -> UsageEvent:
    unit = UNITS[service]
    quantity = parse_quantity(event["used"], unit)
    start = datetime.fromisoformat(event["start"]).replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
    return UsageEvent(
        natural_key=(event["start"],),
        identifiers=(),
        service=service,
        start=start,
        duration_s=quantity if unit is Unit.SECOND else None,
        bytes=quantity if unit is Unit.BYTE else None,
        count=quantity if unit is Unit.MESSAGE else None,
        other_party=event.get("to") or None,
        visited_network=event.get("in") or None,
        answered=True,
        operator=event.get("operator") or None,
    )


def _subscriber(event: dict[str, str]) -> Subscriber:
    points = parse_percent(event.get("discount") or "0")
    discount = UsageDiscount("less", points, frozenset(), frozenset(), VALID_FROM, None)
    discounts = (discount,) if points else ()
    return Subscriber(LINE, PaymentMode.POSTPAID, OfflineDebit.FULL, None, PERIOD, discounts=discounts)


def _purse(event: dict[str, str], example: Example) -> Purse:
    allowance = parse_quantity(event.get("allowance") or "0", Unit.SECOND)
    bucket = PurseBucket(
        UUID(int=2), LINE, "talk", Unit.SECOND, None, allowance, frozenset(), frozenset(), 100, VALID_FROM, None
    )
    before = parse_quantity(event.get("before") or "0", Unit.SECOND)
    return Purse([bucket] if allowance else [], {(LINE, "calls", PERIOD): before} if before else {})
