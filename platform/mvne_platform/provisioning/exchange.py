"""The three steps of sending a request to its network. Every exchange is logged, those without an answer too."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from mvne_platform.provisioning import queries, rules
from mvne_platform.provisioning.adapters import ADAPTERS, NetworkAnswer, NetworkCall, NetworkLine, Outcome
from mvne_platform.provisioning.events import NetworkRequestDone, NetworkRequestFailed, NetworkRequestStuck
from mvne_platform.provisioning.models import NetworkExchange, NetworkRequest, RequestState
from mvne_platform.runtime import Again, Context, OutsideUnavailable
from mvne_platform.runtime.telemetry import without_secrets

NO_ANSWER = "no answer"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is sent, and through which adapter."""

    adapter: str
    call: NetworkCall


@dataclass(frozen=True, slots=True)
class Silence:
    """No answer came. It is a value, because it is logged and counted in the database."""

    error: str


def prepare(ctx: Context, request_id: str) -> Prepared | None:
    """Read what is to be sent; None once the request is answered or waits for a person."""
    request = queries.request_for_update(ctx, UUID(request_id))
    if request.state is not RequestState.OPEN:
        return None
    call = NetworkCall(request.id, request.operation, NetworkLine.from_payload(request.payload))
    return Prepared(request.adapter, call)


def perform(prepared: Prepared) -> NetworkAnswer | Silence:
    """Ask the network."""
    try:
        return ADAPTERS[prepared.adapter](prepared.call)
    except OutsideUnavailable as error:
        return Silence(str(error))


def record(ctx: Context, prepared: Prepared, answer: NetworkAnswer | Silence) -> Again | None:
    """Enter the answer and tell the others, or ask again."""
    request = queries.request_for_update(ctx, prepared.call.request_id)
    if request.state is not RequestState.OPEN:
        return None
    if isinstance(answer, Silence):
        return _wait(ctx, request, answer)
    request.attempts = 0
    if answer.outcome is Outcome.PENDING:
        _log_change(ctx, request, answer)
        return Again(rules.ASK_AGAIN_SECONDS)
    _log(ctx, request, answer.sent, answer.received, answer.status)
    _close(ctx, request, answer)
    return None


def give_up(ctx: Context, prepared: Prepared, error: Exception) -> None:
    """Call a person: whether the network did what was asked is unknown."""
    request = queries.request_for_update(ctx, prepared.call.request_id)
    if request.state is RequestState.OPEN:
        _call_a_person(ctx, request, str(error))


def _close(ctx: Context, request: NetworkRequest, answer: NetworkAnswer) -> None:
    request.answered_at = ctx.now
    about = (request.id, request.subscription_id, request.cause_id, request.operation)
    if answer.outcome is Outcome.DONE:
        request.state = RequestState.DONE
        ctx.emit(NetworkRequestDone(*about))
        return
    request.state = RequestState.FAILED
    request.error_code, request.error_message = answer.error_code, answer.error_message
    ctx.emit(NetworkRequestFailed(*about, answer.error_code or "refused"))


def _wait(ctx: Context, request: NetworkRequest, silence: Silence) -> Again | None:
    _log(ctx, request, request.payload, {"error": silence.error}, NO_ANSWER)
    request.attempts += 1
    if request.attempts < rules.MOST_ATTEMPTS:
        return Again(rules.pause_seconds(request.attempts))
    _call_a_person(ctx, request, silence.error)
    return None


def _call_a_person(ctx: Context, request: NetworkRequest, error: str) -> None:
    request.state = RequestState.FAILED
    request.error_code, request.error_message = rules.UNREACHABLE, error
    ctx.emit(NetworkRequestStuck(request.id, request.subscription_id, request.cause_id, request.operation))


def _log_change(ctx: Context, request: NetworkRequest, answer: NetworkAnswer) -> None:
    """A request may be pending for hours: the same answer again says nothing new."""
    last = queries.last_exchange(ctx, request.id)
    if last is None or last.status != answer.status:
        _log(ctx, request, answer.sent, answer.received, answer.status)


def _log(
    ctx: Context, request: NetworkRequest, sent: Mapping[str, Any], received: Mapping[str, Any], status: str
) -> None:
    ctx.db.add(
        NetworkExchange(
            request_id=request.id,
            sent=without_secrets(sent),
            received=without_secrets(received),
            status=status,
            at=ctx.now,
        )
    )
    ctx.db.flush()
