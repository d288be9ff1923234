"""Rating a file of events as one batch: in the order of time within each charging group, repeats left out."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from mvne_cli.rating_files.answers import Answer
from mvne_cli.rating_files.calls import put_together
from mvne_cli.rating_files.folder import TariffFolder
from mvne_cli.rating_files.numbers import CalledNumbers
from mvne_cli.rating_files.subjects import NoSubject, Subject, Subjects
from mvne_platform.mediation import FORMATS, Fault, FormatSettings, Position, Row, UsageEvent, event_key
from mvne_platform.rating import ExplanationStep, Item, Outcome, Purse, Rated, Rater, ScalarRater, StoredEvent, explain

FORMAT = "mvne-csv"


class _Found(NamedTuple):
    """A row that is somebody's event."""

    row: Row
    event: UsageEvent
    subject: Subject


class FileRating:
    """Rates whole files against a folder; each file finds what the folder's tables say, not what one before it left."""

    def __init__(self, folder: TariffFolder, rater: Rater) -> None:
        self.folder = folder
        self.subjects = Subjects(folder)
        self._numbers = CalledNumbers(folder.ported, folder.short_codes)
        self._rater = rater

    def rate(self, events: Path, *, explained: bool = False) -> list[Answer]:
        """One answer for each row, in the order of the file.

        Raises OSError, and mediation's FileRejected for a file that is not of the format.
        """
        read = FORMATS[FORMAT](events, FormatSettings("", self.folder.settings.time_zone), Position())
        rows, parts = put_together(read)
        identified = [self._identified(row) for row in rows]
        unique, repeats = _without_repeats([one for one in identified if isinstance(one, _Found)])
        unrated = [one for one in identified if isinstance(one, Answer)]
        answers = {one.row.number: one for one in (*parts, *unrated, *repeats)}
        for found, rated in zip(unique, self._rated(unique), strict=True):
            answers[found.row.number] = self._answer(found, rated, explained=explained)
        return [answers[number] for number in sorted(answers)]

    def _identified(self, row: Row) -> "_Found | Answer":
        if isinstance(row.outcome, Fault):
            return Answer(row, reason=row.outcome.reason, detail=row.outcome.detail)
        event = self._numbers.known(row.outcome)
        subject = self.subjects.of(event)
        if isinstance(subject, NoSubject):
            return Answer(row, event, reason=subject.reason, detail=subject.detail)
        return _Found(row, event, subject)

    def _rated(self, found: list[_Found]) -> list[Rated]:
        """What each comes to, in the order given; rated in that of their keys, which begin with the start."""
        order = sorted(range(len(found)), key=lambda place: event_key(found[place].event))
        items = [
            Item(found[place].event, found[place].subject.subscriber, found[place].subject.tariff) for place in order
        ]
        answers = self._rater.rate_many(items, self._purses(items))
        return [rated for _, rated in sorted(zip(order, answers, strict=True), key=lambda pair: pair[0])]

    def _purses(self, items: Iterable[Item]) -> dict[UUID, Purse]:
        members = {item.subscriber.charging_group: item.subscriber for item in items}
        return {group: self.subjects.purse(subscriber) for group, subscriber in members.items()}

    def _answer(self, found: _Found, rated: Rated, *, explained: bool) -> Answer:
        host = self.folder.host
        return Answer(
            found.row,
            found.event,
            found.subject,
            rated,
            self._rater.wholesale(found.event, host) if host else None,
            self._explanation(found, rated) if explained else (),
            rated.outcome,
            rated.reason or "",
            rated.detail or self._detail(found, rated),
        )

    def _detail(self, found: _Found, rated: Rated) -> str:
        """The kernel answers reasons; the sentences to them are the reference's."""
        if rated.outcome is Outcome.RATED or rated.reason is None:
            return ""
        return ScalarRater().detail(found.event, found.subject.tariff, rated.reason)

    def _explanation(self, found: _Found, rated: Rated) -> tuple[ExplanationStep, ...]:
        if rated.outcome is Outcome.FAILED:
            return ()
        version = next((one for one in found.subject.tariff.versions if one.id == rated.version_id), None)
        return explain(StoredEvent.of(found.event, rated), version, self.subjects.bucket_names)


def _without_repeats(found: Iterable[_Found]) -> tuple[list[_Found], list[Answer]]:
    first_rows: dict[tuple[UUID, UUID], int] = {}
    unique: list[_Found] = []
    repeats: list[Answer] = []
    for one in found:
        key = (one.subject.subscriber.subscription_id, event_key(one.event))
        first = first_rows.setdefault(key, one.row.number)
        if first == one.row.number:
            unique.append(one)
            continue
        detail = f"Line {first} of this file is the same event."
        repeats.append(Answer(one.row, one.event, one.subject, status="duplicate", reason="repeated", detail=detail))
    return unique, repeats
