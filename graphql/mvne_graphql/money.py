"""Amounts and quantities as clients see them; exact, and never without currency or unit."""

from decimal import Decimal
from enum import Enum
from typing import Self

import strawberry

from mvne_graphql.scalars import BigInt, CurrencyCode
from mvne_platform import kernel


@strawberry.type(description="An amount of money of one currency.")
class Money:
    """Micros inside, a decimal string outside."""

    amount: Decimal = strawberry.field(description="The amount in the currency's main unit.")
    currency_code: CurrencyCode = strawberry.field(description="The currency of the amount.")

    @classmethod
    def of(cls, micros: int, currency: str) -> Self:
        """The amount of `micros` (1e-6 of the main unit)."""
        return cls(amount=kernel.Money(micros, currency).amount, currency_code=CurrencyCode(currency))


@strawberry.type(description="An amount without tax, its tax, and both together.")
class TaxedMoney:
    """The three always add up."""

    net: Money = strawberry.field(description="The amount without tax.")
    tax: Money = strawberry.field(description="The tax.")
    gross: Money = strawberry.field(description="The amount with tax.")

    @classmethod
    def of(cls, net_micros: int, tax_micros: int, currency: str) -> Self:
        """From the two parts, in micros."""
        return cls(
            net=Money.of(net_micros, currency),
            tax=Money.of(tax_micros, currency),
            gross=Money.of(net_micros + tax_micros, currency),
        )


@strawberry.input(description="An amount of money to be moved.")
class MoneyInput:
    """What a client asks to pay or receive."""

    amount: Decimal = strawberry.field(description="The amount in the currency's main unit, at most six decimals.")
    currency_code: CurrencyCode = strawberry.field(description="The currency; the brand's own.")

    def money(self) -> kernel.Money:
        """The exact amount; raises InvalidInput when it is finer than a millionth."""
        try:
            return kernel.Money.of(self.amount, self.currency_code)
        except ValueError as error:
            raise kernel.InvalidInput(f"{error}; send at most six decimals.", field=("amount",)) from error


@strawberry.enum(description="What a quantity counts.")
class QuantityUnit(Enum):
    """Units of usage."""

    BYTE = strawberry.enum_value("byte", description="Bytes of data, up and down together.")
    SECOND = strawberry.enum_value("second", description="Seconds of a call.")
    MESSAGE = strawberry.enum_value("message", description="Messages sent.")


@strawberry.type(description="A counted quantity.")
class Quantity:
    """How much of a unit."""

    value: BigInt = strawberry.field(description="How many.")
    unit: QuantityUnit = strawberry.field(description="Of what.")

    @classmethod
    def of(cls, value: int, unit: str) -> Self:
        """`value` of a unit named as in the kernel."""
        return cls(value=BigInt(value), unit=QuantityUnit(unit))
