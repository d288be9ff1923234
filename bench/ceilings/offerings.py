"""The webshop's offerings by a bare handler: the same SQL in the same kind of transaction, the same bytes.

A Starlette application for uvicorn with the web process's settings; statements run on raw psycopg connections in as
many threads as the web process has. No GraphQL, no ORM, no tokens, limits, logs or metrics: the answer is put together
by hand for one query. Settings come from the environment: BENCH_DSN, BENCH_BRAND, BENCH_LANGUAGE, BENCH_THREADS, and
BENCH_EXTENSIONS, the answer's constant tail.
"""

import asyncio
import json
import os
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.ceilings.connections import Connections

_SCOPE = (
    "SELECT set_config('role', %s, true), set_config('search_path', %s, true),"
    " set_config('mvne.actor', %s, true), set_config('mvne.request', %s, true)"
)
_BRAND = (
    "SELECT slug, brand_role, name, state, country, currency, time_zone, languages, profile, manifest_digest,"
    " clock_at, clock_target, created_at, version FROM platform.brand WHERE slug = %s"
)
_OFFERINGS = (
    "SELECT id, code, version, kind, payment_mode, name, description, characteristics, price_list, spend_limit_micros,"
    " offline_debit, position, hidden, shared_version, valid_from, valid_to FROM offering"
    " WHERE valid_to IS NULL AND hidden IS false ORDER BY position, code"
)
_PRICES = (
    "SELECT id, offering_id, kind, amount_micros, currency, tax_class, period_days FROM offering_price"
    " WHERE offering_id = ANY(%s) ORDER BY kind DESC, amount_micros"
)
_ALLOWANCES = (
    "SELECT id, offering_id, code, unit, quantity, services, zones, priority FROM offering_allowance"
    " WHERE offering_id = ANY(%s) ORDER BY priority, code"
)


class Shop:
    """The answer, read through the calling thread's connection."""

    def __init__(self) -> None:
        self._connections, self._brand = Connections(os.environ["BENCH_DSN"]), os.environ["BENCH_BRAND"]
        self._language = os.environ["BENCH_LANGUAGE"]
        self._extensions = json.loads(os.environ["BENCH_EXTENSIONS"])

    def answer(self, request_id: str) -> bytes:
        """The JSON, read in one transaction."""
        connection = self._connections.own()
        with connection.transaction():
            cursor = connection.cursor()
            scope = (f"{self._brand}_app", f"{self._brand},pg_catalog", "public", request_id)
            cursor.execute(_SCOPE, scope).fetchone()
            cursor.execute(_BRAND, [self._brand]).fetchone()
            offerings = cursor.execute(_OFFERINGS).fetchall()
            ids = [row[0] for row in offerings]
            prices, allowances = _by_offering(cursor, _PRICES, ids), _by_offering(cursor, _ALLOWANCES, ids)
        nodes = [self._node(row, prices.get(row[0], ()), allowances.get(row[0], ())) for row in offerings]
        content = {"data": {"offerings": {"nodes": nodes}}, "extensions": self._extensions}
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()

    def _node(self, row: tuple[Any, ...], prices: Any, allowances: Any) -> dict[str, Any]:
        key, code, _, kind, _, name, description, characteristics, *_ = row
        return {
            "id": b64encode(f"Offering:{key}".encode()).decode(),
            "code": code,
            "kind": kind.upper(),
            "name": name[self._language],
            "description": description[self._language],
            "prices": [_price(*each) for each in prices],
            "allowances": [_allowance(*each) for each in allowances if each[3] != "money"],
            "characteristics": [
                {"code": each["code"], "name": each["name"][self._language], "value": each["value"][self._language]}
                for each in characteristics
            ],
        }


def _by_offering(cursor: Any, statement: str, ids: list[Any]) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = {}
    for row in cursor.execute(statement, [ids]).fetchall():
        found.setdefault(row[1], []).append(row)
    return found


def _price(_key: Any, _offering: Any, kind: str, micros: int, currency: str, _tax: str, days: int | None) -> Any:
    amount = f"{micros // 1_000_000}.{micros % 1_000_000 // 10_000:02}"
    return {"kind": kind.upper(), "amount": {"amount": amount, "currencyCode": currency}, "periodDays": days}


def _allowance(_key: Any, _offering: Any, code: str, unit: str, quantity: int, *_: Any) -> Any:
    return {"code": code, "quantity": {"value": str(quantity), "unit": unit.upper()}}


def create_app() -> Starlette:
    """The application."""
    shop, pool = Shop(), ThreadPoolExecutor(int(os.environ["BENCH_THREADS"]))

    async def answer(request: Request) -> Response:
        await request.json()
        body = await asyncio.get_running_loop().run_in_executor(pool, shop.answer, "bench")
        return Response(body, media_type="application/json")

    return Starlette(routes=[Route("/graphql", answer, methods=["POST"])])
