"""Sources and the files that are laid where they look, or handed over."""

from pathlib import Path
from typing import Any

from sqlalchemy import select

from mvne_platform.mediation import FileState
from mvne_platform.mediation.adapters.folder import base
from mvne_platform.mediation.models import UsageFile
from mvne_platform.mediation.sources import SourceDraft, SourceKind
from mvne_platform.runtime import Context

HEADER = "record_id,service,subscriber,imsi,other_party,start,duration_s,bytes,count,visited_network,answered,cause"


def content(record: str) -> bytes:
    return f"{HEADER}\n{record},voice_out,+4520000001,,+4530000002,2026-10-05T10:00:00Z,61,,,,true,\n".encode()


def draft(code: str = "host", **changed: Any) -> SourceDraft:
    values: dict[str, Any] = {
        "code": code,
        "name": "The host's voice records",
        "operator": "tdc",
        "kind": SourceKind.DIRECTORY,
        "format": "mvne-csv",
        "settings": {"folder": "host", "settle_seconds": 0},
        "schedule": {"every_minutes": 15},
    }
    return SourceDraft(**{**values, **changed})


def lay(name: str, what: bytes, folder: str = "host", brand: str = "testbrand") -> Path:
    path = base(brand) / folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(what)
    return path


def names(ctx: Context, state: FileState = FileState.RECEIVED) -> list[str]:
    return sorted(ctx.db.scalars(select(UsageFile.name).where(UsageFile.state == state)))


def facts(ctx: Context) -> list[str]:
    return [fact.kind for fact in ctx.facts]
