"""Lines of every kind with fixed ids, and records of every kind for them: what both ways of loading must agree on."""

import random
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid5

from sqlalchemy import insert, select

from mvne_platform import balances, catalogue
from mvne_platform.balances import Grant, Granted, Reason
from mvne_platform.balances.models import Bucket, LedgerEntry, SharingGroup, SharingMember
from mvne_platform.catalogue import BandDraft, BandPolicy, PaymentMode, PriceListDraft, RateDraft, TierMode
from mvne_platform.catalogue.drafts import TierDraft
from mvne_platform.catalogue.models import Offering, OfferingDiscount
from mvne_platform.catalogue.price_list_models import HostContract, PriceList, PriceListAssignment
from mvne_platform.charging.online import Charge
from mvne_platform.kernel import Money, Unit, uuid7
from mvne_platform.mediation.models.numbers import NumberDataKind, NumberDataLoad, PortedNumber, ShortCode
from mvne_platform.party.models import CustomerGroup, CustomerGroupMember
from mvne_platform.runtime import Context
from mvne_platform.subscriptions.models import IdentifierKind, Product, Subscription, SubscriptionIdentifier
from tests.platform.charging.shop import HEADER as PLAIN_HEADER
from tests.platform.charging.shop import RATES, ZONES, open_line, open_shop, utc
from tests.platform.lines import LONG_AGO

HEADER = f"{PLAIN_HEADER},correlation,call,part,last,attribute.note"
MOST_RECORDS = 3_000
BEGIN, END = utc("2026-09-25 00:00"), utc("2026-10-12 00:00")
CALLED = ["+4530000002", "+12125550100", "+4590000000", "+4580000001", "112", "110", "+99999999", "+4577112233"]
NETWORKS = ["262-01", "262-02", "310-01"]
OCTOBER_1, OCTOBER_4 = utc("2026-10-01 00:00"), utc("2026-10-04 00:00")
_SPACE = UUID(int=26)
_EVENINGS = tuple(BandDraft("evening", day * 1440 + 18 * 60, (day + 1) * 1440) for day in range(7))
# A third of the standard prices; calls at home by the evening's price where they run into it, data by volume.
_CHEAPER = (
    *(
        replace(rate, price_micros=rate.price_micros // 3)
        for rate in RATES
        if (rate.zone, rate.service) not in (("dk", "voice_out"), ("dk", "data"))
    ),
    RateDraft("dk", "voice_out", 90_000, 60, 30, 10, band_policy=BandPolicy.SPLIT, tiers=(TierDraft(2_000, 45_000),)),
    RateDraft(
        "dk",
        "voice_out",
        30_000,
        60,
        30,
        10,
        band="evening",
        band_policy=BandPolicy.SPLIT,
        tiers=(TierDraft(2_000, 15_000),),
    ),
    RateDraft("dk", "data", 20_000, 1_000_000, 1, 1, tier_mode=TierMode.VOLUME, tiers=(TierDraft(5_000_000, 9_000),)),
)
_HOST = tuple(replace(rate, price_micros=rate.price_micros // 2, connection_fee_micros=0) for rate in RATES)


def line_id(number: int) -> UUID:
    """The fixed id of a line; not in the order of the numbers."""
    return uuid5(_SPACE, str(number))


def msisdn(number: int) -> str:
    """The number of a line."""
    return f"+4520{number:06}"


def open_crowd(ctx: Context, size: int = 40) -> None:
    """Postpaid, prepaid and hybrid lines with money, allowances and limits; some share, some have a cheaper list."""
    open_shop(ctx)
    catalogue.import_price_list(ctx, PriceListDraft("cheaper", "DKK", LONG_AGO, ZONES, _CHEAPER, _EVENINGS))
    host = PriceListDraft("host", "DKK", LONG_AGO, ZONES, _HOST, purpose=catalogue.Purpose.WHOLESALE)
    catalogue.import_price_list(ctx, host)
    contract = {"code": "host", "operator": "Host", "price_list_id": _list_id(ctx, "host"), "valid_from": BEGIN}
    if ctx.db.scalar(select(HostContract.id)) is None:  # a demo brand has one
        ctx.db.add(HostContract(id=uuid7(), **contract))
    _number_data(ctx)
    for number in range(size):
        mode = (PaymentMode.POSTPAID, PaymentMode.PREPAID, PaymentMode.HYBRID)[number % 3]
        open_line(
            ctx,
            msisdn(number),
            mode,
            imsi=f"23801{number:010}",
            subscription_id=line_id(number),
            spend_limit_micros=5_000_000 if number % 6 == 2 else None,
            offline_debit=("full", "available", "refuse")[number // 3 % 3],
            price_list=None if number % 17 == 16 else ("standard", "cheaper")[number % 5 == 4],
            billed_until=date(2026, 10, 1) if number % 4 == 0 else date(2017, 1, 1),
        )
        if mode is not PaymentMode.POSTPAID and number % 2:
            money = Money((number % 7 + 1) * 1_500_000, "DKK")
            balances.top_up(ctx, line_id(number), money, Reason.TOP_UP, uuid5(_SPACE, f"money {number}"))
    _special_terms(ctx)
    grants = [_minutes(number, kind) for number in range(size) for kind in range(number % 4)]
    balances.grant_allowances(ctx, grants, Reason.GRANT)
    _port(ctx, size)
    _charge_online(ctx, size)


def _charge_online(ctx: Context, size: int) -> None:
    """Half of the charging ids that records have were used online; half of those by the line the record names."""
    charges = [
        {
            "id": uuid5(_SPACE, f"charge {number}"),
            "subscription_id": line_id((number + number % 4 // 2) % size),
            "mark": 0,
            "correlation": f"c{number}",
            "answer": "{}",
            "charged_at": BEGIN,
        }
        for number in range(0, MOST_RECORDS, 2)
    ]
    ctx.db.execute(insert(Charge), charges)


def _number_data(ctx: Context) -> None:
    """A range of numbers that was ported, and a helpline."""
    ported = {"first": 4530000000, "last": 4530000099, "operator": "other", "valid_from": utc("2026-10-02 00:00")}
    helpline = {
        "code": "+4577112233",
        "prefix": False,
        "number_class": "helpline",
        "name": "Help",
        "source": "the tests",
    }
    ctx.db.add(PortedNumber(id=uuid7(), **ported))
    ctx.db.add(ShortCode(id=uuid7(), valid_from=LONG_AGO, **helpline))
    for kind in NumberDataKind:
        load = {"kind": kind, "name": "tests", "replaced": False, "added": 1, "ended": 0, "actor": "tests"}
        ctx.db.add(NumberDataLoad(id=uuid7(), loaded_at=LONG_AGO, **load))
    ctx.db.flush()


def _special_terms(ctx: Context) -> None:
    """Sharing, discounts, customer groups, lists of one's own, and another plan from a day on."""
    group = SharingGroup(
        id=UUID("ffffffff-ffff-8000-8000-000000000001"),
        account_id=_line(ctx, 20).account_id,
        owner_id=line_id(20),
        name="Family",
        created_at=LONG_AGO,
    )
    ctx.db.add(group)
    ctx.db.flush()
    for number, since, until in ((20, LONG_AGO, None), (21, OCTOBER_1, None), (24, LONG_AGO, OCTOBER_4)):
        one = {"subscription_id": line_id(number), "valid_from": since, "valid_to": until}
        ctx.db.add(SharingMember(id=uuid7(), group_id=group.id, **one))
    shared = {"code": "family", "unit": "second", "amount": 2_000, "granted": 2_000, "services": [], "zones": []}
    bucket = Bucket(id=uuid5(_SPACE, "family"), group_id=group.id, priority=1, valid_from=LONG_AGO, **shared)
    ctx.db.add(bucket)
    ctx.db.flush()
    entry = {"delta": 2_000, "reason": Reason.GRANT, "reason_id": bucket.id, "occurred_at": LONG_AGO}
    ctx.db.add(LedgerEntry(id=uuid7(), bucket_id=bucket.id, **entry))
    _discounts(ctx)
    _lists(ctx)
    _another_plan(ctx, 13)


def _discounts(ctx: Context) -> None:
    for number, basis_points, services, zones in (
        (3, 1_500, ["voice_out"], []),
        (12, 2_500, [], ["dk"]),
        (21, 9_000, [], []),
    ):
        plan = ctx.db.scalars(select(Product).where(Product.subscription_id == line_id(number))).one()
        terms = {"basis_points": basis_points, "services": services, "zones": zones}
        ctx.db.add(OfferingDiscount(id=uuid7(), offering_id=plan.offering_id, code=f"off {number}", **terms))
    ctx.db.flush()


def _lists(ctx: Context) -> None:
    """Staff have the cheaper list for some days, one customer for good, and a plan from a day on."""
    staff = CustomerGroup(id=uuid7(), code="staff", name="Staff")
    ctx.db.add(staff)
    ctx.db.flush()
    for number in (6, 7, 8, 20):
        member = {"customer_id": _line(ctx, number).customer_id, "valid_from": BEGIN, "valid_to": None}
        ctx.db.add(CustomerGroupMember(id=uuid7(), group_id=staff.id, **member))
    plan = ctx.db.scalars(select(Product).where(Product.subscription_id == line_id(9))).one()
    code = ctx.db.get_one(Offering, plan.offering_id).code
    for subject, since, until in (
        ({"customer_group": "staff"}, utc("2026-09-28 00:00"), utc("2026-10-05 00:00")),
        ({"customer_id": _line(ctx, 10).customer_id}, LONG_AGO, None),
        ({"plan": code}, OCTOBER_1, None),
    ):
        span = {"valid_from": since, "valid_to": until, "price_list_id": _list_id(ctx, "cheaper")}
        ctx.db.add(PriceListAssignment(id=uuid7(), **span, **subject))
    ctx.db.flush()


def _another_plan(ctx: Context, number: int) -> None:
    """The line gets another line's plan, prepaid instead of what it had, and then its own again."""
    own = ctx.db.scalars(select(Product).where(Product.subscription_id == line_id(number))).one()
    other = ctx.db.scalars(select(Product).where(Product.subscription_id == line_id(4))).one()
    own.valid_to = OCTOBER_1
    ctx.db.flush()
    for offering, since, until in ((other.offering_id, OCTOBER_1, OCTOBER_4), (own.offering_id, OCTOBER_4, None)):
        span = {"valid_from": since, "valid_to": until}
        product = Product(id=uuid7(), subscription_id=line_id(number), offering_id=offering, is_plan=True, **span)
        ctx.db.add(product)
        ctx.db.flush()


def _line(ctx: Context, number: int) -> Subscription:
    return ctx.db.get_one(Subscription, line_id(number))


def _list_id(ctx: Context, code: str) -> UUID:
    return ctx.db.scalars(select(PriceList.id).where(PriceList.code == code)).one()


def _minutes(number: int, kind: int) -> Granted:
    units = (Unit.SECOND, Unit.SECOND, Unit.BYTE)[kind]
    grant = Grant(
        f"allowance {kind}",
        units,
        (700, 400, 3_000_000)[kind],
        services=((), ("voice_out",), ())[kind],
        zones=((), ("dk",), ())[kind],
        priority=(2, 1, 1)[kind],
        valid_from=utc("2026-09-01 00:00"),
        valid_to=(None, utc("2026-10-01 00:00"), None)[kind],
    )
    return Granted(line_id(number), grant, uuid5(_SPACE, f"grant {number} {kind}"))


def _port(ctx: Context, size: int) -> None:
    """One number changes hands in the middle of the time."""
    moved = utc("2026-10-03 12:00")
    for number, since, until in ((size, LONG_AGO, moved), (size + 1, moved, None)):
        open_line(ctx, msisdn(900_000 + number), subscription_id=line_id(number))
        held = {"kind": IdentifierKind.MSISDN, "value": msisdn(800_000), "valid_from": since, "valid_to": until}
        ctx.db.add(SubscriptionIdentifier(id=uuid5(_SPACE, f"held {number}"), subscription_id=line_id(number), **held))
    ctx.db.flush()


def records(chance: random.Random, count: int, size: int = 40) -> list[str]:
    """Records in any order, under HEADER.

    One in thirty is repeated, one in forty is broken in one way or another, some have charging ids, some are parts.
    """
    made = [record for number in range(count) for record in _records(chance, number, size)]
    made += chance.sample(made, count // 30)
    chance.shuffle(made)
    return made


def _records(chance: random.Random, number: int, size: int) -> list[str]:
    if chance.random() < 0.03:
        return _parts(chance, number, size)
    if chance.random() < 0.08:
        start, sent = BEGIN + timedelta(seconds=chance.randrange(1_000_000)), chance.randrange(2_000_000)
        line = msisdn(number % size)
        return [f"r{number},data,{line},,,{start:%Y-%m-%dT%H:%M:%SZ},,{sent},,,,,c{number},,,,"]
    note = chance.choice(["", "", "", "cell 12", "a\\b", "Søren", '"say ""hi"""'])
    return [f"{_record(chance, number, size)},,,,,{note}"]


def _parts(chance: random.Random, number: int, size: int) -> list[str]:
    """A call in three parts, one of which may be missing."""
    start = BEGIN + timedelta(seconds=chance.randrange(1_000_000))
    line = msisdn(chance.randrange(size))
    parts = [
        f"r{number}-{part},voice_out,{line},,+4530000002,{start + timedelta(seconds=900 * part):%Y-%m-%dT%H:%M:%SZ},900"
        f",,,,true,,,k{number},{part + 1},{str(part == 2).lower()},"
        for part in range(3)
    ]
    return chance.sample(parts, 2 if chance.random() < 0.3 else 3)


def _record(chance: random.Random, number: int, size: int) -> str:
    start = BEGIN + timedelta(seconds=chance.randrange(int((END - BEGIN).total_seconds())))
    when = f"{start:%Y-%m-%dT%H:%M:%SZ}"
    who = chance.randrange(size)
    subscriber, imsi = msisdn(who), f"23801{who:010}"
    if chance.random() < 0.03:
        subscriber = msisdn(800_000)
        imsi = ""
    if chance.random() < 0.025:
        return chance.choice(
            [
                f"r{number},fax,{subscriber},,+4530000002,{when},10,,,,true,",
                f"r{number},voice_out,{msisdn(700_000)},,+4530000002,{when},10,,,,true,",
                f"r{number},voice_out,{msisdn(1)},{imsi},+4530000002,{when},10,,,,true,",
                f"r{number},voice_out,{subscriber},,+4530000002,2027-01-01T00:00:00Z,10,,,,true,",
                f'r{number},voice_out,{subscriber},,"+4530000002",{when},10,,,,true,',
                "nothing of the kind",
            ]
        )
    match chance.randrange(6):
        case 0:
            return f"r{number},data,{subscriber},{imsi},,{when},,{chance.randrange(2_000_000)},,,,"
        case 1:
            network = chance.choice(NETWORKS)
            return f"r{number},roaming_data,,23801{who:010},,{when},,{chance.randrange(900_000)},,{network},,"
        case 2:
            return f"r{number},sms_out,{subscriber},{imsi},{chance.choice(CALLED)},{when},,,1,,,"
        case 3:
            return f"r{number},voice_in,{subscriber},,+4530000002,{when},{chance.randrange(300)},,,,true,"
        case _:
            answered = chance.choice(["true", "true", "true", "false"])
            seconds = chance.choice([0, 1, 59, 60, 61, chance.randrange(4_000)])
            return f"r{number},voice_out,{subscriber},{imsi},{chance.choice(CALLED)},{when},{seconds},,,,{answered},"
