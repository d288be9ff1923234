"""Putting the parts of a call together. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from mvne_platform.catalogue import Service
from mvne_platform.mediation.formats import RecordFault
from mvne_platform.mediation.usage import Identifier, Part, UsageEvent

_BETWEEN = "|"


def call_of(event: UsageEvent) -> str:
    """What the parts of one call share: format, service, subscriber and the switch's own id of the call.

    The service is in it because the legs of one call (forwarded, roaming) may share the switch's id.
    """
    part = _part(event)
    named = (f"{kind}:{value}" for kind, value in event.identifiers)
    return _BETWEEN.join((event.natural_key[0], event.service, *named, part.call))


def check_fits(parts: Mapping[int, UsageEvent], event: UsageEvent) -> None:
    """Raise RecordFault for a part that cannot be beside those that are there (by number)."""
    part = _part(event)
    end = next((number for number, other in parts.items() if _part(other).last), None)
    if part.last and (end is not None or any(number > part.number for number in parts)):
        raise RecordFault("part_disagrees", f"Part {part.number} says it is the last, but there are later ones.")
    if end is not None and part.number > end:
        raise RecordFault("part_disagrees", f"Part {part.number} comes after part {end}, which said it is the last.")


def complete(parts: Mapping[int, UsageEvent]) -> bool:
    """Whether every part from the first to the last is there."""
    highest = max(parts, default=0)
    return highest > 0 and len(parts) == highest and _part(parts[highest]).last


def joined(parts: Iterable[UsageEvent]) -> UsageEvent:
    """One event for the call: it begins with its first part, and quantities add up.

    What only some parts say is taken from the first that says it, the cause from the last; answered if any part was.
    """
    ordered = sorted(parts, key=lambda event: _part(event).number)
    first = ordered[0]
    call = _part(first).call
    return replace(
        first,
        natural_key=(first.natural_key[0], "call", first.service, *(one.value for one in first.identifiers), call),
        duration_s=_sum(event.duration_s for event in ordered),
        bytes=_sum(event.bytes for event in ordered),
        count=_sum(event.count for event in ordered),
        other_party=_first(event.other_party for event in ordered),
        visited_network=_first(event.visited_network for event in ordered),
        answered=_any(event.answered for event in ordered),
        cause=_first(event.cause for event in reversed(ordered)),
        correlation=_first(event.correlation for event in ordered),
        attributes={name: value for event in ordered for name, value in event.attributes.items()},
        part=None,
    )


def as_json(event: UsageEvent) -> dict[str, Any]:
    """An event as it is stored until its call is complete."""
    part = _part(event)
    return {
        "natural_key": list(event.natural_key),
        "identifiers": [list(one) for one in event.identifiers],
        "service": event.service.value,
        "start": event.start.isoformat(),
        "part": [part.call, part.number, part.last],
        "attributes": dict(event.attributes),
        **{name: getattr(event, name) for name in _PLAIN},
    }


def from_json(stored: Mapping[str, Any]) -> UsageEvent:
    """The event that `as_json` stored."""
    call, number, last = stored["part"]
    return UsageEvent(
        natural_key=tuple(stored["natural_key"]),
        identifiers=tuple(Identifier(*one) for one in stored["identifiers"]),
        service=Service(stored["service"]),
        start=datetime.fromisoformat(stored["start"]),
        part=Part(call, number, last),
        attributes=stored["attributes"],
        **{name: stored[name] for name in _PLAIN},
    )


_PLAIN = ("duration_s", "bytes", "count", "other_party", "visited_network", "answered", "cause", "correlation")


def _part(event: UsageEvent) -> Part:
    if event.part is None:
        raise ValueError("The event is no part of a call.")
    return event.part


def _sum(quantities: Iterable[int | None]) -> int | None:
    known = [quantity for quantity in quantities if quantity is not None]
    return sum(known) if known else None


def _first(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value is not None), None)


def _any(answers: Iterable[bool | None]) -> bool | None:
    known: Sequence[bool] = [answer for answer in answers if answer is not None]
    return any(known) if known else None
