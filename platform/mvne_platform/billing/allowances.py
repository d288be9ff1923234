"""What a product costs and includes, and the beginning of a period with what it includes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from mvne_platform import balances, catalogue, subscriptions
from mvne_platform.kernel import Period
from mvne_platform.runtime import Context


@dataclass(frozen=True, slots=True)
class Contents:
    """What an offering costs (micros, as the brand prices) and includes."""

    view: catalogue.OfferingView

    def micros(self, kind: catalogue.PriceKind) -> int:
        """The price of a kind, 0 for none."""
        return sum(price.amount_micros for price in self.view.prices if price.kind is kind)

    def tax_class(self, kind: catalogue.PriceKind) -> str:
        """The tax class of a price that there is; raises StopIteration when there is none."""
        return next(price.tax_class for price in self.view.prices if price.kind is kind)

    @property
    def period_days(self) -> int | None:
        """Length of a prepaid period in days; None for the calendar month."""
        return self.view.recurring.period_days if self.view.recurring else None

    @property
    def renews(self) -> bool:
        """Whether periods follow one another: something is paid or included in each."""
        return self.view.recurring is not None or bool(self.view.allowances)

    def name(self, *languages: str) -> str:
        """The offering's name in the first of the languages it has one in."""
        names = self.view.offering.name
        return next((names[language] for language in languages if language in names), self.view.offering.code)


def contents(ctx: Context, offering_ids: Collection[UUID]) -> dict[UUID, Contents]:
    """Prices and allowances of several offerings, by id."""
    return {key: Contents(view) for key, view in catalogue.offering_views(ctx, offering_ids).items()}


def grant_period(ctx: Context, products: Sequence[subscriptions.Product], period: Period) -> None:
    """Grant each product what it includes in `period` (one statement for all), and note it as paid until its end.

    What the period before left over goes on where the allowance allows it.
    """
    held = contents(ctx, {product.offering_id for product in products})
    granted = [
        balances.Granted(
            product.subscription_id,
            balances.Grant(
                code=allowance.code,
                unit=allowance.unit,
                quantity=allowance.quantity,
                services=tuple(allowance.services),
                zones=tuple(allowance.zones),
                priority=allowance.priority,
                valid_from=period.start,
                valid_to=period.end,
                product_id=product.id,
                rollover_limit=allowance.rollover_limit,
                rollover_periods=allowance.rollover_periods,
                shared=allowance.shared,
            ),
            balances.occasion_id(product.id, period.start),
        )
        for product in products
        for allowance in held[product.offering_id].view.allowances
    ]
    if granted:
        balances.begin_period(ctx, [product.id for product in products], granted, period)
    for product in products:
        product.paid_until = period.end
    ctx.db.flush()
