"""A file of rated events: one row for each row of the events file, in its order, with all that rating found."""

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TextIO
from uuid import UUID

from mvne_cli.rating_files.subjects import Subject
from mvne_platform.mediation import Row, UsageEvent, event_key
from mvne_platform.rating import ExplanationStep, Rated, Trace, Wholesale

COLUMNS = (
    "row",
    "record_id",
    "status",
    "reason",
    "detail",
    "subscription",
    "key",
    "start",
    "service",
    "other_party",
    "visited_network",
    "operator",
    "number_class",
    "quantity",
    "charged",
    "itemised",
    "price_list",
    "price_list_version",
    "price_list_version_id",
    "rate_id",
    "zone",
    "band",
    "currency",
    "amount_micros",
    "accrued_micros",
    "debited_micros",
    "waived_micros",
    "counter",
    "counted",
    "bill_period",
    "wholesale_currency",
    "wholesale_micros",
    "wholesale_rate_id",
    "wholesale_reason",
    "takes",
    "trace",
)
EXPLANATION = "explanation"


@dataclass(frozen=True, slots=True)
class Answer:
    """How one row ended. `rated` is None for one that was not rated, for the reason given."""

    row: Row
    event: UsageEvent | None = None
    subject: Subject | None = None
    rated: Rated | None = None
    wholesale: Wholesale | None = None
    explanation: tuple[ExplanationStep, ...] = ()
    status: str = "failed"
    reason: str = ""
    detail: str = ""


def answer_rows(
    answers: Iterable[Answer], bucket_names: Mapping[UUID, str], *, explained: bool
) -> list[dict[str, str]]:
    """Each answer by column, as text: amounts in micros, lists and the trace as JSON, nothing as an empty text."""
    rows = []
    for answer in answers:
        row = _event_columns(answer) | _rated_columns(answer, bucket_names) | _wholesale_columns(answer.wholesale)
        if explained:
            row[EXPLANATION] = _json([step.as_json() for step in answer.explanation])
        columns = (*COLUMNS, EXPLANATION) if explained else COLUMNS
        rows.append({name: _text(row.get(name)) for name in columns})
    return rows


def write_rows(rows: Iterable[Mapping[str, str]], out: TextIO, *, explained: bool) -> None:
    """Write the header and every row."""
    writer = csv.DictWriter(out, [*COLUMNS, EXPLANATION] if explained else COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _event_columns(answer: Answer) -> dict[str, Any]:
    columns: dict[str, Any] = {"row": answer.row.number, "record_id": answer.row.raw.partition(",")[0].strip('"')}
    columns |= {"status": answer.status, "reason": answer.reason, "detail": answer.detail}
    event, subject = answer.event, answer.subject
    if event is not None:
        columns |= {
            "key": event_key(event),
            "start": event.start.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "service": event.service,
            "other_party": event.other_party,
            "visited_network": event.visited_network,
            "operator": event.operator,
            "number_class": event.number_class,
        }
    if subject is not None:
        period = subject.subscriber.period
        columns |= {"subscription": subject.name, "price_list": subject.tariff.code, "bill_period": period}
    return columns


def _rated_columns(answer: Answer, bucket_names: Mapping[UUID, str]) -> dict[str, Any]:
    rated, subject = answer.rated, answer.subject
    if rated is None or subject is None:
        return {}
    version = next((one for one in subject.tariff.versions if one.id == rated.version_id), None)
    return {
        "quantity": rated.quantity,
        "charged": rated.charged,
        "itemised": rated.itemised,
        "price_list_version": version.number if version else None,
        "price_list_version_id": rated.version_id,
        "rate_id": rated.rate_id,
        "zone": rated.zone,
        "band": rated.band,
        "currency": rated.currency,
        "amount_micros": rated.amount_micros,
        "accrued_micros": rated.accrued_micros,
        "debited_micros": rated.debited_micros,
        "waived_micros": rated.waived_micros,
        "counter": rated.counter,
        "counted": rated.counted,
        "takes": _json(_takes(rated, bucket_names)),
        "trace": _json(trace_as_json(rated.trace)) if rated.trace else None,
    }


def _takes(rated: Rated, bucket_names: Mapping[UUID, str]) -> list[dict[str, Any]]:
    left = rated.trace.left if rated.trace else ()
    return [
        {"bucket": bucket_names[take.bucket_id], "unit": take.unit, "quantity": take.quantity, "left": after}
        for take, after in zip(rated.takes, left, strict=True)
    ]


def trace_as_json(trace: Trace) -> dict[str, Any]:
    """The trace by the names of its fields; -1 stands for what there is not."""
    pieces = [
        {"units": piece.units, "price_micros": piece.price_micros, "week_minute": piece.week_minute}
        for piece in trace.pieces
    ]
    return {
        "match": trace.match.name.lower(),
        "match_length": trace.match_length,
        "week_minute": trace.week_minute,
        "utc_offset_s": trace.utc_offset_s,
        "covered": trace.covered,
        "volume_before": trace.volume_before,
        "spent_before": trace.spent_before,
        "fee_micros": trace.fee_micros,
        "usage_micros": trace.usage_micros,
        "capped_micros": trace.capped_micros,
        "discount_bp": trace.discount_bp,
        "left": list(trace.left),
        "pieces": pieces,
    }


def _wholesale_columns(wholesale: Wholesale | None) -> dict[str, Any]:
    if wholesale is None:
        return {}
    return {
        "wholesale_currency": wholesale.currency,
        "wholesale_micros": wholesale.amount_micros,
        "wholesale_rate_id": wholesale.rate_id,
        "wholesale_reason": wholesale.reason,
    }
