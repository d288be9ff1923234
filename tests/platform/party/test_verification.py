import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import func, select, text

from mvne_platform import party
from mvne_platform.party import Document, IdentityDeclined, IdentityVerified, NewCustomer, VerificationState, jobs
from mvne_platform.party.adapters import PROVIDERS, Finding, Person, Verdict
from mvne_platform.party.models import IdentityVerification
from mvne_platform.runtime import Actor, ActorKind, Again, Context, OutsideUnavailable
from mvne_platform.runtime.context import PermissionMissing
from mvne_platform.runtime.models import AuditRow, FactRow, JobRow
from mvne_platform.runtime.secrets import unseal
from mvne_simulators.partners import create_app
from tests.platform.outside_world import TOKEN, Clock, closed_address, reaching, serving, step


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def partners(clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx2.Client]:
    with serving(create_app(tmp_path / "partners.sqlite", TOKEN, clock=clock)) as url:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        with reaching(monkeypatch, partners=url), httpx2.Client(base_url=url, headers=headers) as client:
            yield client


def begun(ctx: Context, number: str, birth_date: date | None = date(1990, 2, 28)) -> IdentityVerification:
    new = NewCustomer(given_name="Anna", family_name="Sørensen", email="anna@example.com", birth_date=birth_date)
    anna = party.create_customer(ctx, new)
    return party.start_verification(ctx, anna.id, Document(number=number, country="DK"))


def ask(ctx: Context, verification: IdentityVerification) -> Again | None:
    return step(ctx, jobs.verify_identity, verification_id=str(verification.id))


def test_the_document_number_is_sealed_and_stands_nowhere_else(ctx: Context) -> None:
    verification = begun(ctx, "A 123 456")
    assert unseal(verification.document_number_encrypted) == "A123456"
    job = ctx.db.scalars(select(JobRow)).one()
    assert (job.name, job.queue, job.arguments) == (
        "party.verify_identity",
        "events",
        {"verification_id": str(verification.id)},
    )
    audits = [row.after for row in ctx.db.scalars(select(AuditRow).where(AuditRow.table_name != "customer"))]
    facts = [row.payload for row in ctx.db.scalars(select(FactRow))]
    kept = ctx.db.execute(text("SELECT to_jsonb(v) FROM identity_verification v")).scalar_one()
    assert audits
    assert "A123456" not in json.dumps([audits, facts, kept, repr(verification)])
    assert verification.document_number_encrypted not in json.dumps([audits, facts])
    prepared = jobs.verify_identity.prepare(ctx, str(verification.id))
    for secret in ("A123456", "Sørensen", "1990"):
        assert secret not in repr(prepared)


def test_without_a_birth_date_nothing_is_asked(ctx: Context) -> None:
    with pytest.raises(party.InvalidCustomer) as refused:
        begun(ctx, "A123456", birth_date=None)
    assert refused.value.field == ("birth_date",)
    assert ctx.db.scalar(select(func.count()).select_from(IdentityVerification)) == 0
    assert ctx.db.scalar(select(func.count()).select_from(JobRow)) == 0


def test_pending_is_asked_again_until_it_is_approved(ctx: Context, partners: httpx2.Client, clock: Clock) -> None:
    verification = begun(ctx, "A123456")
    assert ask(ctx, verification) == Again(2)
    assert verification.state is VerificationState.PENDING
    clock.seconds += 1
    assert ask(ctx, verification) is None
    evidence = partners.get(f"/v1/verifications/{verification.id}").json()["evidence"]
    assert (verification.state, verification.decided_at) == (VerificationState.APPROVED, ctx.now)
    assert verification.evidence == {"provider": "http", "reference": evidence, "reason": None}
    assert ctx.facts[-1] == IdentityVerified(verification.id, verification.customer_id)
    assert jobs.verify_identity.prepare(ctx, str(verification.id)) is None


@pytest.mark.parametrize(
    ("number", "birth_date", "reason"),
    [("A123000", date(1990, 2, 28), "document_not_accepted"), ("A123456", date(2015, 2, 28), "under_age")],
)
def test_a_decline_says_why(
    ctx: Context, partners: httpx2.Client, clock: Clock, number: str, birth_date: date, reason: str
) -> None:
    verification = begun(ctx, number, birth_date)
    ask(ctx, verification)
    clock.seconds += 1
    assert ask(ctx, verification) is None
    assert verification.state is VerificationState.DECLINED
    assert verification.evidence == {"provider": "http", "reference": None, "reason": reason}
    assert ctx.facts[-1] == IdentityDeclined(verification.id, verification.customer_id)


def test_a_review_at_the_provider_is_waited_for(ctx: Context, partners: httpx2.Client) -> None:
    verification = begun(ctx, "A123999")
    assert ask(ctx, verification) == Again(60)
    assert verification.state is VerificationState.MANUAL
    partners.post(f"/v1/verifications/{verification.id}/decision", json={"decision": "approved"}).raise_for_status()
    assert ask(ctx, verification) is None
    assert verification.state is VerificationState.APPROVED


def test_a_question_the_provider_cannot_read_is_left_to_a_person(ctx: Context, partners: httpx2.Client) -> None:
    verification = begun(ctx, "A123456")
    party.load_customer(ctx, verification.customer_id).birth_date = date(2100, 1, 1)
    assert ask(ctx, verification) is None
    assert verification.state is VerificationState.MANUAL
    assert verification.evidence == {"provider": "http", "reference": None, "reason": "invalid"}
    assert not any(isinstance(fact, IdentityVerified | IdentityDeclined) for fact in ctx.facts)


def test_silence_is_not_an_answer(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    verification = begun(ctx, "A123456")
    silent = reaching(monkeypatch, partners=closed_address())
    with silent, pytest.raises(OutsideUnavailable, match="partners did not answer"):
        ask(ctx, verification)
    assert verification.state is VerificationState.PENDING
    prepared = jobs.verify_identity.prepare(ctx, str(verification.id))
    jobs.verify_identity.give_up(ctx, prepared, OutsideUnavailable("partners did not answer: ConnectError"))
    assert verification.state is VerificationState.MANUAL
    assert verification.evidence == {
        "provider": "http",
        "reference": None,
        "reason": "partners did not answer: ConnectError",
    }


def test_a_wrong_token_can_be_mended_and_so_is_tried_again(
    ctx: Context, partners: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    verification = begun(ctx, "A123456")
    refusing = reaching(monkeypatch, token="wrong", partners=str(partners.base_url))
    with refusing, pytest.raises(OutsideUnavailable, match="401: unauthorized"):
        ask(ctx, verification)


def test_a_person_decides_once_and_only_with_permission(ctx: Context) -> None:
    verification = begun(ctx, "A123999")
    ctx.actor = Actor(ActorKind.STAFF, "bo@testbrand.example", frozenset({"customer.manage"}))
    with pytest.raises(PermissionMissing, match=r"identity\.decide"):
        party.decide_verification(ctx, verification.id, approved=True, reason="seen in the shop")
    assert verification.state is VerificationState.PENDING

    ctx.actor = Actor(ActorKind.STAFF, "bo@testbrand.example", frozenset({"identity.decide"}))
    party.decide_verification(ctx, verification.id, approved=True, reason="seen in the shop")
    assert verification.evidence == {
        "provider": None,
        "reference": None,
        "reason": "seen in the shop",
        "decided_by": "staff:bo@testbrand.example",
    }
    assert ctx.facts[-1] == IdentityVerified(verification.id, verification.customer_id)
    before = list(ctx.facts)
    with pytest.raises(party.AlreadyDecided):
        party.decide_verification(ctx, verification.id, approved=False, reason="changed my mind")
    assert (verification.state, ctx.facts) == (VerificationState.APPROVED, before)


def test_the_providers_answer_does_not_undo_a_persons(ctx: Context) -> None:
    verification = begun(ctx, "A123456")
    prepared = jobs.verify_identity.prepare(ctx, str(verification.id))
    party.decide_verification(ctx, verification.id, approved=False, reason="stolen document")
    before = list(ctx.facts)
    assert jobs.verify_identity.record(ctx, prepared, Finding(Verdict.APPROVED, reference="EVD-1")) is None
    assert (verification.state, ctx.facts) == (VerificationState.DECLINED, before)


@pytest.mark.parametrize("name", list(PROVIDERS))
def test_every_provider_answers_the_same_question_in_the_same_way(
    partners: httpx2.Client, clock: Clock, name: str
) -> None:
    """The contract of the port, held against the real counterpart."""
    person = Person(UUID(int=7), "Anna", "Sørensen", date(1990, 2, 28), "A123456", "DK")
    assert PROVIDERS[name](person) == Finding(Verdict.PENDING)
    assert PROVIDERS[name](person) == Finding(Verdict.PENDING)
    clock.seconds += 1
    approved = PROVIDERS[name](person)
    assert approved.verdict is Verdict.APPROVED
    assert approved.reference is not None
    assert PROVIDERS[name](person) == approved
