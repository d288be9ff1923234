"""The formats a brand's files may have: those that are code, and the brand's own, described as data.

Descriptions lie in a table and not in the manifest: a new operator's file is everyday work of the people who run the
brand, the audit trail says who changed what, and no deployment is waited for.
"""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from mvne_platform.mediation import permissions
from mvne_platform.mediation.errors import BadFormat
from mvne_platform.mediation.formats import FORMATS, FormatSettings, read_description
from mvne_platform.mediation.models import ShortCode, UsageFormat
from mvne_platform.runtime import Context

_CODE = re.compile(r"[a-z][a-z0-9_-]{0,39}")


def describe_format(ctx: Context, code: str, description: Mapping[str, Any]) -> UsageFormat:
    """Describe a format of the brand, or change its description; files that are being loaded go on with the new one.

    Raises BadFormat that names the field at fault.
    """
    ctx.require(permissions.SOURCES)
    if not _CODE.fullmatch(code) or code in FORMATS:
        raise BadFormat(
            f"'{code[:60]}' cannot be a format's code: small letters, digits, - and _, and none of "
            f"{', '.join(sorted(FORMATS))}.",
            field=("code",),
        )
    read = read_description(description)
    stored = read.model_dump(mode="json", exclude_defaults=True)
    described = ctx.db.scalar(select(UsageFormat).where(UsageFormat.code == code).with_for_update())
    if described is None:
        described = UsageFormat(code=code, description=stored, changed_at=ctx.now)
        ctx.db.add(described)
    elif described.description != stored:
        described.description = stored
        described.changed_at = ctx.now
    ctx.db.flush()
    return described


def described_formats(ctx: Context) -> list[UsageFormat]:
    """The brand's own formats, by code."""
    ctx.require(permissions.READ)
    return list(ctx.db.scalars(select(UsageFormat).order_by(UsageFormat.code)))


def format_names(ctx: Context) -> list[str]:
    """The formats the brand's files may have, by name."""
    return sorted([*FORMATS, *ctx.db.scalars(select(UsageFormat.code))])


def settings_of(ctx: Context, format_name: str) -> FormatSettings:
    """What a reader of the format must know of the brand.

    Country and zone are those of its profile's `usage.<format>`, else its own. A format described as data brings its
    description. Short codes are the brand's.
    """
    chosen = ctx.brand.profile.get("usage", {}).get(format_name, {})
    country, zone = chosen.get("country", ctx.brand.country), chosen.get("time_zone", ctx.brand.time_zone)
    if format_name == "mvne-csv":
        return FormatSettings(country, zone)
    stored = ctx.db.scalar(select(UsageFormat.description).where(UsageFormat.code == format_name))
    description = None if stored is None else read_description(stored)
    return FormatSettings(country, zone, description, _short_codes(ctx), format_name if description else "")


def _short_codes(ctx: Context) -> frozenset[str]:
    """Codes that are dialled as they are, whenever they held."""
    codes = select(ShortCode.code).where(ShortCode.prefix.is_(False), ~ShortCode.code.startswith("+")).distinct()
    return frozenset(ctx.db.scalars(codes))
