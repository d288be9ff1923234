"""Who is asking: the bearer token verified before any brand's transaction, grants read from the registry."""

import re
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from mvne_platform import access
from mvne_platform.kernel import DomainError, Forbidden
from mvne_platform.runtime import Actor, ActorKind, BrandRow, platform_work

_BEARER = re.compile(r"Bearer +([A-Za-z0-9._~+/=-]{1,4096})", re.IGNORECASE)
_SLUG = re.compile(r"[a-z][a-z0-9]{1,29}")


class NotSignedIn(DomainError):
    """The request carries no token, or none that is good here."""

    code = "NOT_SIGNED_IN"


class BrandNotGranted(Forbidden):
    """The brand is not among those granted; whether it exists is not said."""

    code = "BRAND_NOT_GRANTED"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, as an actor at the chosen brand; `member` is set for staff."""

    actor: Actor
    brand: str | None
    claims: access.Claims | None = None
    member: access.StaffMember | None = None


class Callers:
    """Verifies tokens with this process's copy of keys and revocations. Blocks: call it from a worker thread."""

    def __init__(self) -> None:
        self.ring = access.KeyRing()

    def at_storefront(self, authorization: str | None, host: str, brand: str) -> Caller:
        """The client behind a token, or anyone without one; raises NotSignedIn for a token that is not good."""
        if not authorization:
            return Caller(access.ANYONE, brand)
        claims = self._claims(authorization, host, access.Audience.STOREFRONT)
        permissions = access.permissions_of_scopes(claims.scopes)
        return Caller(Actor(ActorKind.CLIENT, claims.subject, permissions), brand, claims)

    def at_console(self, authorization: str | None, host: str, wanted_brand: str | None) -> Caller:
        """The member of staff behind a token, at the brand of `X-Brand`; raises NotSignedIn, BrandNotGranted."""
        if not authorization:
            return Caller(access.NOBODY, None)
        claims = self._claims(authorization, host, access.Audience.CONSOLE)
        with platform_work() as db:
            member = access.staff_member(db, UUID(claims.subject))
            if member is None:
                raise NotSignedIn("This account is no longer active; ask an administrator.")
            brand = _granted(db, member, wanted_brand) if wanted_brand else None
        return Caller(member.actor(brand), brand, claims, member)

    def _claims(self, authorization: str, host: str, audience: access.Audience) -> access.Claims:
        match = _BEARER.fullmatch(authorization.strip())
        if match is None:
            raise NotSignedIn("The Authorization header is not of the form `Bearer <token>`.")
        token = match.group(1)
        if self.ring.needs_loading(token):
            with platform_work() as db:
                self.ring.load(db)
        try:
            return self.ring.verify(token, host=host, audience=audience)
        except access.TokenRefused as refusal:
            raise NotSignedIn(refusal.message) from refusal


def _granted(db: Session, member: access.StaffMember, wanted: str) -> str:
    """The brand of the header, if it exists and is granted; else the same refusal in either case."""
    allowed = any(where in (access.EVERY_BRAND, wanted) for where, _ in member.grants)
    exists = _SLUG.fullmatch(wanted) and db.scalar(select(BrandRow.slug).where(BrandRow.slug == wanted))
    if not (allowed and exists):
        raise BrandNotGranted(f"'{wanted[:40]}' is not among the brands granted to you; the query `me` lists them.")
    return wanted
