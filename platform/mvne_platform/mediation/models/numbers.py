"""Reference data of called numbers: to which operator they were ported, and what short codes stand for."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, Index, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mvne_platform.catalogue import NumberClass
from mvne_platform.runtime.models import BrandBase, Rights, primary_key

_DURING = func.tstzrange(text("valid_from"), text("valid_to"))


class NumberDataKind(StrEnum):
    """What a file of number data holds."""

    PORTABILITY = "portability"
    SHORT_CODES = "short_codes"


class PortedNumber(BrandBase):
    """A number, or a range of numbers of one length, that belonged to `operator` during a span.

    `first` and `last` are the digits of E.164. At any time a number is in one range at most; an entry of the number
    itself goes before the range it lies in.
    """

    __tablename__ = "ported_number"
    __rights__ = Rights.FULL
    # Millions of rows come and go with a file; the load itself is kept in number_data_load.
    __audited__ = False

    id: Mapped[UUID] = primary_key()
    first: Mapped[int]
    last: Mapped[int]
    single: Mapped[bool] = mapped_column(Computed("first = last", persisted=True))
    operator: Mapped[str]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("first BETWEEN 100000 AND last AND last <= 999999999999999", name="digits"),
        CheckConstraint("length(first::text) = length(last::text)", name="length"),
        CheckConstraint("valid_to > valid_from", name="span"),
        ExcludeConstraint(
            ("single", "="),
            (func.int8range(text("first"), text("last"), text("'[]'")), "&&"),
            (_DURING, "&&"),
            name="ex_ported_number_one_operator",
        ),
    )


class ShortCode(BrandBase):
    """What a code as dialled, or every number that begins with it (`prefix`), stood for during a span."""

    __tablename__ = "short_code"
    __rights__ = Rights.FULL

    id: Mapped[UUID] = primary_key()
    code: Mapped[str]
    prefix: Mapped[bool]
    number_class: Mapped[NumberClass | None]
    name: Mapped[str]
    source: Mapped[str]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("code ~ '^(\\+[1-9][0-9]{1,14}|[0-9*#]{1,15})$'", name="code"),
        CheckConstraint("valid_to > valid_from", name="span"),
        ExcludeConstraint(("code", "="), ("prefix", "="), (_DURING, "&&"), name="ex_short_code_one_meaning"),
    )


class NumberDataLoad(BrandBase):
    """One load of number data; the latest of a kind is the version that processes keep in memory."""

    __tablename__ = "number_data_load"
    __rights__ = Rights.APPEND

    id: Mapped[UUID] = primary_key()
    kind: Mapped[NumberDataKind]
    name: Mapped[str]
    replaced: Mapped[bool]
    added: Mapped[int]
    ended: Mapped[int]
    actor: Mapped[str]
    loaded_at: Mapped[datetime]

    __table_args__ = (Index(None, "kind", "id"),)
