"""Setting a brand's programme."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from mvne_platform.kernel import Change
from mvne_platform.loyalty import permissions, queries
from mvne_platform.loyalty.errors import ProgrammeInvalid
from mvne_platform.loyalty.models import AccrualRule, Programme, Reward
from mvne_platform.loyalty.rules import ProgrammeDraft, RewardDraft, RuleDraft, programme_problems
from mvne_platform.runtime import Context


def set_programme(ctx: Context, draft: ProgrammeDraft) -> Change:
    """Make this the brand's programme; the same again changes nothing.

    Rules and rewards that are no longer named stay, because points explain themselves by them: such a rule gives
    nothing more, and such a reward is hidden. Raises ProgrammeInvalid, which names the first problem;
    `programme_problems` names all.
    """
    ctx.require(permissions.MANAGE)
    for problem in programme_problems(draft, ctx.brand.languages):
        raise ProgrammeInvalid(f"The programme '{draft.code}': {problem.message}.", field=problem.path)
    ctx.lock("loyalty/programme")

    there = queries.programme(ctx)
    running = there or Programme(code=draft.code, name=dict(draft.name))
    ctx.db.add(running)
    ctx.db.flush()
    changes = {
        _set(ctx, Programme, running, {"code": draft.code, "name": dict(draft.name)}),
        *_set_rules(ctx, running, draft.rules),
        *_set_rewards(ctx, draft.rewards),
    }
    ctx.db.flush()
    if there is None:
        return Change.CREATED
    return Change.UNCHANGED if changes == {Change.UNCHANGED} else Change.CHANGED


def _set_rules(ctx: Context, programme: Programme, drafts: Sequence[RuleDraft]) -> set[Change]:
    there = {rule.code: rule for rule in ctx.db.scalars(select(AccrualRule))}
    changes = {
        _set(
            ctx,
            AccrualRule,
            there.pop(draft.code, None),
            {
                "programme_id": programme.id,
                "code": draft.code,
                "trigger": draft.trigger,
                "points": draft.points,
                "per_micros": draft.per_micros,
                "months": [{"month": month} for month in draft.months] or None,
            },
        )
        for draft in drafts
    }
    at_rest = {"per_micros": None, "months": None}
    return changes | {_set(ctx, AccrualRule, rule, at_rest) for rule in there.values()}


def _set_rewards(ctx: Context, drafts: Sequence[RewardDraft]) -> set[Change]:
    there = {reward.code: reward for reward in ctx.db.scalars(select(Reward))}
    changes = {_set(ctx, Reward, there.pop(draft.code, None), _reward_values(draft)) for draft in drafts}
    return changes | {_set(ctx, Reward, reward, {"hidden": True}) for reward in there.values()}


def _reward_values(draft: RewardDraft) -> dict[str, Any]:
    return {
        "code": draft.code,
        "name": dict(draft.name),
        "points": draft.points,
        "unit": draft.unit,
        "quantity": draft.quantity,
        "services": list(draft.services),
        "zones": list(draft.zones),
        "valid_days": draft.valid_days,
        "hidden": draft.hidden,
    }


def _set(
    ctx: Context,
    table: type[Programme | AccrualRule | Reward],
    row: Programme | AccrualRule | Reward | None,
    values: Mapping[str, Any],
) -> Change:
    if row is None:
        ctx.db.add(table(**values))
        ctx.db.flush()
        return Change.CREATED
    different = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in different.items():
        setattr(row, name, value)
    return Change.CHANGED if different else Change.UNCHANGED
