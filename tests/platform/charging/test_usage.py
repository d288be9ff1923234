"""Reading a subscription's usage."""

from datetime import date
from uuid import UUID

import pytest

from mvne_platform import charging
from mvne_platform.charging import UsageFilter, UsageTotal
from mvne_platform.kernel import Period, Unit
from mvne_platform.runtime import Actor, ActorKind, Context
from mvne_platform.runtime.context import PermissionMissing
from tests.platform.charging.shop import ANNA, BENT, call, load, open_line, open_shop, receive, utc

OCTOBER = Period(utc("2026-09-30 22:00"), utc("2026-10-31 23:00"))
CARE = Actor(ActorKind.CLIENT, "app", frozenset({"usage.read"}))


@pytest.fixture
def line(ctx: Context) -> UUID:
    """A line with a few days of usage."""
    ctx.now = utc("2026-10-20 12:00")
    open_shop(ctx)
    line = open_line(ctx, ANNA, imsi="238010000000001")
    open_line(ctx, BENT)
    load(
        ctx,
        receive(
            ctx,
            call(1, 60, start="2026-10-05T10:00:00Z"),
            call(2, 60, start="2026-10-05T21:59:59Z"),
            call(3, 60, start="2026-10-05T22:00:00Z", called="+12125550100"),
            call(4, 60, start="2026-10-06T10:00:00Z", called="112"),
            call(5, 60, start="2026-10-06T11:00:00Z", called="+4580112112"),
            call(6, 60, start="2026-10-06T12:00:00Z", called="+4590112112"),
            call(7, 60, start="2026-10-06T13:00:00Z").replace(",true,", ",false,"),
            call(8, 60, caller=BENT),
            "r9,data,,238010000000001,,2026-10-06T14:00:00Z,,3000000,,,,",
            "r10,sms_out,+4520000001,,+4530000002,2026-10-06T15:00:00Z,,,2,,,",
        ),
    )
    return line


def test_usage_comes_latest_first_page_by_page(ctx: Context, line: UUID) -> None:
    every = charging.usage(ctx, line)
    assert [f"{event.start:%d %H:%M}" for event in every] == [
        "06 15:00",
        "06 14:00",
        "06 13:00",
        "06 12:00",
        "05 22:00",
        "05 21:59",
        "05 10:00",
    ]
    pages = []
    before = None
    while page := charging.usage(ctx, line, first=3, before=before):
        pages.append(page)
        before = page[-1].key
    assert [event for page in pages for event in page] == every
    assert [len(page) for page in pages] == [3, 3, 1]


@pytest.mark.parametrize(
    ("wanted", "starts"),
    [
        (UsageFilter(service="data"), ["06 14:00"]),
        (UsageFilter(zone="us"), ["05 22:00"]),
        (UsageFilter(during=Period(utc("2026-10-05 21:59"), utc("2026-10-05 22:00"))), ["05 21:59"]),
        (UsageFilter(during=Period(utc("2026-10-05 22:00"), utc("2026-10-06 13:00"))), ["06 12:00", "05 22:00"]),
        (UsageFilter("voice_out", "dk", OCTOBER), ["05 21:59", "05 10:00"]),
        (UsageFilter(service="mms_out"), []),
    ],
)
def test_usage_is_narrowed_by_service_zone_and_time(
    ctx: Context, line: UUID, wanted: UsageFilter, starts: list[str]
) -> None:
    assert [f"{event.start:%d %H:%M}" for event in charging.usage(ctx, line, wanted=wanted)] == starts


def test_called_numbers_are_masked_unless_they_may_be_read(ctx: Context, line: UUID) -> None:
    assert {event.other_party for event in charging.usage(ctx, line)} == {
        "+4530000002",
        "+12125550100",
        "+4590112112",
        None,
    }
    ctx.actor = CARE
    assert {event.other_party for event in charging.usage(ctx, line)} == {
        "+4530000xxx",
        "+12125550xxx",
        "+4590112xxx",
        None,
    }


def test_emergency_and_freephone_numbers_appear_nowhere(ctx: Context, line: UUID) -> None:
    stored = {event.key for event in charging.usage(ctx, line)}
    assert len(stored) == 7
    free = [total for total in charging.usage_totals(ctx, line, OCTOBER) if total.day == date(2026, 10, 6)]
    # The barred and the unanswered call and the one after midnight; not the two to 112 and to a freephone number.
    assert [(total.service, total.events) for total in free] == [("data", 1), ("sms_out", 1), ("voice_out", 3)]


@pytest.mark.parametrize(
    "record",
    [
        call(11, called="112").replace(",true,", ",false,"),
        call(11, called="+4580112112").replace(",true,", ",false,"),
        call(11, called="+4580112112").replace("voice_out", "voice_in"),
        call(11, called="+4580112112").replace("voice_out", "sms_out").replace(",61,", ",,"),
    ],
)
def test_a_helpline_stays_hidden_when_nobody_answers_and_when_it_calls_back(
    ctx: Context, line: UUID, record: str
) -> None:
    before = charging.usage(ctx, line), charging.usage_totals(ctx, line, OCTOBER)
    loaded = load(ctx, receive(ctx, record))
    assert loaded.not_chargeable == 1
    assert (charging.usage(ctx, line), charging.usage_totals(ctx, line, OCTOBER)) == before


def test_one_event_is_found_by_its_key(ctx: Context, line: UUID) -> None:
    event = charging.usage(ctx, line)[0]
    assert charging.usage_event(ctx, line, event.key) == event
    assert (event.service, event.quantity, event.unit, event.amount_micros) == ("sms_out", 2, Unit.MESSAGE, 400_000)
    assert charging.usage_event(ctx, line, UUID(int=event.key.int + 1)) is None


def test_totals_are_by_the_brands_day_and_service(ctx: Context, line: UUID) -> None:
    voice = [total for total in charging.usage_totals(ctx, line, OCTOBER) if total.service == "voice_out"]
    assert voice == [
        # 22:00 UTC is midnight in Copenhagen; one started minute to America, a barred and an unanswered call
        UsageTotal(date(2026, 10, 6), None, "voice_out", Unit.SECOND, "DKK", 3, 180, 60, 1_200_000, 1_200_000, 0),
        UsageTotal(date(2026, 10, 5), None, "voice_out", Unit.SECOND, "DKK", 2, 120, 120, 800_000, 800_000, 0),
    ]
    data = next(total for total in charging.usage_totals(ctx, line, OCTOBER) if total.service == "data")
    assert (data.quantity, data.charged, data.amount_micros) == (3_000_000, 3_000_000, 150_000)
    assert charging.usage_totals(ctx, line, Period(OCTOBER.end, utc("2026-12-01 00:00"))) == []


def test_another_brand_sees_nothing(ctx: Context, other_ctx: Context, line: UUID) -> None:
    assert charging.usage(other_ctx, line) == []
    assert charging.usage_totals(other_ctx, line, OCTOBER) == []


def test_reading_needs_its_permission(ctx: Context, line: UUID) -> None:
    ctx.actor = Actor(ActorKind.CLIENT, "shop", frozenset({"catalogue.read"}))
    with pytest.raises(PermissionMissing, match=r"usage\.read"):
        charging.usage(ctx, line)
    with pytest.raises(PermissionMissing, match=r"usage\.read"):
        charging.usage_totals(ctx, line, OCTOBER)
