"""What makes an offering sellable by a brand, and when two versions of it are the same."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from mvne_platform.catalogue.drafts import AllowanceDraft, OfferingDraft, PriceDraft
from mvne_platform.catalogue.faults import Problem
from mvne_platform.catalogue.models import OfferingKind, PaymentMode, PriceKind
from mvne_platform.catalogue.rules.price_lists import CODE, LARGEST_AMOUNT, LARGEST_QUANTITY, SERVICES
from mvne_platform.catalogue.services import UNITS, Service
from mvne_platform.kernel import Unit


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
        problems += _zone_problems(allowance, subject, draft.price_list, around.price_list_zones)
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
    for name in allowance.services:
        if name not in SERVICES:
            yield Problem((*subject, "services"), f"the service '{name}' is unknown")
        elif UNITS[Service(name)] is not allowance.unit:
            yield Problem(
                (*subject, "services"), f"{name} is counted in {UNITS[Service(name)]}s, not {allowance.unit}s"
            )


def _zone_problems(
    allowance: AllowanceDraft, subject: tuple[str, ...], price_list: str | None, zones: Mapping[str, frozenset[str]]
) -> Iterator[Problem]:
    """An add-on may join any plan, so its zones need to be in one price list only."""
    known = zones.get(price_list, frozenset()) if price_list else frozenset().union(*zones.values())
    for zone in allowance.zones:
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
        shared_version=None,
    )
