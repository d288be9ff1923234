"""What makes an offering sellable by a brand, and when two versions of it are the same."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from mvne_platform.catalogue.drafts import AllowanceDraft, DiscountDraft, OfferingDraft, PriceDraft
from mvne_platform.catalogue.faults import Problem
from mvne_platform.catalogue.kinds import OfferingKind, PaymentMode, PriceKind
from mvne_platform.catalogue.rules.price_lists import CODE, LARGEST_AMOUNT, LARGEST_QUANTITY, SERVICES
from mvne_platform.catalogue.services import UNITS, Service
from mvne_platform.kernel import Unit

MOST_ROLLOVER = 24
# A hundred percent in basis points.
WHOLE = 10_000
MIN_VALIDITY_S, MAX_VALIDITY_S = 10, 86_400


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an offering must fit: the brand's currency and languages, and its price lists' zones by list code."""

    currency: str
    languages: Collection[str]
    price_list_zones: Mapping[str, frozenset[str]]


def offering_problems(draft: OfferingDraft, around: Surroundings) -> list[Problem]:
    """Everything that keeps the brand from selling `draft`; empty when it is sound."""
    problems: list[Problem] = []
    if not CODE.fullmatch(draft.code):
        problems.append(Problem(("code",), f"'{draft.code}' may hold a-z, 0-9 and . _ + - only"))
    problems += _name_problems(draft, around.languages)
    problems += _plan_problems(draft, around)
    recurring = [price for price in draft.prices if price.kind is PriceKind.RECURRING]
    if len(recurring) > 1:
        problems.append(Problem(("prices",), "there are several recurring prices; an offering has one at most"))
    for index, price in enumerate(draft.prices):
        problems += _price_problems(price, ("prices", str(index)), draft.payment_mode, around.currency)
    codes = [allowance.code for allowance in draft.allowances]
    for index, allowance in enumerate(draft.allowances):
        subject = ("allowances", str(index))
        if codes.index(allowance.code) != index:
            problems.append(Problem((*subject, "code"), f"'{allowance.code}' is the code of another allowance"))
        problems += _allowance_problems(allowance, subject)
        problems += _zone_problems(allowance.zones, subject, draft.price_list, around.price_list_zones)
    for index, discount in enumerate(draft.discounts):
        subject = ("discounts", str(index))
        problems += _discount_problems(discount, subject)
        problems += _zone_problems(discount.zones, subject, draft.price_list, around.price_list_zones)
    discounts = [discount.code for discount in draft.discounts]
    if len(set(discounts)) < len(discounts):
        problems.append(Problem(("discounts",), "two discounts have the same code"))
    problems += _online_problems(draft)
    return problems


def _name_problems(draft: OfferingDraft, languages: Collection[str]) -> Iterator[Problem]:
    for language in languages:
        if not draft.name.get(language, "").strip():
            yield Problem(("name", language), f"there is no name in the brand's language '{language}'")
        if draft.description and not draft.description.get(language, "").strip():
            yield Problem(("description", language), f"there is no description in the brand's language '{language}'")
    for index, item in enumerate(draft.characteristics):
        for part, text in (("name", item.name), ("value", item.value)):
            missing = ", ".join(language for language in languages if not text.get(language, "").strip())
            if missing:
                message = f"'{item.code}' has no {part} in the brand's language {missing}"
                yield Problem(("characteristics", str(index), part), message)


def _plan_problems(draft: OfferingDraft, around: Surroundings) -> Iterator[Problem]:
    if draft.kind is OfferingKind.PLAN and draft.price_list is None:
        yield Problem(("price_list",), "a plan names the price list that rates its usage")
    if draft.kind is OfferingKind.ADD_ON and draft.price_list is not None:
        yield Problem(("price_list",), "an add-on has no price list; usage is rated by the plan's")
    if draft.price_list is not None and draft.price_list not in around.price_list_zones:
        yield Problem(("price_list",), f"the brand has no price list '{draft.price_list}'; import it first")
    if draft.spend_limit_micros is not None:
        if draft.payment_mode is not PaymentMode.HYBRID:
            yield Problem(("spend_limit",), f"only hybrid plans have a spend limit, and this is {draft.payment_mode}")
        if not 0 <= draft.spend_limit_micros <= LARGEST_AMOUNT:
            yield Problem(("spend_limit",), f"{draft.spend_limit_micros} micros is out of range")


def _price_problems(
    price: PriceDraft, subject: tuple[str, ...], mode: PaymentMode, brand_currency: str
) -> Iterator[Problem]:
    if price.currency != brand_currency:
        yield Problem((*subject, "currency"), f"the price is in {price.currency}, and the brand's is {brand_currency}")
    if not 0 <= price.amount_micros <= LARGEST_AMOUNT:
        yield Problem((*subject, "amount"), f"{price.amount_micros} micros is out of range")
    if not price.tax_class:
        yield Problem((*subject, "tax_class"), "the price has no tax class")
    days = price.period_days
    if days is not None and (price.kind is PriceKind.ONE_TIME or mode is not PaymentMode.PREPAID):
        yield Problem(
            (*subject, "period_days"), "only recurring prepaid prices count days; others go by calendar month"
        )
    elif price.kind is PriceKind.RECURRING and mode is PaymentMode.PREPAID and (days is None or not 1 <= days <= 366):
        yield Problem((*subject, "period_days"), "a recurring prepaid price says for how many days it is (1 to 366)")


def _allowance_problems(allowance: AllowanceDraft, subject: tuple[str, ...]) -> Iterator[Problem]:
    if not CODE.fullmatch(allowance.code):
        yield Problem((*subject, "code"), f"'{allowance.code}' may hold a-z, 0-9 and . _ + - only")
    if allowance.unit is Unit.MONEY:
        yield Problem((*subject, "unit"), "an allowance counts seconds, bytes or messages; money is topped up")
    if not 0 < allowance.quantity <= LARGEST_QUANTITY:
        yield Problem((*subject, "quantity"), f"{allowance.quantity} is out of range")
    yield from _rollover_problems(allowance, subject)
    for name in allowance.services:
        if name not in SERVICES:
            yield Problem((*subject, "services"), f"the service '{name}' is unknown")
        elif UNITS[Service(name)] is not allowance.unit:
            yield Problem(
                (*subject, "services"), f"{name} is counted in {UNITS[Service(name)]}s, not {allowance.unit}s"
            )


def _rollover_problems(allowance: AllowanceDraft, subject: tuple[str, ...]) -> Iterator[Problem]:
    if not 0 <= allowance.rollover_periods <= MOST_ROLLOVER:
        message = f"{allowance.rollover_periods} periods of rollover; there are 0 to {MOST_ROLLOVER}"
        yield Problem((*subject, "rollover_periods"), message)
    if allowance.rollover_limit is not None and not allowance.rollover_periods:
        message = "a limit without rollover; give rollover_periods, or leave the limit out"
        yield Problem((*subject, "rollover_limit"), message)
    elif allowance.rollover_limit is not None and not 0 < allowance.rollover_limit <= LARGEST_QUANTITY:
        yield Problem((*subject, "rollover_limit"), f"{allowance.rollover_limit} is out of range")


def _discount_problems(discount: DiscountDraft, subject: tuple[str, ...]) -> Iterator[Problem]:
    if not CODE.fullmatch(discount.code):
        yield Problem((*subject, "code"), f"'{discount.code}' may hold a-z, 0-9 and . _ + - only")
    if not 0 < discount.basis_points <= WHOLE:
        message = f"{discount.basis_points} basis points; a discount is above 0 and at most 100 percent"
        yield Problem((*subject, "percent"), message)
    for name in discount.services:
        if name not in SERVICES:
            yield Problem((*subject, "services"), f"the service '{name}' is unknown")


def _online_problems(draft: OfferingDraft) -> Iterator[Problem]:
    policy = draft.online
    if policy is None:
        return
    if draft.kind is OfferingKind.ADD_ON:
        yield Problem(("online",), "an add-on has no online policy; sessions go by the plan's")
    if not MIN_VALIDITY_S <= policy.validity_s <= MAX_VALIDITY_S:
        message = f"{policy.validity_s} s; a quota is valid for {MIN_VALIDITY_S} to {MAX_VALIDITY_S} s"
        yield Problem(("online", "validity_s"), message)
    for service, units in policy.quotas:
        if service not in SERVICES:
            yield Problem(("online", "quotas"), f"the service '{service}' is unknown")
        if not 0 < units <= LARGEST_QUANTITY:
            yield Problem(("online", "quotas"), f"the quota of {service} is {units}, which is out of range")


def _zone_problems(
    named: Collection[str], subject: tuple[str, ...], price_list: str | None, zones: Mapping[str, frozenset[str]]
) -> Iterator[Problem]:
    """An add-on may join any plan, so its zones need to be in one price list only."""
    known = zones.get(price_list, frozenset()) if price_list else frozenset().union(*zones.values())
    for zone in named:
        if zone not in known:
            where = f"price list '{price_list}'" if price_list else "any price list"
            yield Problem((*subject, "zones"), f"zone '{zone}' is not in {where}, so it would never be covered")


def same_offer(left: OfferingDraft, right: OfferingDraft) -> bool:
    """Whether two drafts sell the same; the order of prices and allowances, and the shared version, do not count."""
    return _canonical(left) == _canonical(right)


def _canonical(draft: OfferingDraft) -> OfferingDraft:
    return replace(
        draft,
        name=dict(draft.name),
        description=dict(draft.description),
        prices=tuple(sorted(draft.prices, key=lambda price: (price.kind, price.tax_class, price.amount_micros))),
        allowances=tuple(
            replace(allowance, services=tuple(sorted(allowance.services)), zones=tuple(sorted(allowance.zones)))
            for allowance in sorted(draft.allowances, key=lambda allowance: allowance.code)
        ),
        discounts=tuple(
            replace(discount, services=tuple(sorted(discount.services)), zones=tuple(sorted(discount.zones)))
            for discount in sorted(draft.discounts, key=lambda discount: discount.code)
        ),
        shared_version=None,
    )
