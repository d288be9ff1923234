"""What stands in a brand's shop window: offerings as texts in one language. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from babel.numbers import format_currency, format_decimal

from mvne_gateway.site.wording import Voice, tag
from mvne_platform.catalogue import (
    Offering,
    OfferingAllowance,
    OfferingKind,
    OfferingPrice,
    OfferingView,
    PaymentMode,
    PriceKind,
)
from mvne_platform.kernel import Money, Unit

_GIGABYTE, _MEGABYTE, _MINUTE = 1_000_000_000, 1_000_000, 60
# CLDR puts a space between a currency's letters and the digits (UTS 35, currencySpacing); Babel leaves it out.
_LETTERS_BEFORE_DIGITS = re.compile(r"(?<=[A-Za-z])(?=\d)")

# In which order allowances are told; the catalogue's own order is that in which they are used up.
_TOLD = (Unit.BYTE, Unit.SECOND, Unit.MESSAGE, Unit.MONEY)

ZoneNames = Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Said:
    """A brand's own text; `lang` is set where it is not in the page's language."""

    text: str
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class PriceTag:
    """An amount and how often it is paid; a word alone where nothing is paid."""

    amount: str
    rhythm: str
    micros: int


@dataclass(frozen=True, slots=True)
class Included:
    """An allowance: how much of what, and in which zones it counts."""

    icon: str
    amount: str
    of: str
    zones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One offering as it is shown."""

    code: str
    name: Said
    description: Said
    mode: PaymentMode
    price: PriceTag
    further_prices: tuple[PriceTag, ...]
    spend_limit: str | None
    included: tuple[Included, ...]
    properties: tuple[tuple[Said, Said], ...]


@dataclass(frozen=True, slots=True)
class ShopWindow:
    """A brand's plans and add-ons; `zones_lang` is the language of zone names, None for the page's own."""

    plans: tuple[Card, ...]
    add_ons: tuple[Card, ...]
    zones_lang: str | None

    @property
    def modes(self) -> tuple[PaymentMode, ...]:
        """The ways to pay of the plans, each once."""
        return tuple(dict.fromkeys(card.mode for card in self.plans))

    @property
    def cheapest(self) -> PriceTag | None:
        """The lowest price of a plan that costs something."""
        tags = [card.price for card in self.plans if card.price.micros]
        return min(tags, key=lambda tag: tag.micros, default=None)


def shop_window(
    offerings: Sequence[OfferingView],
    zones: ZoneNames,
    voice: Voice,
    *,
    wanted: str,
    first_language: str,
    currency: str,
) -> ShopWindow:
    """The offerings with texts in the wanted language or else the brand's first, numbers as the voice writes them."""
    shelf = _Shelf(voice, (wanted, first_language), zones, _price_lists(offerings), currency)
    cards = [(view.offering.kind, shelf.card(view)) for view in offerings]
    return ShopWindow(
        plans=tuple(card for kind, card in cards if kind is OfferingKind.PLAN),
        add_ons=tuple(card for kind, card in cards if kind is not OfferingKind.PLAN),
        # Zones are named once, in the brand's first language.
        zones_lang=None if voice.language == first_language else tag(first_language),
    )


@dataclass(frozen=True, slots=True)
class _Shelf:
    """What all cards of a window share."""

    voice: Voice
    languages: tuple[str, str]
    zones: ZoneNames
    price_lists: tuple[str, ...]
    currency: str

    def card(self, view: OfferingView) -> Card:
        offering = view.offering
        prices = [self._price(price) for price in view.prices]
        return Card(
            code=offering.code,
            name=self.said(offering.name),
            description=self.said(offering.description),
            mode=offering.payment_mode,
            price=prices[0] if prices else PriceTag(self.voice.say["no_fee"], "", 0),
            further_prices=tuple(prices[1:]),
            spend_limit=self._spend_limit(offering.spend_limit_micros),
            included=tuple(self._included(offering, one) for one in sorted(view.allowances, key=_told)),
            properties=tuple((self.said(one["name"]), self.said(one["value"])) for one in offering.characteristics),
        )

    def said(self, texts: Mapping[str, str]) -> Said:
        """The text in the first of the languages it has, else in any, else nothing."""
        if not texts:
            return Said("")
        language = next((one for one in self.languages if one in texts), next(iter(texts)))
        return Said(texts[language], None if language == self.voice.language else tag(language))

    def _price(self, price: OfferingPrice) -> PriceTag:
        say, micros = self.voice.say, price.amount_micros
        if price.kind is not PriceKind.RECURRING:
            rhythm = say["once"]
        elif price.period_days:
            rhythm = say["for_days"].format(days=self.voice.counted("days", price.period_days))
        else:
            rhythm = say["a_month"]
        return PriceTag(money(micros, price.currency, self.voice) if micros else say["free"], rhythm, micros)

    def _spend_limit(self, micros: int | None) -> str | None:
        if micros is None:
            return None
        return self.voice.say["spend_limit"].format(amount=money(micros, self.currency, self.voice))

    def _included(self, offering: Offering, allowance: OfferingAllowance) -> Included:
        icon, amount, of = self._quantity(allowance.unit, allowance.quantity)
        return Included(icon, amount, of, self._zones(offering, allowance))

    def _quantity(self, unit: Unit, value: int) -> tuple[str, str, str]:
        """Icon, amount and what it is an amount of: 5 GB of data, 300 min of calls, 100 messages."""
        say, place = self.voice.say, self.voice.locale
        if unit is Unit.BYTE:
            size, name = (_GIGABYTE, "GB") if value >= _GIGABYTE else (_MEGABYTE, "MB")
            return "data", f"{format_decimal(value / size, '#,##0.##', locale=place)}\u00a0{name}", say["data"]
        if unit is Unit.SECOND:
            count = format_decimal(value / _MINUTE, "#,##0.##", locale=place)
            return "calls", say["minutes"].format(count=count).replace(" ", "\u00a0"), say["calls"]
        if unit is Unit.MONEY:
            return "credit", money(value, self.currency, self.voice), say["credit"]
        return "messages", format_decimal(value, locale=place), say["messages"]

    def _zones(self, offering: Offering, allowance: OfferingAllowance) -> tuple[str, ...]:
        """Where the allowance counts. An add-on counts in the zones of the plan it joins: whichever the brand has."""
        lists = (offering.price_list,) if offering.price_list else self.price_lists
        named = (self.zones.get((price_list, zone)) for zone in allowance.zones for price_list in lists)
        return tuple(dict.fromkeys(name for name in named if name))


def money(micros: int, currency: str, voice: Voice) -> str:
    """An amount of money as the voice writes it, in one piece that is never broken over two lines."""
    shown = format_currency(Money(micros, currency).amount, currency, locale=voice.locale)
    return _LETTERS_BEFORE_DIGITS.sub("\u00a0", shown)


def _told(allowance: OfferingAllowance) -> tuple[int, int]:
    return _TOLD.index(allowance.unit), -allowance.quantity


def _price_lists(offerings: Sequence[OfferingView]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(view.offering.price_list for view in offerings if view.offering.price_list))
