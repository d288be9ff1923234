import json
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import func, select

from mvne_platform import provisioning
from mvne_platform.kernel import uuid7
from mvne_platform.provisioning import (
    NetworkLine,
    NetworkOperation,
    NetworkRequest,
    NetworkRequestDone,
    NetworkRequestFailed,
    NetworkRequestStuck,
    RequestState,
    exchange,
    jobs,
    rules,
)
from mvne_platform.provisioning.adapters import NetworkAnswer, Outcome
from mvne_platform.runtime import Actor, ActorKind, Again, Context, OutsideUnavailable
from mvne_platform.runtime.context import PermissionMissing
from mvne_platform.runtime.models import AuditRow, JobRow
from tests.platform.outside_world import Clock, closed_address, reaching, step
from tests.platform.subscriptions.lines import offering, pending_line

LINE = NetworkLine(imsi="238990000000001", iccid="8945990000000000018", msisdn="+4520000001")
ORDER = UUID("01970000-0000-7000-8000-00000000000a")


def asked(ctx: Context) -> NetworkRequest:
    line = pending_line(ctx, offering(ctx, "smart"))
    return provisioning.request(
        ctx, subscription_id=line.id, operation=NetworkOperation.ACTIVATE, cause_id=ORDER, payload=LINE
    )


def send(ctx: Context, request: NetworkRequest) -> Again | None:
    return step(ctx, jobs.send_request, request_id=str(request.id))


def log(ctx: Context, request: NetworkRequest) -> list[str]:
    return [one.status for one in provisioning.exchanges(ctx, request.id)]


def test_the_network_answers_and_the_others_hear_of_it(ctx: Context, network: httpx2.Client) -> None:
    request = asked(ctx)
    assert (request.state, request.adapter, request.requested_at) == (RequestState.OPEN, "http", ctx.now)
    assert send(ctx, request) is None
    assert (request.state, request.answered_at, request.error_code) == (RequestState.DONE, ctx.now, None)
    assert ctx.facts[-1] == NetworkRequestDone(request.id, request.subscription_id, ORDER, NetworkOperation.ACTIVATE)
    [kept] = provisioning.exchanges(ctx, request.id)
    assert kept.status == "200"
    assert kept.sent == {
        "operation": "activate", "imsi": LINE.imsi, "iccid": LINE.iccid, "msisdn": LINE.msisdn,
        "profile": {"services": ["voice", "sms", "mms", "data"], "roaming": True},
    }  # fmt: skip
    assert kept.received is not None
    assert kept.received["subscriber"]["state"] == "active"
    assert jobs.send_request.prepare(ctx, str(request.id)) is None
    assert [one.id for one in provisioning.requests_of_cause(ctx, ORDER)] == [request.id]
    assert [one.id for one in provisioning.requests_of_line(ctx, request.subscription_id)] == [request.id]


def test_the_same_cause_asks_once(ctx: Context) -> None:
    first = asked(ctx)
    again = provisioning.request(
        ctx, subscription_id=first.subscription_id, operation=NetworkOperation.ACTIVATE, cause_id=ORDER, payload=LINE
    )
    assert again.id == first.id
    jobs_promised = ctx.db.scalars(select(JobRow)).all()
    assert [(job.name, job.queue, job.arguments) for job in jobs_promised] == [
        ("provisioning.send_request", "provisioning", {"request_id": str(first.id)})
    ]


def test_pending_is_logged_once_and_asked_again(ctx: Context, network: httpx2.Client, clock: Clock) -> None:
    network.post("/v1/faults", json={"kind": "delay", "delay_ms": 9_000}).raise_for_status()
    request = asked(ctx)
    assert [send(ctx, request) for _ in range(3)] == [Again(2.0)] * 3
    clock.seconds += 9
    assert send(ctx, request) is None
    assert request.state is RequestState.DONE
    assert log(ctx, request) == ["202", "200"]


def test_a_refusal_is_final_and_told(ctx: Context, network: httpx2.Client) -> None:
    network.post("/v1/faults", json={"kind": "refuse"}).raise_for_status()
    request = asked(ctx)
    assert send(ctx, request) is None
    assert (request.state, request.error_code) == (RequestState.FAILED, "refused_by_network")
    assert request.error_message == "The network refuses this request for good."
    assert ctx.facts[-1] == NetworkRequestFailed(
        request.id, request.subscription_id, ORDER, NetworkOperation.ACTIVATE, "refused_by_network"
    )
    assert log(ctx, request) == ["422"]
    before = list(ctx.facts)
    with pytest.raises(provisioning.NotRetryable, match="refused by the network"):
        provisioning.retry(ctx, request.id)
    assert (request.state, ctx.facts) == (RequestState.FAILED, before)


def test_an_outage_is_logged_each_time_and_waited_for_longer_and_longer(ctx: Context, network: httpx2.Client) -> None:
    network.post("/v1/faults", json={"kind": "unavailable", "count": 3}).raise_for_status()
    request = asked(ctx)
    assert [send(ctx, request) for _ in range(4)] == [Again(1.0), Again(2.0), Again(4.0), None]
    assert (request.state, request.attempts) == (RequestState.DONE, 0)
    assert log(ctx, request) == ["no answer"] * 3 + ["200"]
    assert provisioning.exchanges(ctx, request.id)[0].received == {
        "error": "network answered 503: unavailable, The network is out of order; send the request again."
    }
    # Counting attempts is not worth an audit row each.
    audited = select(func.count()).where(AuditRow.table_name == "network_request", AuditRow.operation == "UPDATE")
    assert ctx.db.scalar(audited) == 1


def test_a_network_that_stays_silent_calls_a_person_who_sends_again(
    ctx: Context, network: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = asked(ctx)
    with reaching(monkeypatch, network=closed_address()):
        answers = [send(ctx, request) for _ in range(rules.MOST_ATTEMPTS)]
    assert None not in answers[:-1]
    assert answers[-1] is None
    assert (request.state, request.error_code) == (RequestState.FAILED, "unreachable")
    # Whether the network did it is unknown: the order must neither go on nor fail.
    assert ctx.facts[-1] == NetworkRequestStuck(request.id, request.subscription_id, ORDER, NetworkOperation.ACTIVATE)
    assert not any(isinstance(fact, NetworkRequestFailed | NetworkRequestDone) for fact in ctx.facts)

    ctx.actor = Actor(ActorKind.STAFF, "csr", frozenset({"network.read"}))
    with pytest.raises(PermissionMissing, match=r"network\.manage"):
        provisioning.retry(ctx, request.id)
    ctx.actor = Actor(ActorKind.STAFF, "ops", frozenset({"network.read", "network.manage"}))
    provisioning.retry(ctx, request.id)
    assert (request.state, request.attempts, request.error_code) == (RequestState.OPEN, 0, None)
    assert ctx.db.scalar(select(func.count()).select_from(JobRow)) == 2
    with pytest.raises(provisioning.NotRetryable, match="is open"):
        provisioning.retry(ctx, request.id)
    assert send(ctx, request) is None
    assert request.state is RequestState.DONE


def test_giving_up_calls_a_person_too(ctx: Context) -> None:
    request = asked(ctx)
    prepared = jobs.send_request.prepare(ctx, str(request.id))
    jobs.send_request.give_up(ctx, prepared, OutsideUnavailable("the worker lost patience"))
    assert (request.state, request.error_message) == (RequestState.FAILED, "the worker lost patience")
    assert isinstance(ctx.facts[-1], NetworkRequestStuck)
    jobs.send_request.give_up(ctx, prepared, OutsideUnavailable("once more"))
    assert request.error_message == "the worker lost patience"


def test_an_answer_that_comes_twice_counts_once(ctx: Context) -> None:
    request = asked(ctx)
    prepared = exchange.prepare(ctx, str(request.id))
    assert prepared is not None
    done = NetworkAnswer(Outcome.DONE, {"operation": "activate"}, {"state": "done"}, "200")
    exchange.record(ctx, prepared, done)
    facts = list(ctx.facts)
    exchange.record(ctx, prepared, done)
    assert (ctx.facts, log(ctx, request)) == (facts, ["200"])


def test_the_log_keeps_no_secrets(ctx: Context) -> None:
    request = asked(ctx)
    prepared = exchange.prepare(ctx, str(request.id))
    assert prepared is not None
    told = {"state": "done", "subscriber": {"puk": "12345678", "note": "Bearer abc.def"}, "token": "t0p"}
    exchange.record(ctx, prepared, NetworkAnswer(Outcome.DONE, {"password": "hunter2", "imsi": "1"}, told, "200"))
    [kept] = provisioning.exchanges(ctx, request.id)
    text = json.dumps([kept.sent, kept.received])
    for secret in ("12345678", "abc.def", "t0p", "hunter2"):
        assert secret not in text
    assert kept.sent["imsi"] == "1"


def test_reading_needs_the_permission_and_strangers_are_absent(ctx: Context, other_ctx: Context) -> None:
    request = asked(ctx)
    for absent in (provisioning.network_request, provisioning.retry):
        with pytest.raises(provisioning.UnknownRequest):
            absent(ctx, uuid7())
        with pytest.raises(provisioning.UnknownRequest):
            absent(other_ctx, request.id)
    assert provisioning.network_request(ctx, request.id).id == request.id
    ctx.actor = Actor(ActorKind.CLIENT, "shop", frozenset({"order.place"}))
    for refused in (provisioning.network_request, provisioning.exchanges, provisioning.requests_of_cause):
        with pytest.raises(PermissionMissing, match=r"network\.read"):
            refused(ctx, request.id)


def test_pauses_grow_and_end() -> None:
    assert [rules.pause_seconds(attempts) for attempts in (1, 2, 3, 7, 8, 9, 40)] == [1, 2, 4, 64, 120, 120, 120]
