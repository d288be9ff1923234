"""The partners' HTTP API."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mvne_simulators import web
from mvne_simulators.partners import payments, verifications
from mvne_simulators.state import State, count


@dataclass(frozen=True)
class Pace:
    """How long the partners take."""

    slow_payment_ms: int = 2000
    verification_ms: int = 1000


def create_app(state_file: Path, token: str, pace: Pace = Pace(), clock: Callable[[], float] = time.time) -> Starlette:
    """Both partners, on one state file; `clock` gives seconds since the epoch."""
    partners = _Partners(State(state_file, payments.SCHEMA + verifications.SCHEMA), pace, clock)
    routes = [
        Route("/v1/payments/{id}", partners.put_payment, methods=["PUT"]),
        Route("/v1/payments/{id}", partners.get_payment, methods=["GET"]),
        Route("/v1/refunds/{id}", partners.put_refund, methods=["PUT"]),
        Route("/v1/refunds/{id}", partners.get_refund, methods=["GET"]),
        Route("/v1/verifications/{id}", partners.put_verification, methods=["PUT"]),
        Route("/v1/verifications/{id}", partners.get_verification, methods=["GET"]),
        Route("/v1/verifications/{id}/decision", partners.post_decision, methods=["POST"]),
        Route("/v1/stats", partners.get_stats),
    ]
    return web.application(routes, token=token, lifespan=partners.lifespan)


class _Partners:
    def __init__(self, state: State, pace: Pace, clock: Callable[[], float]) -> None:
        self._state, self._pace, self._clock = state, pace, clock

    @asynccontextmanager
    async def lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        yield
        self._state.close()

    async def put_payment(self, request: Request) -> Response:
        payment_id = web.path_id(request, "id")
        payment = await web.read(request, payments.Payment)
        with self._state.transaction() as db:
            count(db, "payments.received")
        with self._state.transaction() as db:
            receipt = payments.pay(db, payment_id, payment, self._clock(), self._pace.slow_payment_ms / 1000)
        return web.NoAnswer() if receipt.lost else _answer(receipt.payment, receipt.payment["state"])

    async def get_payment(self, request: Request) -> Response:
        with self._state.transaction() as db:
            return JSONResponse(payments.view(db, web.path_id(request, "id"), self._clock()))

    async def put_refund(self, request: Request) -> Response:
        refund_id = web.path_id(request, "id")
        refund = await web.read(request, payments.Refund)
        with self._state.transaction() as db:
            return JSONResponse(payments.refund(db, refund_id, refund, self._clock()))

    async def get_refund(self, request: Request) -> Response:
        with self._state.transaction() as db:
            return JSONResponse(payments.refund_view(db, web.path_id(request, "id")))

    async def put_verification(self, request: Request) -> Response:
        verification_id = web.path_id(request, "id")
        person = await web.read(request, verifications.Verification)
        seconds = self._pace.verification_ms / 1000
        with self._state.transaction() as db:
            begun = verifications.verify(db, verification_id, person, self._clock(), seconds)
        return _answer(begun, begun["state"])

    async def get_verification(self, request: Request) -> Response:
        with self._state.transaction() as db:
            return JSONResponse(verifications.view(db, web.path_id(request, "id"), self._clock()))

    async def post_decision(self, request: Request) -> Response:
        decision = await web.read(request, verifications.Decision)
        with self._state.transaction() as db:
            return JSONResponse(verifications.decide(db, web.path_id(request, "id"), decision, self._clock()))

    async def get_stats(self, _request: Request) -> Response:
        now = self._clock()
        with self._state.transaction() as db:
            return JSONResponse({**payments.stats(db, now), "verifications": verifications.stats(db, now)})


def _answer(view: object, state: str) -> Response:
    return JSONResponse(view, 202 if state == "pending" else 200)
