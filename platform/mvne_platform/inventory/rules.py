"""What makes a SIM or a number valid, and how the rows of an upload are told apart. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

MOST_ROWS = 10_000
SIM_KINDS = ("physical", "esim")
_ICCID = re.compile(r"89[0-9]{17,18}")
_IMSI = re.compile(r"[0-9]{14,15}")
_MSISDN = re.compile(r"\+[1-9][0-9]{5,14}")
_PUK = re.compile(r"[0-9]{8}")
_GROUP = re.compile(r"[a-z][a-z0-9_]{0,29}")


@dataclass(frozen=True, slots=True)
class SimRow:
    """A SIM as the supplier's file gives it; the PUK is secret."""

    iccid: str
    imsi: str
    puk: str | None = field(default=None, repr=False)
    kind: str = "physical"
    batch: str = ""


@dataclass(frozen=True, slots=True)
class NumberRow:
    """A telephone number (E.164 with +) and the group from which it is given out."""

    msisdn: str
    group: str = "standard"


class RowOutcome(StrEnum):
    """What became of a row of an upload; DUPLICATE changed nothing because the stock has exactly that already."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class RowReport:
    """The answer to one row: its position from 1, its ICCID or number, and why it was not accepted."""

    row: int
    value: str
    outcome: RowOutcome
    code: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row cannot be accepted; `outcome` may say that it need not be."""

    code: str
    reason: str
    outcome: RowOutcome = RowOutcome.REJECTED


REPEATED = Fault("ALREADY_THERE", "The stock has this already.", RowOutcome.DUPLICATE)
OTHER_BRAND = Fault(
    "HELD_BY_ANOTHER_BRAND", "Another brand uses this; ask it to give it back, or take it off the list."
)
_OTHER_IMSI = Fault("ICCID_HAS_OTHER_IMSI", "This ICCID is in stock with another IMSI; one of the files is wrong.")
_OTHER_ICCID = Fault("IMSI_HAS_OTHER_ICCID", "This IMSI is in stock with another ICCID; one of the files is wrong.")


def luhn_holds(digits: str) -> bool:
    """Whether the last digit is the check digit of those before it (ISO/IEC 7812-1 annex B)."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + position % 2)
        total += value - 9 * (value > 9)
    return total % 10 == 0


def sim_fault(row: SimRow) -> Fault | None:
    """What is wrong with a SIM by itself (ITU-T E.118 for the ICCID, E.212 for the IMSI)."""
    if not _ICCID.fullmatch(row.iccid):
        return Fault("ICCID_FORMAT", "An ICCID is 19 or 20 digits and begins with 89.")
    if not luhn_holds(row.iccid):
        return Fault("ICCID_CHECK_DIGIT", "The ICCID's last digit does not fit the others (Luhn): a digit is wrong.")
    if not _IMSI.fullmatch(row.imsi):
        return Fault("IMSI_FORMAT", "An IMSI is 14 or 15 digits.")
    if row.puk is not None and not _PUK.fullmatch(row.puk):
        return Fault("PUK_FORMAT", "A PUK is 8 digits.")
    if row.kind not in SIM_KINDS:
        return Fault("SIM_KIND", f"A SIM is one of: {', '.join(SIM_KINDS)}.")
    return None


def number_fault(row: NumberRow) -> Fault | None:
    """What is wrong with a number by itself (ITU-T E.164)."""
    if not _MSISDN.fullmatch(row.msisdn):
        return Fault("MSISDN_FORMAT", "A number begins with + and the country's code and has 6 to 15 digits.")
    if not _GROUP.fullmatch(row.group):
        return Fault("GROUP_FORMAT", "A group is lower-case letters, digits and underscores, such as gold.")
    return None


def clash_of_sim(row: SimRow, imsi_by_iccid: Mapping[str, str], iccid_by_imsi: Mapping[str, str]) -> Fault | None:
    """Whether the SIM is known already, or contradicts what is known."""
    if row.iccid in imsi_by_iccid:
        return REPEATED if imsi_by_iccid[row.iccid] == row.imsi else _OTHER_IMSI
    return _OTHER_ICCID if row.imsi in iccid_by_imsi else None


def sim_faults(rows: Sequence[SimRow], stock: Mapping[str, str]) -> list[Fault | None]:
    """Each row's fault by itself, against the stock (ICCID to IMSI) and against the rows before it."""
    imsi_by_iccid = dict(stock)
    iccid_by_imsi = {imsi: iccid for iccid, imsi in stock.items()}
    faults: list[Fault | None] = []
    for row in rows:
        fault = sim_fault(row) or clash_of_sim(row, imsi_by_iccid, iccid_by_imsi)
        if fault is None:
            imsi_by_iccid[row.iccid] = row.imsi
            iccid_by_imsi[row.imsi] = row.iccid
        faults.append(fault)
    return faults


def number_faults(rows: Sequence[NumberRow], stock: Iterable[str]) -> list[Fault | None]:
    """Each row's fault by itself, against the stock's numbers and against the rows before it."""
    known = set(stock)
    faults: list[Fault | None] = []
    for row in rows:
        fault = number_fault(row) or (REPEATED if row.msisdn in known else None)
        known.add(row.msisdn)
        faults.append(fault)
    return faults


def report(values: Sequence[str], faults: Sequence[Fault | None]) -> list[RowReport]:
    """One answer per row, in the order of the upload."""
    return [
        RowReport(position, value, RowOutcome.ACCEPTED)
        if fault is None
        else RowReport(position, value, fault.outcome, fault.code, fault.reason)
        for position, (value, fault) in enumerate(zip(values, faults, strict=True), start=1)
    ]
