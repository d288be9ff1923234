"""What a programme may be, what earns how many points, and when service is rewarded. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

from mvne_platform.kernel import Unit
from mvne_platform.loyalty.models import AccrualTrigger

LONGEST_VALIDITY_DAYS = 366
# Between the milestones a programme names, and after the last, a line is looked at once a year all the same.
YEAR = 12
# Before a plan's own allowances (100 unless it says otherwise), for a reward does not come again.
REWARD_PRIORITY = 50


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """What earns points: `points` for each full `per_micros` of money, or at each of the `months` of service."""

    code: str
    trigger: AccrualTrigger
    points: int
    per_micros: int | None = None
    months: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RewardDraft:
    """What points buy: `quantity` of `unit` for the services and zones listed (none: all), valid for some days."""

    code: str
    name: Mapping[str, str]
    points: int
    unit: Unit
    quantity: int
    valid_days: int
    services: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class ProgrammeDraft:
    """A brand's programme; names are by language."""

    code: str
    name: Mapping[str, str]
    rules: tuple[RuleDraft, ...] = ()
    rewards: tuple[RewardDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a draft, and where in it."""

    path: tuple[str, ...]
    message: str


def programme_problems(draft: ProgrammeDraft, languages: Sequence[str]) -> list[Problem]:
    """Everything that keeps a programme from being run; empty when it is sound."""
    return [
        *_name_problems(draft.name, (), languages),
        *_code_problems("rules", draft.rules),
        *_code_problems("rewards", draft.rewards),
        *(problem for at, rule in enumerate(draft.rules) for problem in _rule_problems(rule, ("rules", str(at)))),
        *(
            problem
            for at, reward in enumerate(draft.rewards)
            for problem in _reward_problems(reward, ("rewards", str(at)), languages)
        ),
    ]


def points_for_money(amount_micros: int, points: int, per_micros: int | None) -> int:
    """`points` for each full `per_micros`; a rule without that amount rests and gives none."""
    return amount_micros // per_micros * points if per_micros and amount_micros > 0 else 0


def next_milestone(month: int, milestones: Iterable[int]) -> int:
    """The next month of service after `month` at which to look: a milestone, or the end of a year of service."""
    year_end = (month // YEAR + 1) * YEAR
    return min([at for at in milestones if at > month] + [year_end])


def tenure_cause(subscription_id: UUID, month: int) -> UUID:
    """The cause of points for a month of a line's service: each month of a line is rewarded once."""
    return uuid5(subscription_id, f"tenure/{month}")


def _name_problems(name: Mapping[str, str], path: tuple[str, ...], languages: Sequence[str]) -> Iterator[Problem]:
    for language in languages:
        if not name.get(language, "").strip():
            yield Problem((*path, "name", language), f"there is no name in the brand's language '{language}'")


def _code_problems(part: str, drafts: Sequence[RuleDraft | RewardDraft]) -> Iterator[Problem]:
    codes = [draft.code for draft in drafts]
    for at, code in enumerate(codes):
        if not code:
            yield Problem((part, str(at), "code"), "there is no code")
        elif codes.index(code) != at:
            yield Problem((part, str(at), "code"), f"'{code}' is the code of another one")


def _rule_problems(rule: RuleDraft, path: tuple[str, ...]) -> Iterator[Problem]:
    if rule.points <= 0:
        yield Problem((*path, "points"), f"{rule.points} points are none; give more than 0")
    if rule.trigger is AccrualTrigger.TENURE:
        if not _are_months(rule.months):
            yield Problem((*path, "months"), "name the months of service that earn points, rising, from 1 to 600")
        if rule.per_micros is not None:
            yield Problem((*path, "per"), "service is rewarded by months, not by money")
        return
    if rule.per_micros is None or rule.per_micros <= 0:
        yield Problem((*path, "per"), "name the amount of money, above 0, that earns the points")
    if rule.months:
        yield Problem((*path, "months"), "money is rewarded by its amount, not by months")


def _are_months(months: Collection[int]) -> bool:
    rising = list(months) == sorted(set(months))
    return bool(months) and rising and min(months) >= 1 and max(months) <= 50 * YEAR


def _reward_problems(reward: RewardDraft, path: tuple[str, ...], languages: Sequence[str]) -> Iterator[Problem]:
    yield from _name_problems(reward.name, path, languages)
    if reward.points <= 0:
        yield Problem((*path, "points"), f"a reward costs more than {reward.points} points")
    if reward.unit is Unit.MONEY or reward.quantity <= 0:
        yield Problem((*path, "quantity"), "a reward is an amount of seconds, messages or bytes above 0")
    if not 1 <= reward.valid_days <= LONGEST_VALIDITY_DAYS:
        yield Problem((*path, "valid_days"), f"a reward is valid for 1 to {LONGEST_VALIDITY_DAYS} days")
