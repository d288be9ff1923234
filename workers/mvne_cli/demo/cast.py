"""Who takes part in the demo's month: no persons, but numbered test customers, and what each is there for."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

FIRST_DAY, LAST_DAY = 1, 31
MOST_SUBSCRIBERS, FEWEST_SUBSCRIBERS = 15, 4
# The days of October on which customers sign up: most on the first, some later, so that charges are prorated.
SIGN_UP_DAYS = (1, 6, 16)
# The days on which people look at their balance; whoever must be saved looks too late, after the renewal has failed.
PAY_DAYS, TOO_LATE = (16, 26), 30


@dataclass(frozen=True, slots=True)
class Size:
    """How large the demo is; smaller for tests. Days are those with traffic: the calendar always runs to November."""

    subscribers: int = 12
    days: int = LAST_DAY
    events_per_day: int = 12

    @classmethod
    def from_environment(cls) -> "Size":
        """Read MVNE_DEMO_SUBSCRIBERS (4 to 15 a brand), MVNE_DEMO_DAYS (1 to 31), MVNE_DEMO_EVENTS (1 to 200 a day)."""
        usual = cls()
        return cls(
            subscribers=_number("MVNE_DEMO_SUBSCRIBERS", usual.subscribers, FEWEST_SUBSCRIBERS, MOST_SUBSCRIBERS),
            days=_number("MVNE_DEMO_DAYS", usual.days, FIRST_DAY, LAST_DAY),
            events_per_day=_number("MVNE_DEMO_EVENTS", usual.events_per_day, 1, 200),
        )


def _number(name: str, usual: int, least: int, most: int) -> int:
    text = os.environ.get(name, "")
    given = int(text) if text.isdecimal() else usual
    return min(most, max(least, given))


@dataclass(frozen=True, slots=True)
class Name:
    """What a test customer is called, and in which language letters come."""

    language: str
    given: str
    family: str


@dataclass(frozen=True, slots=True)
class Character:
    """One test customer: when it signs up, for what, and how it pays.

    `starter` is a top-up by card with the order, in the brand's currency. On `pay_days` the balance is filled up to
    `keeps`, if it is lower. A `declined` card says no at first. The `document` is shown where the brand asks for one.
    """

    name: str
    called: Name
    plan: str
    day: int = 1
    add_ons: tuple[str, ...] = ()
    sim: str = "PHYSICAL"
    starter: str | None = None
    keeps: Decimal = Decimal(0)
    pay_days: tuple[int, ...] = ()
    declined: bool = False
    voucher: bool = False
    document: str | None = None
    is_refused: bool = False


@dataclass(frozen=True)
class Cast:
    """A brand's test customers, its place in the world, and what only happens there."""

    brand: str
    country: str
    city: str
    postal_code: str
    seed: int
    names: Mapping[str, tuple[str, str]]
    plans: tuple[str, ...]
    add_ons: Mapping[int, tuple[str, ...]]
    starters: Mapping[str, str]
    voucher_value: str | None
    reward: str
    reward_day: int
    asterisk_day: int | None
    verifies: bool
    size: Size

    @cached_property
    def characters(self) -> list[Character]:
        """Everybody, in the order in which they sign up."""
        made = [self._character(number) for number in range(1, self.size.subscribers + 1)]
        return [*made, self._refused()] if self.verifies else made

    def _character(self, number: int) -> Character:
        plan = self.plans[(number - 1) % len(self.plans)]
        starter = self.starters.get(plan)
        # Of a prepaid brand the second and the third have too little for a second period: one is saved, one lapses.
        is_short = self.verifies and number in (2, 3)
        pay_days = () if not starter else PAY_DAYS if not is_short else (TOO_LATE,) if number == 2 else ()
        day = _sign_up_day(number, self.size.subscribers)
        return Character(
            name=f"{number:02}",
            called=self._called(number),
            plan=plan,
            day=day,
            add_ons=self.add_ons.get(number, ()),
            sim="ESIM" if number % 4 == 0 else "PHYSICAL",
            starter=f"{Decimal(starter) / 2:.2f}" if starter and is_short else starter,
            keeps=Decimal(starter or 0) / 2,
            pay_days=pay_days,
            declined=number == 4 and starter is not None,
            voucher=self.voucher_value is not None and number in (1, 4) and day == SIGN_UP_DAYS[0],
            document=f"TEST{number:05}7" if self.verifies else None,
        )

    def _refused(self) -> Character:
        """Somebody whose document the provider does not accept."""
        return Character(name="00", called=self._called(0), plan=self.plans[0], document="TEST00000", is_refused=True)

    def _called(self, number: int) -> Name:
        language = list(self.names)[number % len(self.names)]
        given, family = self.names[language]
        return Name(language, given, f"{family} {number:02}")


def _sign_up_day(number: int, subscribers: int) -> int:
    """Two thirds on the first day, the rest in two halves; the first three have a part to play at the month's end."""
    place = number / subscribers
    if number <= 3 or place <= 2 / 3:
        return SIGN_UP_DAYS[0]
    return SIGN_UP_DAYS[1] if place <= 5 / 6 else SIGN_UP_DAYS[2]


def casts(size: Size) -> list[Cast]:
    """The casts of the demo's brands, from `casts.toml`."""
    written = tomllib.loads((Path(__file__).parent / "casts.toml").read_text(encoding="utf-8"))
    return [_cast(row, size) for row in written["cast"]]


def _cast(row: dict[str, Any], size: Size) -> Cast:
    return Cast(
        brand=row["brand"],
        country=row["country"],
        city=row["city"],
        postal_code=row["postal_code"],
        seed=row["seed"],
        names={language: (given, family) for language, (given, family) in row["names"].items()},
        plans=tuple(row["plans"]),
        add_ons={int(number): tuple(codes) for number, codes in row["add_ons"].items()},
        starters=row.get("starters", {}),
        voucher_value=row.get("voucher_value"),
        reward=row["reward"],
        reward_day=row["reward_day"],
        asterisk_day=row.get("asterisk_day"),
        verifies=row["verifies"],
        size=size,
    )
