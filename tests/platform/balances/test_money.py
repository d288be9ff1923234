"""Money buckets: top-up, debit, adjustment."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from mvne_platform import balances, subscriptions
from mvne_platform.balances import BalanceToppedUp, Grant, LedgerLine, Reason, errors
from mvne_platform.catalogue import PaymentMode
from mvne_platform.kernel import DomainError, Money, Unit, uuid7
from mvne_platform.runtime import Actor, ActorKind, Context
from mvne_platform.runtime.context import PermissionMissing
from tests.platform.balances.stock import hold
from tests.platform.lines import LONG_AGO, make_line


def dkk(amount: str | int) -> Money:
    return Money.of(amount, "DKK")


def state(ctx: Context, line: UUID) -> tuple[int, int]:
    """The balance in micros, and how many ledger entries the line has."""
    entries = "SELECT count(*) FROM ledger_entry e JOIN bucket b ON b.id = e.bucket_id WHERE b.subscription_id = :line"
    return balances.money(ctx, line), ctx.db.scalar(text(entries), {"line": line}) or 0


def test_a_top_up_opens_the_money_bucket_and_says_so(ctx: Context) -> None:
    line, payment = make_line(ctx), uuid7()
    movement = balances.top_up(ctx, line, dkk("99.50"), Reason.TOP_UP, payment)
    assert (movement.delta, movement.repeated) == (99_500_000, False)
    assert state(ctx, line) == (99_500_000, 1)
    assert ctx.facts == [BalanceToppedUp(line, 99_500_000, "DKK", Reason.TOP_UP, payment)]
    (bucket,) = balances.buckets(ctx, line)
    assert (bucket.code, bucket.unit, bucket.currency, bucket.amount) == ("main", "money", "DKK", 99_500_000)
    assert (bucket.valid_from, bucket.valid_to) == (LONG_AGO, None)


def test_the_same_top_up_twice_is_one(ctx: Context) -> None:
    line, payment = make_line(ctx), uuid7()
    first = balances.top_up(ctx, line, dkk(100), Reason.TOP_UP, payment)
    again = balances.top_up(ctx, line, dkk(100), Reason.TOP_UP, payment)
    assert again == replace(first, repeated=True)
    assert state(ctx, line) == (100_000_000, 1)
    assert len(ctx.facts) == 1


def test_the_same_occasion_with_another_amount_is_refused(ctx: Context) -> None:
    line, payment = make_line(ctx), uuid7()
    balances.top_up(ctx, line, dkk(100), Reason.TOP_UP, payment)
    with pytest.raises(errors.OccasionTaken, match="is booked already, with 100000000 instead of 200000000"):
        balances.top_up(ctx, line, dkk(200), Reason.TOP_UP, payment)
    assert state(ctx, line) == (100_000_000, 1)
    assert len(ctx.facts) == 1


def test_one_id_under_two_reasons_is_two_occasions(ctx: Context) -> None:
    line, occasion = make_line(ctx), uuid7()
    balances.top_up(ctx, line, dkk(100), Reason.TOP_UP, occasion)
    balances.top_up(ctx, line, dkk(50), Reason.VOUCHER, occasion)
    assert state(ctx, line) == (150_000_000, 2)


def test_a_debit_takes_what_is_there(ctx: Context) -> None:
    line = make_line(ctx)
    balances.top_up(ctx, line, dkk(100), Reason.TOP_UP, uuid7())
    movement = balances.debit(ctx, line, dkk(100), Reason.RENEWAL, uuid7())
    assert movement.delta == -100_000_000
    assert state(ctx, line) == (0, 2)


def test_a_debit_above_the_balance_is_refused_and_takes_nothing(ctx: Context) -> None:
    line = make_line(ctx)
    balances.top_up(ctx, line, dkk(100), Reason.TOP_UP, uuid7())
    with pytest.raises(balances.BalanceTooLow) as refusal:
        balances.debit(ctx, line, dkk("100.01"), Reason.RENEWAL, uuid7())
    assert refusal.value.message == "The balance of 100.00 DKK does not cover 100.01 DKK; top up 0.01 DKK or more."
    assert state(ctx, line) == (100_000_000, 1)


def test_a_repeated_debit_answers_the_first_even_when_nothing_is_left(ctx: Context) -> None:
    line, renewal = make_line(ctx), uuid7()
    balances.top_up(ctx, line, dkk(100), Reason.TOP_UP, uuid7())
    first = balances.debit(ctx, line, dkk(80), Reason.RENEWAL, renewal)
    assert balances.debit(ctx, line, dkk(80), Reason.RENEWAL, renewal) == replace(first, repeated=True)
    assert state(ctx, line) == (20_000_000, 2)


def test_a_product_is_renewed_once_per_period(ctx: Context) -> None:
    line, product = make_line(ctx), uuid7()
    balances.top_up(ctx, line, dkk(100), Reason.TOP_UP, uuid7())
    for period in (ctx.now, ctx.now, ctx.now + timedelta(days=30)):
        balances.debit(ctx, line, dkk(30), Reason.RENEWAL, balances.occasion_id(product, period))
    assert state(ctx, line) == (40_000_000, 3)


def test_an_adjustment_may_go_below_zero_and_needs_its_permission(ctx: Context) -> None:
    line = make_line(ctx)
    ctx.actor = Actor(ActorKind.STAFF, "eva", frozenset({"balance.read", "balance.adjust"}))
    booked = balances.adjust(ctx, line, dkk(-5), uuid7(), note="  charged twice ")
    assert state(ctx, line) == (-5_000_000, 1)
    (entry,) = balances.ledger(ctx, booked.bucket_id)
    assert (entry.note, entry.actor, entry.reason) == ("charged twice", "staff:eva", Reason.ADJUSTMENT)
    ctx.actor = Actor(ActorKind.STAFF, "eva", frozenset({"balance.read", "balance.top_up"}))
    with pytest.raises(PermissionMissing, match=r"balance\.adjust"):
        balances.adjust(ctx, line, dkk(-5), uuid7(), note="again")
    assert state(ctx, line) == (-5_000_000, 1)


@pytest.mark.parametrize(
    ("amount", "note", "code"), [("1", " ", "BAD_NOTE"), ("1", "x" * 501, "BAD_NOTE"), ("0", "why", "BAD_AMOUNT")]
)
def test_an_adjustment_of_nothing_or_without_a_reason_is_refused(
    ctx: Context, amount: str, note: str, code: str
) -> None:
    line = make_line(ctx)
    with pytest.raises(DomainError) as refusal:
        balances.adjust(ctx, line, dkk(amount), uuid7(), note=note)
    assert refusal.value.code == code
    assert state(ctx, line) == (0, 0)


def test_a_line_that_pays_by_invoice_holds_no_money(ctx: Context) -> None:
    line = make_line(ctx, mode=PaymentMode.POSTPAID)
    with pytest.raises(balances.NotPrepaid):
        balances.adjust(ctx, line, dkk(5), uuid7(), note="goodwill")
    assert state(ctx, line) == (0, 0)


def test_what_a_session_holds_pays_for_nothing_else(ctx: Context) -> None:
    line = make_line(ctx)
    bucket = balances.top_up(ctx, line, dkk(100), Reason.TOP_UP, uuid7()).bucket_id
    hold(ctx, bucket, 30_000_000)
    with pytest.raises(balances.BalanceTooLow) as refusal:
        balances.debit(ctx, line, dkk("70.01"), Reason.RENEWAL, uuid7())
    assert refusal.value.message == "The balance of 70.00 DKK does not cover 70.01 DKK; top up 0.01 DKK or more."
    assert state(ctx, line) == (100_000_000, 1)
    balances.debit(ctx, line, dkk(70), Reason.RENEWAL, uuid7())
    held = balances.bucket(ctx, bucket)
    assert (held.amount, held.reserved, held.available) == (30_000_000, 30_000_000, 0)


def test_an_allowance_is_adjusted_within_what_is_available(ctx: Context) -> None:
    line = make_line(ctx)
    bucket = balances.grant_allowance(ctx, line, Grant("voice", Unit.SECOND, 600), Reason.GRANT, uuid7()).id
    hold(ctx, bucket, 100)
    with pytest.raises(errors.BadAmount, match="The bucket has 500 seconds available"):
        balances.adjust_bucket(ctx, bucket, -501, uuid7(), note="granted by mistake")
    balances.adjust_bucket(ctx, bucket, -500, uuid7(), note="granted by mistake")
    balances.adjust_bucket(ctx, bucket, 60, uuid7(), note="a minute for the wait")
    state = balances.bucket(ctx, bucket)
    assert (state.amount, state.granted, state.available) == (160, 160, 60)


def test_an_adjustment_of_a_bucket_of_money_is_another_command(ctx: Context) -> None:
    bucket = balances.open_money(ctx, make_line(ctx)).id
    with pytest.raises(errors.BadAmount, match="This bucket holds money"):
        balances.adjust_bucket(ctx, bucket, 1, uuid7(), note="why")
    assert balances.ledger(ctx, bucket) == []


@pytest.mark.parametrize(
    ("money", "code"),
    [(Money.of(1, "EUR"), "WRONG_CURRENCY"), (Money(0, "DKK"), "BAD_AMOUNT"), (Money(-1, "DKK"), "BAD_AMOUNT")],
)
def test_money_that_cannot_be_booked_is_refused(ctx: Context, money: Money, code: str) -> None:
    line = make_line(ctx)
    for command in (balances.top_up, balances.debit):
        with pytest.raises(DomainError) as refusal:
            command(ctx, line, money, Reason.TOP_UP, uuid7())
        assert (refusal.value.code, refusal.value.field) == (code, ("amount",))
    assert state(ctx, line) == (0, 0)
    assert balances.buckets(ctx, line) == []


def test_a_subscription_that_is_not_the_brands_has_no_balance(ctx: Context) -> None:
    with pytest.raises(subscriptions.UnknownSubscription):
        balances.top_up(ctx, uuid7(), dkk(1), Reason.TOP_UP, uuid7())
    with pytest.raises(balances.UnknownBucket):
        balances.ledger(ctx, uuid7())


def test_the_ledger_shows_running_totals_page_by_page(ctx: Context) -> None:
    line = make_line(ctx)
    movements = [balances.top_up(ctx, line, dkk(amount), Reason.TOP_UP, uuid7()) for amount in (10, 20, 30)]
    bucket = movements[0].bucket_id
    newest = balances.ledger(ctx, bucket, first=2)
    assert sorted(entry.delta for entry in balances.ledger(ctx, bucket)) == [10_000_000, 20_000_000, 30_000_000]
    assert newest[0].total == 60_000_000
    (oldest,) = balances.ledger(ctx, bucket, first=2, before=newest[-1].entry_id)
    assert isinstance(oldest, LedgerLine)
    assert oldest.total == oldest.delta
    assert {entry.entry_id for entry in (*newest, oldest)} == {movement.entry_id for movement in movements}


def test_every_balance_is_explained_by_its_reasons(ctx: Context) -> None:
    line = make_line(ctx)
    for amount in (100, 50):
        bucket = balances.top_up(ctx, line, dkk(amount), Reason.TOP_UP, uuid7()).bucket_id
    balances.debit(ctx, line, dkk(30), Reason.RENEWAL, uuid7())
    explained = balances.why(ctx, bucket)
    assert [(total.reason, total.entries, total.delta) for total in explained.totals] == [
        (Reason.RENEWAL, 1, -30_000_000),
        (Reason.TOP_UP, 2, 150_000_000),
    ]
    assert explained.bucket.amount == 120_000_000


def test_balances_are_read_as_of_a_past_instant(ctx: Context) -> None:
    line, start = make_line(ctx), ctx.now
    balances.top_up(ctx, line, dkk(100), Reason.TOP_UP, uuid7())
    ctx.now = start + timedelta(days=3)
    balances.debit(ctx, line, dkk(40), Reason.RENEWAL, uuid7())
    amounts = {
        day: [bucket.amount for bucket in balances.buckets(ctx, line, start + timedelta(days=day))]
        for day in (-1, 0, 2, 3, 9)
    }
    assert amounts == {-1: [0], 0: [100_000_000], 2: [100_000_000], 3: [60_000_000], 9: [60_000_000]}


def test_reading_needs_its_permission(ctx: Context) -> None:
    line = make_line(ctx)
    ctx.actor = Actor(ActorKind.CLIENT, "shop", frozenset({"catalogue.read"}))
    with pytest.raises(PermissionMissing, match=r"balance\.read"):
        balances.buckets(ctx, line)
