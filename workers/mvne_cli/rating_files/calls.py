"""Calls that a switch wrote in several records are one event, on the row of their first part."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from mvne_cli.rating_files.answers import Answer
from mvne_platform import mediation
from mvne_platform.mediation import Row, UsageEvent


def put_together(rows: Iterable[Row]) -> tuple[list[Row], list[Answer]]:
    """The rows with each call's parts joined into one, and the answers to the rows of its other parts.

    A file is all there is: a call is joined from the parts that are there, also if one is missing.
    """
    kept: list[Row] = []
    calls: dict[str, dict[int, tuple[Row, UsageEvent]]] = defaultdict(dict)
    answers: list[Answer] = []
    for row in rows:
        event = row.outcome
        if not isinstance(event, UsageEvent) or event.part is None:
            kept.append(row)
            continue
        first, _ = calls[mediation.call_of(event)].setdefault(event.part.number, (row, event))
        if first is not row:
            detail = f"Line {first.number} of this file is the same part of the call."
            answers.append(Answer(row, event, status="duplicate", reason="repeated", detail=detail))
    for parts in calls.values():
        (first, _), *others = (parts[number] for number in sorted(parts))
        kept.append(replace(first, outcome=mediation.joined(event for _, event in parts.values())))
        detail = f"A part of the call on line {first.number} of this file."
        answers += [Answer(row, event, status="joined", reason="part_of_call", detail=detail) for row, event in others]
    return kept, answers
