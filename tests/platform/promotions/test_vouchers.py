from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import func, select

from mvne_platform import balances, promotions
from mvne_platform.kernel import DomainError, Money
from mvne_platform.promotions import codes
from mvne_platform.promotions.models import Voucher, VoucherAttempt
from mvne_platform.runtime import Actor, ActorKind, Context, brand_work
from mvne_platform.runtime.context import PermissionMissing
from mvne_platform.runtime.models import FactRow
from mvne_platform.subscriptions import SubscriptionState, UnknownSubscription, WrongState
from tests.platform.lines import make_line
from tests.plugins.database import Database

FIFTY = Money.of(50, "DKK")


def issue(ctx: Context, count: int = 1, batch: str = "autumn") -> list[str]:
    return promotions.issue_vouchers(
        ctx, batch_code=batch, count=count, money=FIFTY, valid_to=ctx.now + timedelta(days=365)
    )


def attempts(ctx: Context) -> int:
    return ctx.db.scalar(select(func.count()).select_from(VoucherAttempt)) or 0


def wrong() -> str:
    return codes.new_code()


def test_a_voucher_for_a_line_that_is_over_stays_good(ctx: Context) -> None:
    [code] = issue(ctx)
    with pytest.raises(WrongState):
        promotions.redeem_voucher(ctx, code, make_line(ctx, state=SubscriptionState.TERMINATED))
    assert attempts(ctx) == 0
    assert promotions.redeem_voucher(ctx, code, make_line(ctx)) == FIFTY


def test_a_batch_shows_its_codes_once_and_keeps_only_digests(ctx: Context) -> None:
    shown = issue(ctx, 3)

    rows = ctx.db.scalars(select(Voucher)).all()
    assert (len(set(shown)), len({row.code_digest for row in rows}), {len(row.code_digest) for row in rows}) == (
        3,
        3,
        {32},
    )
    fact = ctx.db.scalars(select(FactRow).where(FactRow.kind == "VouchersIssued")).one()
    assert (fact.payload["count"], fact.payload["amount_micros"]) == (3, 50_000_000)
    kept = ctx.db.connection().exec_driver_sql("SELECT to_jsonb(v)::text FROM voucher v").scalars().all()
    assert not any(code.replace("-", "") in text for code in shown for text in kept)


def test_a_voucher_is_worth_its_value_once(ctx: Context) -> None:
    (code,) = issue(ctx)
    line = make_line(ctx)

    assert promotions.redeem_voucher(ctx, f"  {code.lower()} ", line) == FIFTY

    assert balances.money(ctx, line) == 50_000_000
    voucher = ctx.db.scalars(select(Voucher)).one()
    assert (voucher.redeemed_at, voucher.redeemed_by) == (ctx.now, line)
    fact = ctx.db.scalars(select(FactRow).where(FactRow.kind == "BalanceToppedUp")).one()
    assert (fact.payload["reason"], fact.payload["reason_id"]) == ("voucher", str(voucher.id))

    with pytest.raises(promotions.VoucherUsed, match="redeemed before"):
        promotions.redeem_voucher(ctx, code, make_line(ctx))
    assert balances.money(ctx, line) == 50_000_000


@pytest.mark.parametrize(
    ("entered", "refusal"),
    [
        ("3333-3333-3333-3333", promotions.VoucherUnknown),
        ("3333-3333-3333-3334", promotions.VoucherMistyped),
        ("", promotions.VoucherMistyped),
    ],
)
def test_a_wrong_code_moves_nothing_and_is_counted(ctx: Context, entered: str, refusal: type[DomainError]) -> None:
    issue(ctx)
    line = make_line(ctx)

    with pytest.raises(refusal) as refused:
        promotions.redeem_voucher(ctx, entered, line)

    assert (refused.value.field, refused.value.leaves_trace) == (("code",), True)
    assert (balances.money(ctx, line), attempts(ctx)) == (0, 1)
    assert ctx.db.scalars(select(Voucher)).one().redeemed_at is None


def test_a_voucher_past_its_validity_is_refused(ctx: Context) -> None:
    (code,) = issue(ctx)
    line = make_line(ctx)
    ctx.now += timedelta(days=365)

    with pytest.raises(promotions.VoucherExpired, match="valid until 2027-09-30"):
        promotions.redeem_voucher(ctx, code, line)
    assert balances.money(ctx, line) == 0


def test_after_five_wrong_codes_even_a_right_one_waits_an_hour(ctx: Context) -> None:
    (code,) = issue(ctx)
    line, other = make_line(ctx), make_line(ctx)
    for _ in range(5):
        with pytest.raises(promotions.VoucherUnknown):
            promotions.redeem_voucher(ctx, wrong(), line)
        ctx.now += timedelta(minutes=1)

    with pytest.raises(promotions.VouchersLocked, match="try again later"):
        promotions.redeem_voucher(ctx, code, line)
    assert (balances.money(ctx, line), attempts(ctx)) == (0, 5)

    ctx.now += timedelta(minutes=54)  # 59 since the first
    with pytest.raises(promotions.VouchersLocked):
        promotions.redeem_voucher(ctx, code, line)
    ctx.now += timedelta(minutes=1)
    assert promotions.redeem_voucher(ctx, code, line) == FIFTY
    with pytest.raises(promotions.VoucherUsed):
        promotions.redeem_voucher(ctx, code, other)  # the other line was never locked


def test_an_unknown_subscription_is_no_guess(ctx: Context) -> None:
    (code,) = issue(ctx)
    with pytest.raises(UnknownSubscription):
        promotions.redeem_voucher(ctx, code, ctx.db.scalars(select(Voucher.id)).one())
    assert attempts(ctx) == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"count": 0}, "count"),
        ({"count": 100_001}, "count"),
        ({"money": Money.of(50, "EUR")}, "amount"),
        ({"money": Money.of(0, "DKK")}, "amount"),
        ({"valid_to": timedelta(0)}, "valid_to"),
    ],
)
def test_a_batch_that_makes_no_sense_is_refused(ctx: Context, change: dict[str, object], field: str) -> None:
    asked = {"batch_code": "autumn", "count": 1, "money": FIFTY, "valid_to": timedelta(days=1), **change}
    with pytest.raises(promotions.BatchInvalid) as refused:
        promotions.issue_vouchers(ctx, **{**asked, "valid_to": ctx.now + asked["valid_to"]})
    assert refused.value.field == (field,)
    assert ctx.db.scalars(select(Voucher)).all() == []


def test_a_batch_code_is_used_once(ctx: Context) -> None:
    issue(ctx)
    with pytest.raises(promotions.BatchExists, match="'autumn'"):
        issue(ctx)
    assert len(ctx.db.scalars(select(Voucher)).all()) == 1


def test_issuing_and_redeeming_have_their_permissions(ctx: Context) -> None:
    (code,) = issue(ctx)
    line = make_line(ctx)
    ctx.actor = Actor(ActorKind.CLIENT, "shop", frozenset({"balance.top_up"}))
    with pytest.raises(PermissionMissing, match=r"voucher\.issue"):
        issue(ctx, batch="other")
    with pytest.raises(PermissionMissing, match=r"voucher\.redeem"):
        promotions.redeem_voucher(ctx, code, line)
    assert (balances.money(ctx, line), attempts(ctx)) == (0, 0)


def test_another_brands_voucher_is_unknown(ctx: Context, other_ctx: Context) -> None:
    (code,) = issue(ctx)
    line = make_line(other_ctx)
    with pytest.raises(promotions.VoucherUnknown):
        promotions.redeem_voucher(other_ctx, code, line)


def test_one_voucher_redeemed_by_many_at_once_is_worth_its_value_once(database: Database) -> None:
    with brand_work("testbrand") as ctx:
        (code,) = issue(ctx)
        lines = [make_line(ctx) for _ in range(6)]
    start = Barrier(6)

    def redeem(line: UUID) -> str:
        start.wait()
        try:
            with brand_work("testbrand") as ctx:
                promotions.redeem_voucher(ctx, code, line)
        except promotions.VoucherUsed as refusal:
            return refusal.code
        return "redeemed"

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(redeem, lines)) == ["VOUCHER_USED"] * 5 + ["redeemed"]
    with brand_work("testbrand") as ctx:
        assert sum(balances.money(ctx, line) for line in lines) == 50_000_000
        assert attempts(ctx) == 5  # refusals that leave a trace


def test_guesses_made_at_once_are_stopped_after_five(database: Database) -> None:
    with brand_work("testbrand") as ctx:
        line = make_line(ctx)
    start = Barrier(8)

    def guess(_: int) -> str:
        start.wait()
        try:
            with brand_work("testbrand") as ctx:
                promotions.redeem_voucher(ctx, wrong(), line)
        except DomainError as refusal:
            return refusal.code
        return "redeemed"

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(guess, range(8))) == ["VOUCHERS_LOCKED"] * 3 + ["VOUCHER_UNKNOWN"] * 5
    with brand_work("testbrand") as ctx:
        assert attempts(ctx) == 5
