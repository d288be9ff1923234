"""Manifests and their application."""

from datetime import datetime
from enum import Enum
from typing import Self

import strawberry
from strawberry.scalars import JSON

import mvne_tenants
from mvne_graphql.relay import Node, global_id
from mvne_graphql.scalars import as_json


@strawberry.enum(description="Where the application of a manifest stands.")
class BrandApplicationState(Enum):
    """As in tenants."""

    REQUESTED = strawberry.enum_value("requested", description="Handed in; waits for a worker.")
    RUNNING = strawberry.enum_value("running", description="Being applied, step by step.")
    APPLIED = strawberry.enum_value("applied", description="Complete.")
    FAILED = strawberry.enum_value("failed", description="Refused; the error says why.")


@strawberry.enum(description="What becomes of an item of a manifest.")
class ManifestChangeKind(Enum):
    """As in tenants."""

    CREATED = strawberry.enum_value("created", description="It is new.")
    CHANGED = strawberry.enum_value("changed", description="It becomes another.")
    UNCHANGED = strawberry.enum_value("unchanged", description="It stays.")
    RETIRED = strawberry.enum_value("retired", description="No longer offered; who has it keeps it.")


@strawberry.type(description="What is wrong with a manifest, and where.")
class ManifestFault:
    """Every fault is named, not only the first."""

    file: str = strawberry.field(description="The file.")
    line: int = strawberry.field(description="The line, from 1; 1 for a fault of a whole file.")
    code: str = strawberry.field(description="The fault, for programs.")
    message: str = strawberry.field(description="The fault, for people.")
    way_out: str = strawberry.field(description="What to do about it.")

    @classmethod
    def of(cls, fault: mvne_tenants.Fault) -> Self:
        """The fault."""
        return cls(file=fault.file, line=fault.line, code=fault.code, message=fault.message, way_out=fault.way_out)


@strawberry.type(description="What becomes of one item of a brand.")
class ManifestChange:
    """A line of the difference."""

    section: str = strawberry.field(description="The part of the brand.")
    item: str = strawberry.field(description="The item within it.")
    kind: ManifestChangeKind = strawberry.field(description="What becomes of it.")
    before: JSON | None = strawberry.field(description="What it was; null if it is new.")
    after: JSON | None = strawberry.field(description="What it becomes; null if it is retired or not known yet.")

    @classmethod
    def of(cls, change: mvne_tenants.ItemChange) -> Self:
        """The change."""
        return cls(
            section=change.section,
            item=change.item,
            kind=ManifestChangeKind(change.kind),
            before=as_json(change.before),
            after=as_json(change.after),
        )


@strawberry.type(description="How an API client that was made signs in. Shown once.")
class ClientCredential:
    """Keep it where secrets are kept."""

    name: str = strawberry.field(description="The client's name in the manifest.")
    client_id: str = strawberry.field(description="The client id.")
    client_secret: str = strawberry.field(description="The secret; kept nowhere in the clear.")


@strawberry.type(description="A manifest handed in, and how its application goes.")
class BrandApplication(Node):
    """Ask again until it is applied or failed."""

    brand: str = strawberry.field(description="The brand's slug.")
    state: BrandApplicationState = strawberry.field(description="Where it stands.")
    step: str | None = strawberry.field(description="The last step that is complete.")
    error: str | None = strawberry.field(description="Why it failed.")
    faults: list[ManifestFault] = strawberry.field(
        description="What is wrong with the manifest, if it came to light only when it was applied."
    )
    changes: list[ManifestChange] | None = strawberry.field(
        description="What it has changed so far; null before the first step."
    )
    requested_by: str = strawberry.field(description="Who handed it in.")
    requested_at: datetime = strawberry.field(description="When it was handed in.")
    finished_at: datetime | None = strawberry.field(description="When it ended.")

    @classmethod
    def of(cls, row: mvne_tenants.BrandApplication) -> Self:
        """The application."""
        changes = row.changes
        return cls(
            id=global_id("BrandApplication", row.id),
            brand=row.slug,
            state=BrandApplicationState(row.state),
            step=row.step,
            error=row.error,
            faults=[ManifestFault(**fault) for fault in row.faults or ()],
            requested_by=row.requested_by,
            changes=None
            if changes is None
            else [ManifestChange.of(mvne_tenants.ItemChange.from_json(each)) for each in changes],
            requested_at=row.requested_at,
            finished_at=row.finished_at,
        )
