"""The words for events that the kernel could not rate."""

from typing import cast

import numpy as np

from mvne_platform.catalogue import Tariff
from mvne_platform.charging import rules
from mvne_platform.charging.columns.lanes import rows_at
from mvne_platform.charging.columns.rated import Answers, Prepared
from mvne_platform.mediation import Unrated, UsageEvent, UsageFile, number_data
from mvne_platform.mediation import columns as frames
from mvne_platform.rating import Reason, ScalarRater
from mvne_platform.runtime import Context

_REASONS = list(Reason)
_REFERENCE = ScalarRater()


def failures(
    ctx: Context, file: UsageFile, read: frames.ColumnsRead, prepared: Prepared, answers: Answers
) -> list[Unrated]:
    """The kernel's reasons, each with the sentence that the reference has for it."""
    failed = np.flatnonzero(answers.failed)
    if not len(failed):
        return []
    lanes, fresh = prepared.lanes, prepared.fresh
    numbers = lanes.frame["row"].to_numpy()[fresh.rows[failed]].tolist()
    texts = {row.number: row for row in rows_at(ctx, file, read, numbers)}
    known = number_data(ctx)
    terms = lanes.holdings.terms[fresh.span[failed]]
    found = []
    for number, place, code in zip(numbers, terms, answers.reason[failed], strict=True):
        event = rules.event_with_number_data(cast("UsageEvent", texts[number].outcome), known)
        reason = _REASONS[code]
        detail = _REFERENCE.detail(event, _present(lanes.tariffs[place]), reason)
        found.append(rules.failed(texts[number], reason, detail))
    return found


def _present(tariff: Tariff | None) -> Tariff:
    if tariff is None:
        raise LookupError("An event was rated without a price list.")
    return tariff
