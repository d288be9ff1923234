"""Rating the new events of a chunk: under the locks of their purses, in the order of time."""

from collections.abc import Sequence

from mvne_platform.catalogue import Tariff
from mvne_platform.charging import rules
from mvne_platform.charging.purses import read_purses
from mvne_platform.charging.rules import Identified
from mvne_platform.charging.subjects import NoPrices, Subject, Subjects
from mvne_platform.charging.writing import Origin, RatedRow
from mvne_platform.mediation import Unrated
from mvne_platform.rating import Item, Outcome, Rated, Rater, ScalarRater
from mvne_platform.runtime import Context

RATER: Rater = ScalarRater()


def rate_events(
    ctx: Context, events: Sequence[Identified], subjects: Subjects, host: Tariff | None
) -> tuple[list[RatedRow], list[Unrated]]:
    """What each event costs and what pays for it, and the events that could not be rated.

    The caller has locked the purses. `host` is the price list of the contract with the host operator, if there is one.
    """
    priced: list[tuple[Identified, Subject]] = []
    unrated: list[Unrated] = []
    for one in sorted(events, key=lambda one: (one.id.key, one.id.subscription_id)):
        subject = subjects.at(one.line, one.plan, one.event.start)
        if isinstance(subject, NoPrices):
            unrated.append(rules.failed(one.row, "no_price_list", subject.detail))
        else:
            priced.append((one, subject))
    items = [Item(one.event, subject.subscriber, subject.tariff) for one, subject in priced]
    answers = RATER.rate_many(items, read_purses(ctx, items))

    rows: list[RatedRow] = []
    for (one, subject), rated in zip(priced, answers, strict=True):
        if rated.outcome is Outcome.FAILED:
            unrated.append(rules.failed(one.row, rated.reason or rated.outcome, rated.detail))
        else:
            rows.append(_row(one, subject, rated, host))
    return rows, unrated


def _row(one: Identified, subject: Subject, rated: Rated, host: Tariff | None) -> RatedRow:
    return RatedRow(
        id=one.id,
        event=one.event,
        rated=rated,
        wholesale=RATER.wholesale(one.event, host) if host else None,
        subscriber=subject.subscriber,
        origin=Origin(file_id=one.file_id, file_row=one.row.number),
    )
