from dataclasses import replace

import pytest

from mvne_platform.inventory import NumberRow, RowOutcome, RowReport, SimRow, luhn_holds
from mvne_platform.inventory.rules import number_fault, number_faults, report, sim_fault, sim_faults
from tests.platform.inventory.stock import iccid, number_row, sim_row

GOOD = SimRow("8945990000000000018", "238990000000001", puk="12345678")


@pytest.mark.parametrize("digits", ["79927398713", "4539578763621486", "8945990000000000018", "0"])
def test_luhn_accepts_what_the_standard_does(digits: str) -> None:
    assert luhn_holds(digits)


def test_luhn_notices_every_single_wrong_digit_and_every_swap_but_one() -> None:
    right = "8945990000000123457"
    right = right[:-1] + next(str(d) for d in range(10) if luhn_holds(right[:-1] + str(d)))
    for place, digit in enumerate(right):
        for other in set("0123456789") - {digit}:
            assert not luhn_holds(right[:place] + other + right[place + 1 :])
    for place in range(len(right) - 1):
        a, b = right[place], right[place + 1]
        if a != b and {a, b} != {"0", "9"}:
            assert not luhn_holds(right[:place] + b + a + right[place + 2 :])


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (GOOD, None),
        (replace(GOOD, puk=None, kind="esim"), None),
        (replace(GOOD, iccid="894599000000000001"), "ICCID_FORMAT"),
        (replace(GOOD, iccid="7945990000000000018"), "ICCID_FORMAT"),
        (replace(GOOD, iccid="8945990000000000018F"), "ICCID_FORMAT"),
        (replace(GOOD, iccid="8945990000000000019"), "ICCID_CHECK_DIGIT"),
        (replace(GOOD, imsi="23899000000001"), None),
        (replace(GOOD, imsi="2389900000000012"), "IMSI_FORMAT"),
        (replace(GOOD, imsi="23899000000000x"), "IMSI_FORMAT"),
        (replace(GOOD, puk="1234"), "PUK_FORMAT"),
        (replace(GOOD, kind="chip"), "SIM_KIND"),
    ],
)
def test_a_sim_by_itself(row: SimRow, code: str | None) -> None:
    fault = sim_fault(row)
    assert (fault and fault.code) == code


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (NumberRow("+4520000001"), None),
        (NumberRow("+123456"), None),
        (NumberRow("4520000001"), "MSISDN_FORMAT"),
        (NumberRow("+0520000001"), "MSISDN_FORMAT"),
        (NumberRow("+4520 000001"), "MSISDN_FORMAT"),
        (NumberRow("+1234567890123456"), "MSISDN_FORMAT"),
        (NumberRow("+4520000001", "Gold!"), "GROUP_FORMAT"),
    ],
)
def test_a_number_by_itself(row: NumberRow, code: str | None) -> None:
    fault = number_fault(row)
    assert (fault and fault.code) == code


def test_rows_are_held_against_the_stock_and_against_each_other() -> None:
    stock = {iccid(1): "238990000000001", iccid(2): "238990000000002"}
    rows = [
        sim_row(1),
        replace(sim_row(2), imsi="238990000000099"),
        replace(sim_row(3), imsi="238990000000001"),
        sim_row(4),
        sim_row(4),
        replace(sim_row(5), imsi="238990000000004"),
        replace(sim_row(6), iccid="12"),
        replace(sim_row(7), imsi="238990000000006"),
    ]
    codes = [fault and fault.code for fault in sim_faults(rows, stock)]
    assert codes == [
        "ALREADY_THERE",
        "ICCID_HAS_OTHER_IMSI",
        "IMSI_HAS_OTHER_ICCID",
        None,
        "ALREADY_THERE",
        "IMSI_HAS_OTHER_ICCID",
        "ICCID_FORMAT",
        None,
    ]


def test_every_row_has_its_answer_in_order() -> None:
    rows = [number_row(1), NumberRow("1"), number_row(2), number_row(1)]
    answers = report([row.msisdn for row in rows], number_faults(rows, {"+4520000002"}))
    assert answers == [
        RowReport(1, "+4520000001", RowOutcome.ACCEPTED),
        RowReport(
            2,
            "1",
            RowOutcome.REJECTED,
            "MSISDN_FORMAT",
            "A number begins with + and the country's code and has 6 to 15 digits.",
        ),
        RowReport(3, "+4520000002", RowOutcome.DUPLICATE, "ALREADY_THERE", "The stock has this already."),
        RowReport(4, "+4520000001", RowOutcome.DUPLICATE, "ALREADY_THERE", "The stock has this already."),
    ]


def test_a_puk_is_not_shown() -> None:
    assert "12345678" not in repr(sim_row(1))
