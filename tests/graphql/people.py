"""People and things for the API's tests, committed."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from mvne_graphql.relay import global_id
from mvne_platform import balances, promotions
from mvne_platform.kernel import Money, uuid7
from mvne_platform.runtime import Context, brand_work
from tests.platform.lines import make_line


@dataclass(frozen=True, slots=True)
class Line:
    """A prepaid subscription with a money bucket."""

    brand: str
    key: UUID

    @property
    def id(self) -> str:
        """As clients know it."""
        return global_id("Subscription", self.key)

    def money(self) -> int:
        """What its balance holds, in micros."""
        with brand_work(self.brand) as ctx:
            return balances.money(ctx, self.key)


def prepaid_line(brand: str = "testbrand", *, micros: int = 0) -> Line:
    """A line that holds `micros` of the brand's currency."""
    with brand_work(brand) as ctx:
        key = make_line(ctx)
        balances.open_money(ctx, key)
        if micros:
            balances.top_up(ctx, key, Money(micros, ctx.brand.currency), balances.Reason.ADJUSTMENT, key)
        return Line(brand, key)


def vouchers(count: int = 1, *, brand: str = "testbrand", amount: str = "50") -> list[str]:
    """Codes of a new batch."""
    with brand_work(brand) as ctx:
        return _issued(ctx, count, amount)


def _issued(ctx: Context, count: int, amount: str) -> list[str]:
    return promotions.issue_vouchers(
        ctx,
        batch_code=f"batch-{uuid7().hex}",
        count=count,
        money=Money.of(amount, ctx.brand.currency),
        valid_to=ctx.now + timedelta(days=90),
    )
