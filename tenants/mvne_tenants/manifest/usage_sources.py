"""`[[usage_source]]` of `brand.toml`: where the brand's usage files come from. Secrets are never in a manifest."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field

from mvne_platform.kernel import DomainError
from mvne_platform.mediation import sources
from mvne_platform.mediation.sources import SourceDraft, SourceKind
from mvne_tenants.manifest.faults import Fault
from mvne_tenants.manifest.fields import Code, Form, Line, Many
from mvne_tenants.manifest.source import Source

Kind = Literal["directory", "sftp", "upload", "push"]
_Minutes = Annotated[int, Field(ge=1)]


class ScheduleForm(Form):
    """`schedule`: every so many minutes, or at times of the brand's wall clock."""

    every_minutes: _Minutes | None = None
    at: Annotated[tuple[str, ...], Many] = ()
    weekdays: Annotated[tuple[int, ...], Many] = ()

    def values(self) -> dict[str, Any]:
        """As mediation reads it."""
        if self.every_minutes is not None and not self.at and not self.weekdays:
            return {"every_minutes": self.every_minutes}
        given = {"every_minutes": self.every_minutes, "at": list(self.at), "weekdays": list(self.weekdays)}
        return {name: value for name, value in given.items() if value}


class UsageSourceForm(Form):
    """One source; `settings` are those of its kind."""

    code: Code
    name: Line
    operator: Line
    kind: Kind
    format: Line
    settings: dict[str, str | int] = Field(default_factory=dict)
    schedule: ScheduleForm | None = None
    expected_minutes: _Minutes | None = None
    sequence_pattern: Line | None = None

    def draft(self) -> SourceDraft:
        """The source as mediation takes it."""
        return SourceDraft(
            code=self.code,
            name=self.name,
            operator=self.operator,
            kind=SourceKind(self.kind),
            format=self.format,
            settings=self.settings,
            schedule=self.schedule.values() if self.schedule else None,
            expected_minutes=self.expected_minutes,
            sequence_pattern=self.sequence_pattern,
        )


def usage_source_faults(source: Source, forms: tuple[UsageSourceForm, ...]) -> Iterator[Fault]:
    """What is not sound in a source beyond its form, and codes that are there twice."""
    seen: set[str] = set()
    for index, form in enumerate(forms):
        place = ("usage_source", index)
        if form.code in seen:
            cause = f"There is a source '{form.code}' above."
            yield source.fault((*place, "code"), "REPEATED", cause, "Choose another code.")
        seen.add(form.code)
        try:
            sources.checked(form.draft())
        except DomainError as refusal:
            key = refusal.field[0] if refusal.field else "code"
            way_out = "See docs/reference/manifest.md, [[usage_source]]."
            yield source.fault((*place, key), refusal.code, refusal.message, way_out)
