"""The network's HTTP API."""

import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from http import HTTPStatus
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mvne_simulators import web
from mvne_simulators.network import faults, register, requests
from mvne_simulators.network.messages import Fault, Order
from mvne_simulators.state import State


def create_app(state_file: Path, token: str, clock: Callable[[], float] = time.time) -> Starlette:
    """The network, on a state file of its own; `clock` gives seconds since the epoch."""
    network = _Network(State(state_file, register.SCHEMA + requests.SCHEMA + faults.SCHEMA), clock)
    routes = [
        Route("/v1/requests/{request_id}", network.put_request, methods=["PUT"]),
        Route("/v1/requests/{request_id}", network.get_request, methods=["GET"]),
        Route("/v1/subscribers", network.list_subscribers),
        Route("/v1/subscribers/{imsi}", network.get_subscriber),
        Route("/v1/stats", network.get_stats),
        Route("/v1/faults", network.faults, methods=["GET", "POST", "DELETE"]),
    ]
    return web.application(routes, token=token, lifespan=network.lifespan)


class _Network:
    def __init__(self, state: State, clock: Callable[[], float]) -> None:
        self._state, self._clock = state, clock

    @asynccontextmanager
    async def lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        yield
        self._state.close()

    @contextmanager
    def _register(self) -> Iterator[sqlite3.Connection]:
        """The register as it stands now: what fell due meanwhile is done first."""
        with self._state.transaction() as db:
            requests.complete_due(db, self._clock())
            yield db

    async def put_request(self, request: Request) -> Response:
        request_id = web.path_id(request, "request_id")
        order = await web.read(request, Order)
        with self._register() as db:
            answer = requests.receive(db, request_id, order, self._clock())
        if answer.dropped:
            return web.NoAnswer()
        if answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
            return requests.UNAVAILABLE.response()
        return JSONResponse(answer.body, answer.status)

    async def get_request(self, request: Request) -> Response:
        with self._register() as db:
            return JSONResponse(requests.view(db, web.path_id(request, "request_id")))

    async def list_subscribers(self, request: Request) -> Response:
        page = web.page(request)
        with self._register() as db:
            found = register.listed(db, page)
        following = found[-1]["imsi"] if len(found) == page.first else None
        return JSONResponse({"subscribers": found, "next": following})

    async def get_subscriber(self, request: Request) -> Response:
        imsi = request.path_params["imsi"]
        with self._register() as db:
            subscriber = register.find(db, imsi)
            if subscriber is None:
                raise web.Refusal(404, "unknown_subscriber", f"The network knows no IMSI {imsi}.")
            return JSONResponse({**subscriber.view, "history": register.history(db, imsi)})

    async def get_stats(self, _request: Request) -> Response:
        with self._register() as db:
            return JSONResponse({"subscribers": register.counts(db), **requests.stats(db)})

    async def faults(self, request: Request) -> Response:
        if request.method == "POST":
            fault = await web.read(request, Fault)
            with self._state.transaction() as db:
                return JSONResponse(faults.plant(db, fault), 201)
        with self._state.transaction() as db:
            if request.method == "DELETE":
                faults.clear(db)
                return Response(status_code=204)
            return JSONResponse({"faults": faults.waiting(db)})
