"""A small batch of columns: two lines of one sharing group, one line of its own, a plain price list."""

from datetime import UTC, date, datetime

import numpy as np

from mvne_platform.catalogue import (
    OfflineDebit,
    PaymentMode,
    PriceListDraft,
    RateDraft,
    Service,
    Tariff,
    TierDraft,
    ZoneDraft,
    compile_drafts,
)
from mvne_platform.kernel import Unit
from mvne_platform.rating.kernel import (
    FOREVER,
    NONE,
    EventColumns,
    HoldingTable,
    PurseState,
    day_number,
    number_column,
    service_mask,
)

NOON = int(datetime(2026, 10, 5, 10, tzinfo=UTC).timestamp())
OCTOBER = day_number(date(2026, 10, 1))


def a_tariff(*rates: RateDraft, prefixes: tuple[str, ...] = ("45",)) -> Tariff:
    """A micro a second, and what else is given."""
    zone = ZoneDraft("z", "Zone", prefixes=prefixes)
    plain = RateDraft("z", "voice_out", 1, 1, 1, 1)
    draft = PriceListDraft("list", "DKK", datetime(2026, 1, 1, tzinfo=UTC), (zone,), rates or (plain,))
    return compile_drafts([draft], "Europe/Copenhagen", {})


def tiered(*volumes: int) -> RateDraft:
    """Another price from each volume on."""
    tiers = tuple(TierDraft(volume, number + 2) for number, volume in enumerate(volumes))
    return RateDraft("z", "voice_out", 1, 1, 1, 1, tiers=tiers, counter="minutes")


def calls(*durations: int, holding: tuple[int, ...] = (), number: str | None = "+4533112233") -> EventColumns:
    """Calls, a minute apart, of the given holdings (the first, unless told)."""
    count = len(durations)
    numbers, short_codes = number_column([number] * count)
    return EventColumns(
        start=NOON + 60 * np.arange(count),
        service=np.full(count, list(Service).index(Service.VOICE_OUT), np.int8),
        quantity=np.array(durations, np.int64),
        answered=np.full(count, NONE, np.int8),
        number=numbers,
        network=np.full(count, NONE, np.int32),
        operator=np.full(count, NONE, np.int32),
        number_class=np.full(count, NONE, np.int8),
        holding=np.array(holding or [0] * count, np.int32),
        period=np.full(count, OCTOBER, np.int32),
        short_codes=short_codes,
    )


def holdings(*rows: dict[str, int]) -> HoldingTable:
    """Postpaid holdings of one price list each: subscription, group, sharing and whatever else is given."""
    return HoldingTable(
        group=_column(rows, "group", 0),
        subscription=_column(rows, "subscription", 0),
        sharing=_column(rows, "sharing", NONE),
        tariff=_column(rows, "tariff", 0),
        wholesale=_column(rows, "wholesale", NONE),
        payment_mode=_column(rows, "mode", list(PaymentMode).index(PaymentMode.POSTPAID)).astype(np.int8),
        offline_debit=_column(rows, "policy", list(OfflineDebit).index(OfflineDebit.AVAILABLE)).astype(np.int8),
        spend_limit=_column(rows, "limit", NONE).astype(np.int64),
        discount_offsets=np.zeros(len(rows) + 1, np.int64),
        discount_bp=np.empty(0, np.int64),
        discount_services=np.empty(0, np.int64),
        discount_zones=np.empty(0, np.int32),
        discount_from=np.empty(0, np.int64),
        discount_to=np.empty(0, np.int64),
    )


def state(*buckets: dict[str, int], offsets: tuple[int, ...] = ()) -> PurseState:
    """Buckets of seconds, of one group unless `offsets` say otherwise."""
    return PurseState(
        offsets=np.array(offsets or (0, len(buckets)), np.int64),
        subscription=_column(buckets, "subscription", NONE),
        sharing=_column(buckets, "sharing", NONE),
        unit=_column(buckets, "unit", list(Unit).index(Unit.SECOND)).astype(np.int8),
        currency=_column(buckets, "currency", NONE),
        amount=_column(buckets, "amount", 0).astype(np.int64),
        services=np.full(len(buckets), service_mask(()), np.int64),
        zones=np.full(len(buckets), NONE, np.int32),
        valid_from=np.zeros(len(buckets), np.int64),
        valid_to=np.full(len(buckets), FOREVER, np.int64),
        main=np.zeros(len(buckets), np.bool_),
        counter_subscription=np.empty(0, np.int32),
        counter_code=np.empty(0, np.int32),
        counter_period=np.empty(0, np.int32),
        counter_amount=np.empty(0, np.int64),
    )


def _column(rows: tuple[dict[str, int], ...], name: str, usual: int) -> np.ndarray:
    return np.array([row.get(name, usual) for row in rows], np.int32)
