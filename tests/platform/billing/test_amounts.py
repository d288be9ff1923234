from decimal import ROUND_HALF_UP, Decimal

from hypothesis import given
from hypothesis import strategies as st

from mvne_platform.billing.rules import PricedLine, Tax, gross_priced, invoice_amounts, net_priced

DK = Tax("standard", 250_000, "25 % moms")
DE = Tax("standard", 190_000, "19 % MwSt.")
DE_REDUCED = Tax("reduced", 70_000, "7 % MwSt.")


def lines(tax: Tax, *exact: int) -> list[PricedLine]:
    return [PricedLine(micros, tax) for micros in exact]


def test_lines_round_half_up_and_tax_is_taken_once_on_their_sum() -> None:
    amounts = net_priced(lines(DK, 67_290_323, 1_234_500, 20_005_000), "DKK")
    assert amounts.line_nets == (67_290_000, 1_230_000, 20_010_000)
    assert amounts.net_micros == 88_530_000
    # 88.53 x 25 % = 22.1325
    assert amounts.tax_micros == 22_130_000
    assert amounts.gross_micros == 110_660_000


def test_tax_per_rate_differs_from_tax_per_line() -> None:
    # Per line 20 % of 0.12 is 0.02 three times; on the sum it is 0.07.
    amounts = net_priced(lines(Tax("standard", 200_000, "20 %"), 120_000, 120_000, 120_000), "EUR")
    assert amounts.tax_micros == 70_000


def test_each_rate_has_its_base() -> None:
    amounts = net_priced([*lines(DE, 10_000_000), *lines(DE_REDUCED, 5_550_000), *lines(DE, 2_000_000)], "EUR")
    assert [(p.tax, p.base_micros, p.tax_micros) for p in amounts.taxes] == [
        (DE_REDUCED, 5_550_000, 390_000),
        (DE, 12_000_000, 2_280_000),
    ]
    assert amounts.line_nets == (10_000_000, 5_550_000, 2_000_000)


def test_a_price_with_tax_is_kept_to_the_cent() -> None:
    amounts = gross_priced(lines(DE, 14_990_000), "EUR")
    # 14.99 x 19 / 119 = 2.39336...
    assert (amounts.net_micros, amounts.tax_micros, amounts.gross_micros) == (12_600_000, 2_390_000, 14_990_000)


def test_nets_of_prices_with_tax_sum_to_the_net_by_largest_remainder() -> None:
    amounts = gross_priced(lines(DE, 1_000_000, 1_000_000, 1_000_000), "EUR")
    # 3.00 holds 0.48 of tax (0.4789...); 2.52 over three lines of 0.8403... each.
    assert amounts.tax_micros == 480_000
    assert amounts.line_nets == (840_000, 840_000, 840_000)
    more = gross_priced(lines(DE, 1_000_000, 1_000_000), "EUR")
    # 2.00 holds 0.32 (0.3193...): 1.68 over two.
    assert (more.tax_micros, more.line_nets) == (320_000, (840_000, 840_000))
    uneven = gross_priced(lines(DE, 500_000, 1_000_000, 1_490_000), "EUR")
    # Gross 2.99, tax 0.47739..., net 2.51; nets 0.4201, 0.8403, 1.2521 leave one cent, for the largest remainder.
    assert (uneven.tax_micros, uneven.line_nets) == (480_000, (420_000, 840_000, 1_250_000))
    lifted = gross_priced(lines(DE, 100_000, 100_000, 100_000, 100_000), "EUR")
    # Gross 0.40, tax 0.06386..., net 0.34; 0.08403 each leaves two cents, for the first two.
    assert (lifted.tax_micros, lifted.line_nets) == (60_000, (90_000, 90_000, 80_000, 80_000))


def test_a_promised_price_stands_where_no_net_leads_to_it() -> None:
    amounts = gross_priced(lines(DK, 20_000), "DKK")
    assert (amounts.net_micros, amounts.tax_micros, amounts.gross_micros) == (20_000, 0, 20_000)


def test_a_currency_without_minor_unit_rounds_to_whole_units() -> None:
    amounts = net_priced(lines(Tax("standard", 100_000, "10 %"), 1_499_999, 2_500_000), "JPY")
    assert (amounts.line_nets, amounts.tax_micros) == ((1_000_000, 3_000_000), 0)


def test_nothing_to_bill_is_nothing_owed() -> None:
    amounts = invoice_amounts([], "EUR", prices_include_tax=True)
    assert (amounts.line_nets, amounts.taxes, amounts.gross_micros) == ((), (), 0)


RATES = st.sampled_from([0, 25_000, 70_000, 81_000, 170_000, 190_000, 250_000])
LINES = st.lists(
    st.builds(lambda micros, rate: PricedLine(micros, Tax("t", rate, "")), st.integers(0, 10**10), RATES), max_size=40
)


def cents(micros: int) -> Decimal:
    return (Decimal(micros) / 1_000_000).quantize(Decimal("0.01"), ROUND_HALF_UP)


@given(LINES)
def test_net_prices_follow_the_decimal_rule(drafts: list[PricedLine]) -> None:
    amounts = net_priced(drafts, "EUR")
    assert [Decimal(net) / 1_000_000 for net in amounts.line_nets] == [cents(d.exact_micros) for d in drafts]
    for part in amounts.taxes:
        base = sum(n for n, d in zip(amounts.line_nets, drafts, strict=True) if d.tax == part.tax)
        assert part.base_micros == base
        assert Decimal(part.tax_micros) / 1_000_000 == (
            Decimal(base) / 1_000_000 * part.tax.rate_millionths / 1_000_000
        ).quantize(Decimal("0.01"), ROUND_HALF_UP)


@given(LINES)
def test_prices_with_tax_are_kept_and_the_tax_is_right_to_a_cent(drafts: list[PricedLine]) -> None:
    amounts = gross_priced(drafts, "EUR")
    assert Decimal(amounts.gross_micros) / 1_000_000 == sum(cents(d.exact_micros) for d in drafts)
    assert sum(p.base_micros for p in amounts.taxes) == sum(amounts.line_nets) == amounts.net_micros
    assert all(net % 10_000 == 0 for net in amounts.line_nets)
    for net, draft in zip(amounts.line_nets, drafts, strict=True):
        exact = cents(draft.exact_micros) * 10**12 / (10**6 + draft.tax.rate_millionths)
        assert abs(net - exact) < 10_000
    for part in amounts.taxes:
        due = Decimal(part.base_micros) * part.tax.rate_millionths / 1_000_000
        assert abs(part.tax_micros - due) < 10_000
