"""The arithmetic of tax."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mvne_platform.tax import Rate, Taxed, net_of, tax_of, taxed

DANISH = Rate(250_000, "Moms 25 %")
BOSNIAN = Rate(170_000, "PDV 17 %")
GERMAN = Rate(190_000, "USt. 19 %")
NONE = Rate(0, "Uden moms")


@pytest.mark.parametrize(
    ("net", "rate", "tax"),
    [
        (100_000_000, DANISH, 25_000_000),
        (79_000_000, BOSNIAN, 13_430_000),
        (0, GERMAN, 0),
        (1_000_000, NONE, 0),
        (2, DANISH, 1),  # 0.5 of a micro goes up
        (1, DANISH, 0),  # 0.25 does not
        (-2, DANISH, -1),  # and away from zero when it is a credit
        (10, GERMAN, 2),  # 1.9
    ],
)
def test_tax_of_a_net_amount(net: int, rate: Rate, tax: int) -> None:
    assert tax_of(net, rate) == tax


@pytest.mark.parametrize(
    ("gross", "rate", "net"),
    [
        (149_000_000, DANISH, 119_200_000),
        (119_000_000, GERMAN, 100_000_000),
        (10_000_000, BOSNIAN, 8_547_009),  # 8,547,008.547
        (10_000_000, NONE, 10_000_000),
        (-149_000_000, DANISH, -119_200_000),
        (3, Rate(1_000_000, "100 %"), 2),  # 1.5
    ],
)
def test_net_of_a_gross_amount(gross: int, rate: Rate, net: int) -> None:
    assert net_of(gross, rate) == net


def test_one_price_said_both_ways() -> None:
    assert taxed(149_000_000, DANISH, includes_tax=True) == Taxed(119_200_000, 29_800_000, 149_000_000)
    assert taxed(119_200_000, DANISH, includes_tax=False) == Taxed(119_200_000, 29_800_000, 149_000_000)


amounts = st.integers(-(10**15), 10**15)
rates = st.integers(0, 1_000_000).map(lambda millionths: Rate(millionths, "Tax"))


@settings(deadline=None)
@given(amounts, rates, st.booleans())
def test_the_three_parts_always_add_up(amount: int, rate: Rate, includes_tax: bool) -> None:  # noqa: FBT001 - drawn
    parts = taxed(amount, rate, includes_tax=includes_tax)
    assert parts.net_micros + parts.tax_micros == parts.gross_micros
    assert amount == (parts.gross_micros if includes_tax else parts.net_micros)
    # Exact tax is gross x rate / (1 + rate), or net x rate; off by half a micro at most.
    base = 1_000_000 + rate.rate_millionths if includes_tax else 1_000_000
    assert abs(2 * parts.tax_micros * base - 2 * amount * rate.rate_millionths) <= base


@settings(deadline=None)
@given(amounts, rates)
def test_a_net_amount_survives_its_gross(net: int, rate: Rate) -> None:
    assert net_of(net + tax_of(net, rate), rate) == net


@settings(deadline=None)
@given(amounts, rates)
def test_a_credit_mirrors_its_charge(amount: int, rate: Rate) -> None:
    assert tax_of(-amount, rate) == -tax_of(amount, rate)
    assert net_of(-amount, rate) == -net_of(amount, rate)
