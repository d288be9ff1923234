"""Who asks, and at which brand: host and bearer token, looked up once and remembered for seconds."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from mvne_platform import access
from mvne_platform.charging import permissions
from mvne_platform.kernel import Category, DomainError, Forbidden
from mvne_platform.runtime import Brand, BrandState, platform_work
from mvne_platform.runtime.tenancy import UnknownBrand, brand_by_host

# A revoked token is refused after so long at the latest, as at the other edges.
FRESH_SECONDS = 5.0
MOST_REMEMBERED = 10_000


class NotSignedIn(DomainError):
    """The request carries no token, or none that is good here."""

    code = "UNAUTHENTICATED"
    category = Category.FORBIDDEN


class ScopeMissing(Forbidden):
    """The token is good, but not for charging."""

    code = "SCOPE_MISSING"


@dataclass(frozen=True, slots=True)
class Caller:
    """A client at a brand."""

    brand: Brand
    client: str
    until: float


class Callers:
    """Verifies tokens on a thread, and remembers those that were good."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self._pool = pool
        self._ring = access.KeyRing()
        self._known: dict[tuple[bytes, bytes], Caller] = {}

    def remembered(self, host: bytes, authorization: bytes) -> Caller | None:
        """A caller that was verified some seconds ago."""
        caller = self._known.get((host, authorization))
        return caller if caller is not None and time.monotonic() < caller.until else None

    async def find(self, host: bytes, authorization: bytes) -> Caller:
        """Verify a caller; raises UnknownBrand, NotSignedIn, ScopeMissing."""
        loop = asyncio.get_running_loop()
        caller = await loop.run_in_executor(self._pool, lambda: self._verify(host, authorization))
        if len(self._known) > MOST_REMEMBERED:
            self._known.clear()
        self._known[host, authorization] = caller
        return caller

    def _verify(self, host: bytes, authorization: bytes) -> Caller:
        name = host_name(host.decode("latin-1"))
        kind, _, token = authorization.decode("latin-1").partition(" ")
        if kind.lower() != "bearer" or not token:
            raise NotSignedIn(
                "Send the header 'Authorization: Bearer <token>' with a token of the brand's /oauth/token."
            )
        with platform_work() as db:
            brand = brand_by_host(db, name)
            if brand.state is BrandState.CLOSED:
                raise UnknownBrand(f"No brand answers on the host '{name}'.")
            if self._ring.needs_loading(token):
                self._ring.load(db)
        claims = self._claims(token.strip(), name)
        if permissions.CHARGE not in access.permissions_of_scopes(claims.scopes):
            raise ScopeMissing("This token lacks the scope 'charging'; ask /oauth/token for it.")
        return Caller(brand, claims.subject, time.monotonic() + FRESH_SECONDS)

    def _claims(self, token: str, host: str) -> access.Claims:
        try:
            return self._ring.verify(token, host=host, audience=access.Audience.STOREFRONT)
        except access.TokenRefused as refusal:
            raise NotSignedIn(refusal.message) from refusal


def host_name(header: str) -> str:
    """The name in a Host header: lower case, without port and final dot."""
    name = header.strip().lower()
    return name.partition("]")[0] + "]" if name.startswith("[") else name.partition(":")[0].rstrip(".")
