"""Reads of number data, and the copy of it that each process keeps."""

import re
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from mvne_platform.mediation import permissions
from mvne_platform.mediation.models import NumberDataKind, NumberDataLoad, PortedNumber, ShortCode
from mvne_platform.mediation.numbers.data import NumberData, NumberFacts, compile_number_data
from mvne_platform.runtime import Context

_KEPT_BRANDS = 50
_PAGE = 25
_PIECE = 20_000
_NUMBER = re.compile(r"\+[1-9][0-9]{0,14}|[0-9*#]{1,15}")

_kept: OrderedDict[str, NumberData] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True, slots=True)
class NumberDataState:
    """How much number data a brand has now."""

    ported_numbers: int
    ported_ranges: int
    short_codes: int


def number_data(ctx: Context) -> NumberData:
    """The brand's number data; read anew when another load has become visible, else the copy this process has."""
    version = _version(ctx)
    slug = ctx.brand.slug
    with _lock:
        kept = _kept.get(slug)
        if kept is not None and kept.version == version:
            _kept.move_to_end(slug)
            return kept
    fresh = compile_number_data(version, _rows(ctx, _PORTED), _rows(ctx, _CODES))
    with _lock:
        _kept[slug] = fresh
        while len(_kept) > _KEPT_BRANDS:
            _kept.popitem(last=False)
    return fresh


def called_number(ctx: Context, number: str, instant: datetime) -> NumberFacts:
    """What is known of a number at an instant, for people who ask."""
    ctx.require(permissions.READ)
    known = _NUMBER.fullmatch(number) is not None
    return number_data(ctx).at(number, instant) if known else NumberFacts()


def number_data_state(ctx: Context) -> NumberDataState:
    """How many entries hold at the brand's time."""
    ctx.require(permissions.READ)
    singles, ranges = (
        ctx.db.scalar(select(func.count()).where(PortedNumber.single.is_(single), *_holds(PortedNumber, ctx.now)))
        for single in (True, False)
    )
    codes = ctx.db.scalar(select(func.count()).where(*_holds(ShortCode, ctx.now)))
    return NumberDataState(singles or 0, ranges or 0, codes or 0)


def number_data_loads(ctx: Context, *, kind: NumberDataKind | None = None, first: int = _PAGE) -> list[NumberDataLoad]:
    """The loads of number data, newest first."""
    ctx.require(permissions.READ)
    statement = select(NumberDataLoad).order_by(NumberDataLoad.id.desc()).limit(first)
    if kind is not None:
        statement = statement.where(NumberDataLoad.kind == kind)
    return list(ctx.db.scalars(statement))


def short_codes_at(ctx: Context, instant: datetime) -> list[ShortCode]:
    """The short codes that hold at an instant, in the order of their digits."""
    ctx.require(permissions.READ)
    return list(ctx.db.scalars(select(ShortCode).where(*_holds(ShortCode, instant)).order_by(ShortCode.code)))


_PORTED = select(
    PortedNumber.first, PortedNumber.last, PortedNumber.operator, PortedNumber.valid_from, PortedNumber.valid_to
)
_CODES = select(
    ShortCode.code,
    ShortCode.prefix,
    ShortCode.number_class,
    ShortCode.name,
    ShortCode.valid_from,
    ShortCode.valid_to,
).order_by(ShortCode.code, ShortCode.valid_from)


def _version(ctx: Context) -> tuple[str, ...]:
    statement = (
        select(NumberDataLoad.kind, NumberDataLoad.id)
        .ext(distinct_on(NumberDataLoad.kind))
        .order_by(NumberDataLoad.kind, NumberDataLoad.id.desc())
    )
    return tuple(f"{kind}:{load_id}" for kind, load_id in ctx.db.execute(statement))


def _rows(ctx: Context, statement: Select[*tuple[Any, ...]]) -> Iterable[Any]:
    return (tuple(row) for row in ctx.db.execute(statement.execution_options(yield_per=_PIECE)))


def _holds(
    table: type[PortedNumber] | type[ShortCode], instant: datetime
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return table.valid_from <= instant, or_(table.valid_to.is_(None), table.valid_to > instant)
