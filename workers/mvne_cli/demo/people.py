"""Who signs in at the demo: one member of staff per role, one API client per brand. Roles, not persons."""

import secrets
from datetime import timedelta
from pathlib import Path

from mvne_cli.demo.journal import Journal
from mvne_platform import access
from mvne_platform.runtime import brand_work, platform_work

EVERY_ROLE = tuple(access.ROLES)
# The operator works for the platform itself; everybody else for the demo's brands.
OPERATOR = "platform_operator"
CLIENT = "demo"
SCOPES = ("catalogue", "shop", "care")
# The design's tokens live for minutes; a person who tries the demo should not have to renew one over lunch.
TOKEN_LIFETIME = timedelta(hours=12)


class SignInsLost(Exception):
    """The file with the demo's passwords is gone, and its people are there; the message names the way out."""


class People:
    """The demo's sign-ins; passwords and secrets are made here and kept in a file only its owner reads."""

    def __init__(self, file: Path) -> None:
        self._kept = Journal(file)

    def make(self, brands: list[str]) -> None:
        """Create whoever is missing; again: changes nothing. Raises SignInsLost."""
        for role in EVERY_ROLE:
            self._make_member(role, brands)
        for brand in brands:
            if f"client {brand}" not in self._kept:
                self._make_client(brand)

    def member(self, role: str) -> dict[str, str]:
        """`email` and `password` of the role."""
        member: dict[str, str] = self._kept[f"staff {role}"]
        return member

    def client(self, brand: str) -> dict[str, str]:
        """`client_id` and `client_secret` of the brand's API client."""
        client: dict[str, str] = self._kept[f"client {brand}"]
        return client

    def _make_member(self, role: str, brands: list[str]) -> None:
        email = f"{role.replace('_', '-')}@staff.example"
        with platform_work() as db:
            staff = access.staff_by_email(db, email)
        if staff is None:
            # Noted before it is true: a password nobody has is harmless, one that nobody knows is not.
            member = self._kept.get(f"staff {role}") or {"email": email, "password": secrets.token_urlsafe(15)}
            self._kept.note(f"staff {role}", member)
            with platform_work() as db:
                staff = access.create_staff(db, email=email, name=_title(role), password=member["password"])
        elif f"staff {role}" not in self._kept:
            raise SignInsLost(
                f"{email} exists, but its password is not in the data folder any more. "
                "Put demo/people.json back, or begin anew with `make reset`."
            )
        with platform_work() as db:
            for brand in (access.EVERY_BRAND,) if role == OPERATOR else brands:
                access.grant(db, staff.id, brand=brand, role=role)

    def _make_client(self, brand: str) -> None:
        with brand_work(brand) as ctx:
            client_id, secret = access.create_client(ctx, CLIENT, SCOPES, token_lifetime=TOKEN_LIFETIME)
        self._kept.note(f"client {brand}", {"client_id": client_id, "client_secret": secret})


def _title(role: str) -> str:
    return "Customer care" if role == "csr" else role.replace("_", " ").capitalize()
