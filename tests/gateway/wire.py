"""Requests to a running application: to any host, as anyone."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
from starlette.testclient import TestClient

from mvne_gateway.app import create_app
from mvne_gateway.edge_settings import EdgeSettings
from mvne_platform import access
from mvne_platform.runtime import brand_work, platform_work

SHOP = "http://testbrand.localhost"
OTHER_SHOP = "http://otherbrand.localhost"
CONSOLE = "http://console.localhost"
PASSWORD = "a long enough phrase"
EVERY_SCOPE = ("catalogue", "shop", "care")


@dataclass(frozen=True, slots=True)
class Wire:
    """A web application and how to reach it."""

    client: TestClient

    def ask(
        self,
        text: str,
        variables: dict[str, Any] | None = None,
        *,
        at: str = SHOP,
        token: str | None = None,
        brand: str | None = None,
        key: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx2.Response:
        """Pose a GraphQL operation and answer the response."""
        sent = {"Accept": "application/graphql-response+json", **(headers or {})}
        optional = {"Authorization": token and f"Bearer {token}", "X-Brand": brand, "Idempotency-Key": key}
        sent |= {name: value for name, value in optional.items() if value}
        body = {"query": text, "variables": variables or {}}
        answer: httpx2.Response = self.client.post(f"{at}/graphql", json=body, headers=sent)
        return answer

    def data(self, text: str, variables: dict[str, Any] | None = None, **how: Any) -> dict[str, Any]:
        """The data of an operation that must succeed."""
        answer = self.ask(text, variables, **how)
        content = answer.json()
        assert answer.status_code == 200, content
        assert "errors" not in content, content
        data: dict[str, Any] = content["data"]
        return data

    def codes(self, text: str, variables: dict[str, Any] | None = None, **how: Any) -> list[str]:
        """The error codes of an operation."""
        return [error["extensions"]["code"] for error in self.ask(text, variables, **how).json()["errors"]]


@contextmanager
def opened(edge: EdgeSettings | None = None) -> Iterator[Wire]:
    """The application, started and stopped."""
    with TestClient(create_app(edge), base_url=SHOP, raise_server_exceptions=False) as client:
        yield Wire(client)


def client_token(
    scopes: Sequence[str] = EVERY_SCOPE, *, brand: str = "testbrand", lifetime: timedelta = timedelta(minutes=15)
) -> str:
    """A storefront token of a new API client."""
    with brand_work(brand) as ctx:
        client_id, _ = access.create_client(ctx, "Shop", scopes, token_lifetime=lifetime)
        row = ctx.db.query(access.ApiClient).filter_by(client_id=client_id).one()
        with platform_work() as db:
            return access.client_token(db, row, f"{brand}.localhost", tuple(scopes))


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff with one role."""

    id: UUID
    email: str
    token: str


def staff(role: str, *, brand: str = "testbrand") -> Person:
    """A new member of staff, signed in."""
    with platform_work() as db:
        email = f"{role}-{uuid4().hex[:8]}@mvne.example"
        person = access.create_staff(db, email=email, name=role, password=PASSWORD)
        access.grant(db, person.id, brand=brand, role=role)
        return Person(person.id, email, access.staff_token(db, person.id))


def staff_token(role: str, *, brand: str = "testbrand") -> str:
    """A console token of a new member of staff."""
    return staff(role, brand=brand).token
