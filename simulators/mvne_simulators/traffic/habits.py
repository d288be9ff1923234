"""How one subscriber spends one day: pure, from the seed, the subscriber and the day alone."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import TypeVar
from zoneinfo import ZoneInfo

from mvne_simulators.traffic.numbering import World
from mvne_simulators.traffic.records import Record, Service, Subscriber

_Choice = TypeVar("_Choice")

EMERGENCY = "112"

# Weights, whole numbers, so that every machine draws the same.
_AT_HOME: dict[Service, int] = {"voice_out": 34, "voice_in": 20, "sms_out": 17, "mms_out": 1, "data": 28}
_ABROAD: dict[Service, int] = {
    "roaming_voice_out": 25,
    "roaming_voice_in": 15,
    "roaming_sms_out": 20,
    "roaming_data": 40,
}
_OUTCOMES = {"normal_clearing": 78, "no_answer": 15, "user_busy": 7}
_DESTINATIONS = {
    "contact": 800,
    "national_mobile": 90,
    "national_fixed": 45,
    "freephone": 20,
    "international": 40,
    "emergency": 5,
}
_CONTACTS = {"national_mobile": 70, "national_fixed": 15, "on_net": 10, "international": 5}
_CONTACT_NUMBER = 20
_TALK_SECONDS = {(2, 15): 15, (15, 60): 35, (60, 180): 28, (180, 600): 16, (600, 3600): 6}
_SESSION_BYTES = {
    (5_000, 1_000_000): 40,
    (1_000_000, 20_000_000): 40,
    (20_000_000, 200_000_000): 17,
    (200_000_000, 1_500_000_000): 3,
}
# Abroad people read mail and look at maps, and leave films for home: there a megabyte costs what a gigabyte costs here.
_SESSION_BYTES_ABROAD = {
    (5_000, 100_000): 45,
    (100_000, 1_000_000): 37,
    (1_000_000, 5_000_000): 15,
    (5_000_000, 30_000_000): 3,
}
_SMS_PARTS = {1: 90, 2: 8, 3: 2}
# Local hours from midnight: quiet nights, a rise towards noon, a peak in the early evening.
_HOURS = (4, 2, 1, 1, 1, 2, 8, 20, 35, 45, 50, 55, 60, 55, 50, 55, 65, 75, 80, 75, 65, 50, 30, 12)
# Light and heavy users, in quarters of the average.
_APPETITES = (1, 2, 3, 4, 4, 5, 6, 7)


@dataclass(frozen=True)
class Habits:
    """What all subscribers of a brand share: `per_day` events on average, `zone` of their day, who is in the brand.

    `roaming` is the share of subscriber weeks with a journey.
    """

    seed: int
    per_day: int
    zone: ZoneInfo
    roaming: float
    world: World
    everybody: Sequence[Subscriber]


@dataclass(frozen=True)
class OtherParty:
    """Whom a subscriber talks to, and what kind of destination that is for the manifest."""

    number: str
    destination: str


@dataclass(frozen=True)
class Person:
    """A subscriber with a home country, an appetite in quarters of the average, and people to talk to."""

    subscriber: Subscriber
    home: str
    appetite: int
    contacts: Sequence[OtherParty]


@dataclass(frozen=True)
class _Moment:
    """All that an event is made from; `visited` is empty at home."""

    random: Random
    world: World
    person: Person
    start: datetime
    visited: str


def person(habits: Habits, subscriber: Subscriber) -> Person:
    """Home country, appetite and the people a subscriber talks to.

    Raises LookupError when the number belongs to no known range.
    """
    random = Random(f"{habits.seed}/{subscriber.msisdn}")
    home = habits.world.home_of(subscriber.msisdn)
    contacts = [_contact(random, habits, subscriber, home) for _ in range(_CONTACT_NUMBER)]
    return Person(subscriber, home, random.choice(_APPETITES), contacts)


def events(habits: Habits, who: Person, day: date) -> Iterator[Record]:
    """What a subscriber does on a UTC day, in no order."""
    random = Random(f"{habits.seed}/{who.subscriber.msisdn}/{day.isoformat()}")
    visited = _visited(habits, who, day)
    hours = [datetime.combine(day, time(hour), UTC) for hour in range(24)]
    weights = [_HOURS[hour.astimezone(habits.zone).hour] for hour in hours]
    for _ in range(random.randint(0, 2 * habits.per_day * who.appetite // 4)):
        start = random.choices(hours, weights)[0] + timedelta(seconds=random.randrange(3600))
        service = _pick(random, _ABROAD if visited else _AT_HOME)
        yield _MAKERS[service](_Moment(random, habits.world, who, start, visited), service)


def _contact(random: Random, habits: Habits, owner: Subscriber, home: str) -> OtherParty:
    kind = _pick(random, _CONTACTS)
    friends = [one for one in habits.everybody if one.msisdn != owner.msisdn] if kind == "on_net" else []
    if friends:
        return OtherParty(random.choice(friends).msisdn, "on_net")
    return _stranger(random, habits.world, home, "national_mobile" if kind == "on_net" else kind)


def _stranger(random: Random, world: World, home: str, destination: str) -> OtherParty:
    match destination:
        case "emergency":
            return OtherParty(EMERGENCY, destination)
        case "freephone" if world.by_kind.get((home, "freephone")):
            return OtherParty(world.draw(random, home, "freephone"), destination)
        case "international":
            return OtherParty(world.draw(random, world.region_abroad(random, home), "mobile", "fixed"), destination)
        case "national_fixed":
            return OtherParty(world.draw(random, home, "fixed", "mobile"), destination)
    return OtherParty(world.draw(random, home, "mobile", "fixed"), "national_mobile")


def _visited(habits: Habits, who: Person, day: date) -> str:
    """The network abroad a subscriber uses that day, or nothing when at home."""
    year, week, weekday = day.isocalendar()
    random = Random(f"{habits.seed}/{who.subscriber.msisdn}/{year}-W{week:02}")
    first, last = sorted((random.randint(1, 7), random.randint(1, 7)))
    networks: Sequence[str] = ()
    while not networks:
        networks = habits.world.networks.get(habits.world.region_abroad(random, who.home), ())
    network = random.choice(networks)
    return network if random.random() < habits.roaming and first <= weekday <= last else ""


def _call_out(moment: _Moment, service: Service) -> Record:
    destination = _pick(moment.random, _DESTINATIONS)
    if destination == "contact":
        other = moment.random.choice(moment.person.contacts)
    else:
        other = _stranger(moment.random, moment.world, moment.person.home, destination)
    return _call(moment, service, other)


def _call_in(moment: _Moment, service: Service) -> Record:
    return _call(moment, service, moment.random.choice(moment.person.contacts))


def _call(moment: _Moment, service: Service, other: OtherParty) -> Record:
    # An emergency call is always answered.
    cause = "normal_clearing" if other.number == EMERGENCY else _pick(moment.random, _OUTCOMES)
    answered = cause == "normal_clearing"
    seconds = moment.random.randrange(*_pick(moment.random, _TALK_SECONDS)) if answered else 0
    return replace(_record(moment, service, other, cause), duration_s=seconds, answered=answered)


def _message(moment: _Moment, service: Service) -> Record:
    parts = 1 if service == "mms_out" else _pick(moment.random, _SMS_PARTS)
    return replace(_record(moment, service, moment.random.choice(moment.person.contacts), "delivered"), count=parts)


def _session(moment: _Moment, service: Service) -> Record:
    sizes = _SESSION_BYTES_ABROAD if moment.visited else _SESSION_BYTES
    volume = moment.random.randrange(*_pick(moment.random, sizes))
    seconds = moment.random.randrange(5, 7200)
    record = _record(moment, service, OtherParty("", "internet"), "normal_release")
    return replace(record, duration_s=seconds, bytes=volume)


def _record(moment: _Moment, service: Service, other: OtherParty, cause: str) -> Record:
    return Record(
        record_id=record_id(moment.random),
        service=service,
        subscriber=moment.person.subscriber.msisdn,
        imsi=moment.person.subscriber.imsi,
        start=moment.start,
        destination=other.destination,
        cause=cause,
        other_party=other.number,
        visited_network=moment.visited,
    )


def record_id(random: Random) -> str:
    """A fresh identifier, sixteen hexadecimal digits."""
    return f"{random.getrandbits(64):016x}"


def _pick(random: Random, shares: Mapping[_Choice, int]) -> _Choice:
    return random.choices(list(shares), list(shares.values()))[0]


_MAKERS: dict[Service, Callable[[_Moment, Service], Record]] = {
    "voice_out": _call_out,
    "voice_in": _call_in,
    "sms_out": _message,
    "mms_out": _message,
    "data": _session,
    "roaming_voice_out": _call_out,
    "roaming_voice_in": _call_in,
    "roaming_sms_out": _message,
    "roaming_data": _session,
}
