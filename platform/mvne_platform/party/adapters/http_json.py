"""A provider that speaks HTTP with JSON: `PUT /v1/verifications/{id}` begins a verification or tells how it stands."""

from mvne_platform.party.adapters.port import Finding, Person, Verdict
from mvne_platform.runtime import OutsideUnavailable
from mvne_platform.runtime.calls import put


def ask(person: Person, /) -> Finding:
    """See IdentityProvider."""
    if person.birth_date is None:
        return Finding(Verdict.UNUSABLE, reason="no_birth_date")
    body = {
        "given_name": person.given_name,
        "family_name": person.family_name,
        "birth_date": person.birth_date.isoformat(),
        "document_number": person.document_number,
        "country": person.document_country,
    }
    reply = put("partners", f"/v1/verifications/{person.verification_id}", body)
    if not reply.accepted:
        # What a provider cannot read says nothing about the person: a colleague must look at it.
        return Finding(Verdict.UNUSABLE, reason=reply.error_code)
    return _finding(reply.body.get("state"), reply.body.get("review"), reply.body)


def _finding(state: object, review: object, body: dict[str, object]) -> Finding:
    match state:
        case "pending":
            return Finding(Verdict.REVIEW if review is True else Verdict.PENDING)
        case "approved":
            return Finding(Verdict.APPROVED, reference=_text(body.get("evidence")))
        case "declined":
            return Finding(Verdict.DECLINED, reason=_text(body.get("reason")))
    raise OutsideUnavailable(f"The identity provider answered with the unknown state {state!r}.")


def _text(value: object) -> str | None:
    return None if value is None else str(value)[:200]
