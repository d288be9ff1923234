"""The three steps of asking an identity provider, and how an outcome is entered, whoever found it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from mvne_platform.party import queries
from mvne_platform.party.adapters import PROVIDERS, Finding, Person, Verdict
from mvne_platform.party.events import IdentityDeclined, IdentityVerified
from mvne_platform.party.models import IdentityVerification, VerificationState
from mvne_platform.runtime import Again, Context
from mvne_platform.runtime.secrets import unseal

OPEN = (VerificationState.PENDING, VerificationState.MANUAL)
_ASK_AGAIN = {Verdict.PENDING: Again(2), Verdict.REVIEW: Again(60)}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and of which provider."""

    provider: str
    person: Person


def prepare(ctx: Context, verification_id: str) -> Question | None:
    """Read what the provider needs; None once the verification is decided."""
    verification = queries.verification_for_update(ctx, UUID(verification_id))
    if verification.state not in OPEN:
        return None
    customer = queries.load_customer(ctx, verification.customer_id)
    person = Person(
        verification.id,
        customer.given_name,
        customer.family_name,
        customer.birth_date,
        unseal(verification.document_number_encrypted),
        verification.document_country,
    )
    return Question(ctx.brand.profile["adapters"]["identity"], person)


def perform(question: Question) -> Finding:
    """Ask the provider; raises OutsideUnavailable."""
    return PROVIDERS[question.provider](question.person)


def record(ctx: Context, question: Question, finding: Finding) -> Again | None:
    """Enter what the provider found, or ask again; an outcome entered meanwhile stays."""
    verification = queries.verification_for_update(ctx, question.person.verification_id)
    if verification.state not in OPEN:
        return None
    evidence = {"provider": question.provider, "reference": finding.reference, "reason": finding.reason}
    if finding.verdict in (Verdict.APPROVED, Verdict.DECLINED):
        enter_outcome(ctx, verification, approved=finding.verdict is Verdict.APPROVED, evidence=evidence)
        return None
    if finding.verdict in (Verdict.REVIEW, Verdict.UNUSABLE):
        verification.state = VerificationState.MANUAL
    if finding.verdict is Verdict.UNUSABLE:
        verification.evidence = evidence
    return _ASK_AGAIN.get(finding.verdict)


def give_up(ctx: Context, question: Question, error: Exception) -> None:
    """Leave the decision to a person of the brand: the provider did not answer for too long."""
    verification = queries.verification_for_update(ctx, question.person.verification_id)
    if verification.state in OPEN:
        verification.state = VerificationState.MANUAL
        verification.evidence = {"provider": question.provider, "reference": None, "reason": str(error)}


def enter_outcome(
    ctx: Context, verification: IdentityVerification, *, approved: bool, evidence: dict[str, Any]
) -> None:
    """Close a verification and tell the others."""
    verification.state = VerificationState.APPROVED if approved else VerificationState.DECLINED
    verification.evidence = evidence
    verification.decided_at = ctx.now
    fact = IdentityVerified if approved else IdentityDeclined
    ctx.emit(fact(verification.id, verification.customer_id))
