"""Offerings as people read them: amounts, units and words of one language."""

from mvne_gateway.site.shop_window import Card, Said, money, shop_window
from mvne_gateway.site.wording import Voice
from mvne_platform.catalogue import (
    Offering,
    OfferingAllowance,
    OfferingKind,
    OfferingPrice,
    OfferingView,
    PaymentMode,
    PriceKind,
)
from mvne_platform.kernel import Unit

ZONES = {("retail", "home"): "Hjemme", ("retail", "eu"): "EU", ("other", "home"): "Andet"}
NBSP = "\u00a0"


def _offering(
    prices: tuple[OfferingPrice, ...] = (), allowances: tuple[OfferingAllowance, ...] = (), **columns: object
) -> OfferingView:
    standard: dict[str, object] = {
        "code": "smart",
        "kind": OfferingKind.PLAN,
        "payment_mode": PaymentMode.POSTPAID,
        "name": {"da": "Smart"},
        "description": {},
        "characteristics": [],
        "price_list": "retail",
    }
    return OfferingView(Offering(**standard | columns), prices, allowances)


def _card(view: OfferingView, language: str = "da", currency: str = "DKK") -> Card:
    window = shop_window([view], ZONES, Voice(language), wanted=language, first_language="da", currency=currency)
    return (*window.plans, *window.add_ons)[0]


def _price(micros: int, kind: PriceKind = PriceKind.RECURRING, days: int | None = None) -> OfferingPrice:
    return OfferingPrice(kind=kind, amount_micros=micros, currency="DKK", tax_class="standard", period_days=days)


def _allowance(unit: Unit, quantity: int, *zones: str) -> OfferingAllowance:
    return OfferingAllowance(code=unit.value, unit=unit, quantity=quantity, services=[], zones=list(zones), priority=1)


def test_amounts_are_written_as_the_language_does() -> None:
    assert money(149_000_000, "DKK", Voice("da")) == f"149,00{NBSP}kr."
    assert money(149_000_000, "DKK", Voice("en")) == f"DKK{NBSP}149.00"
    assert money(8_990_000, "EUR", Voice("de")) == f"8,99{NBSP}€"
    assert money(8_990_000, "EUR", Voice("en")) == "€8.99"
    assert money(1_015_000_000, "BAM", Voice("bs")) == f"1.015,00{NBSP}KM"
    assert money(15_000_000, "BAM", Voice("sr")) == f"15,00{NBSP}KM"


def test_a_price_says_how_often_it_is_paid() -> None:
    view = _offering((_price(89_000_000), _price(49_000_000, PriceKind.ONE_TIME)))
    card = _card(view)
    assert (card.price.amount, card.price.rhythm) == (f"89,00{NBSP}kr.", "om måneden")
    assert [(one.amount, one.rhythm) for one in card.further_prices] == [(f"49,00{NBSP}kr.", "én gang")]
    assert _card(_offering((_price(1, days=28),)), "bs").price.rhythm == "za 28 dana"
    assert _card(_offering((_price(1, days=1),)), "de").price.rhythm == "für 1 Tag"


def test_nothing_to_pay_is_said_in_words() -> None:
    assert _card(_offering((_price(0),))).price.amount == "Gratis"
    assert _card(_offering(), "en").price.amount == "No fixed fee"


def test_allowances_come_in_units_of_people() -> None:
    allowances = (
        _allowance(Unit.MESSAGE, 1500),
        _allowance(Unit.SECOND, 90),
        _allowance(Unit.BYTE, 500_000_000),
        _allowance(Unit.MONEY, 25_000_000),
        _allowance(Unit.SECOND, 36_000),
        _allowance(Unit.BYTE, 2_500_000_000),
    )
    told = [(one.icon, one.amount, one.of) for one in _card(_offering(allowances=allowances)).included]
    assert told == [
        ("data", f"2,5{NBSP}GB", "data"),
        ("data", f"500{NBSP}MB", "data"),
        ("calls", f"600{NBSP}min.", "tale"),
        ("calls", f"1,5{NBSP}min.", "tale"),
        ("messages", "1.500", "beskeder"),
        ("credit", f"25,00{NBSP}kr.", "taletid"),
    ]


def test_zones_have_their_names_from_the_plan_or_for_an_add_on_from_the_brands_plans() -> None:
    plan = _offering(allowances=(_allowance(Unit.BYTE, 10**9, "home", "eu", "unnamed"),))
    add_on = _offering(
        allowances=(_allowance(Unit.BYTE, 10**9, "eu"),), kind=OfferingKind.ADD_ON, price_list=None, code="more"
    )
    window = shop_window([plan, add_on], ZONES, Voice("en"), wanted="en", first_language="da", currency="DKK")
    assert window.plans[0].included[0].zones == ("Hjemme", "EU")
    assert window.add_ons[0].included[0].zones == ("EU",)
    assert window.zones_lang == "da"


def test_a_text_that_lacks_the_language_says_which_it_is_in() -> None:
    assert _card(_offering(name={"da": "Fri", "en": "Free"}), "en").name == Said("Free")
    assert _card(_offering(name={"da": "Fri"}), "en").name == Said("Fri", "da")
    assert _card(_offering(name={"sr": "Slobodno"}), "en").name == Said("Slobodno", "sr-Latn")
    assert _card(_offering(), "en").description == Said("")


def test_a_brand_speaks_a_language_we_have_no_words_in() -> None:
    view = _offering((_price(89_000_000),), name={"fi": "Vapaa"})
    window = shop_window([view], {}, Voice("en"), wanted="fi", first_language="fi", currency="DKK")
    card = window.plans[0]
    assert (card.name, card.price.rhythm) == (Said("Vapaa", "fi"), "a month")


def test_a_hybrid_plan_tells_its_limit_and_the_window_its_cheapest_plan() -> None:
    hybrid = _offering((_price(15_000_000),), payment_mode=PaymentMode.HYBRID, spend_limit_micros=10_000_000)
    free = _offering(payment_mode=PaymentMode.PREPAID)
    window = shop_window([free, hybrid], {}, Voice("en"), wanted="en", first_language="en", currency="BAM")
    assert window.plans[1].spend_limit == f"Usage on the bill: up to BAM{NBSP}10.00"
    assert window.plans[0].spend_limit is None
    assert window.cheapest == window.plans[1].price
    assert window.modes == (PaymentMode.PREPAID, PaymentMode.HYBRID)
    assert shop_window([free], {}, Voice("en"), wanted="en", first_language="en", currency="BAM").cheapest is None
