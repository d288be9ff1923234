"""The form of `loyalty.toml`: the brand's programme, what earns points, and what points buy."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from mvne_platform import loyalty
from mvne_platform.catalogue.editing import Micros, Quantity
from mvne_platform.kernel import Unit
from mvne_platform.loyalty import AccrualTrigger, ProgrammeDraft, RewardDraft, RuleDraft
from mvne_tenants.manifest.faults import Fault
from mvne_tenants.manifest.fields import Code, Form, Many, Texts
from mvne_tenants.manifest.offerings import Ground
from mvne_tenants.manifest.source import Source
from mvne_tenants.manifest.toml_lines import KeyPath

_Names = Annotated[tuple[Annotated[str, Field(min_length=1, max_length=40)], ...], Many]
_Months = Annotated[tuple[int, ...], Many]


class ProgrammeForm(Form):
    """`[programme]`: what it is called."""

    code: Code
    name: Texts


class RuleForm(Form):
    """`[[rules]]`: points for each full amount `per` of money (top_up, bill), or at each of `months` of service."""

    code: Code
    trigger: Literal["top_up", "bill", "tenure"]
    points: int
    per: Micros | None = None
    months: _Months = ()

    def draft(self) -> RuleDraft:
        """The rule as loyalty takes it."""
        return RuleDraft(self.code, AccrualTrigger(self.trigger), self.points, self.per, self.months)


class RewardForm(Form):
    """`[[rewards]]`: an allowance for points, valid for some days."""

    code: Code
    name: Texts
    points: int
    unit: Literal["second", "byte", "message"]
    quantity: Quantity
    valid_days: int
    services: _Names = ()
    zones: _Names = ()
    hidden: bool = False

    def draft(self) -> RewardDraft:
        """The reward as loyalty takes it."""
        return RewardDraft(
            code=self.code,
            name=self.name,
            points=self.points,
            unit=Unit(self.unit),
            quantity=self.quantity,
            valid_days=self.valid_days,
            services=self.services,
            zones=self.zones,
            hidden=self.hidden,
        )


class LoyaltyForm(Form):
    """The whole of `loyalty.toml`."""

    programme: ProgrammeForm
    rules: Annotated[tuple[RuleForm, ...], Many] = ()
    rewards: Annotated[tuple[RewardForm, ...], Many] = ()

    def draft(self) -> ProgrammeDraft:
        """The programme as loyalty takes it."""
        return ProgrammeDraft(
            code=self.programme.code,
            name=self.programme.name,
            rules=tuple(rule.draft() for rule in self.rules),
            rewards=tuple(reward.draft() for reward in self.rewards),
        )


def loyalty_faults(source: Source, form: LoyaltyForm | None, ground: Ground) -> Iterator[Fault]:
    """The faults of a programme beyond its form."""
    yield from _zone_faults(source, ground)
    if form is None:
        return
    for problem in loyalty.programme_problems(form.draft(), ground.languages):
        path: KeyPath = tuple(int(part) if part.isdigit() else part for part in problem.path)
        place = path if path[0] in ("rules", "rewards") else ("programme", *path)
        cause = f"{problem.message[:1].upper()}{problem.message[1:].rstrip('.')}."
        key = next(part for part in reversed(path) if isinstance(part, str) and part not in ground.languages)
        yield source.fault(place, f"LOYALTY_{key.upper()}", cause, "Correct the value.")


def _zone_faults(source: Source, ground: Ground) -> Iterator[Fault]:
    if None in ground.zones.values():
        return
    known = frozenset().union(*(zones for zones in ground.zones.values() if zones is not None))
    for reward in source.root.tables("rewards"):
        for index, zone in reward.texts("zones"):
            if zone not in known:
                cause = f"Zone '{zone}' is in none of the brand's price lists."
                yield reward.fault(("zones", index), "UNKNOWN_ZONE", cause, "Name a zone of zones.csv.")
