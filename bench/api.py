"""`api.offerings`: what a webshop's front page asks, over real HTTP."""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

from bench.footprint import Unequal
from bench.load import Target, answer_of, post, requests_in
from bench.measure import Result, rates
from bench.place import BRAND, Place
from bench.processes import accepts, free_port, running
from mvne_gateway.edge_settings import EdgeSettings

CONNECTIONS = 8
SECONDS = 2.0
QUERY = """query Shop {
  offerings(first: 25) {
    nodes {
      id code kind name description
      prices { kind amount { amount currencyCode } periodDays }
      allowances { code quantity { value unit } }
      characteristics { code name value }
    }
  }
}"""
# One client sends what a thousand would; its budget is to be full again before its next request, as theirs are.
UNBOUNDED = {"MVNE_COST_PER_SECOND": "1000000000"}


def offerings(place: Place, seconds: float = SECONDS) -> Result:
    """Requests per second."""
    request = post(f"{BRAND}.localhost", "/graphql", json.dumps({"query": QUERY}).encode())
    with ExitStack() as stack:
        ours = stack.enter_context(web(place))
        expected = _right_answer(ours, request)
        bare = stack.enter_context(ceiling(place, expected))
        if answer_of(bare, request) != (200, expected):
            raise Unequal(f"Ours answers {expected!r}, the ceiling {answer_of(bare, request)!r}.")
        load = partial(requests_in, connections=CONNECTIONS, seconds=seconds)
        return rates(
            "api.offerings",
            "requests/s",
            lambda: load(Target(ours, request, expected)),
            lambda: load(Target(bare, request, expected)),
        )


@contextmanager
def web(place: Place) -> Iterator[int]:
    """The real web process, without the DDL login; answers its port."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if name.startswith("MVNE_")}
    environment.pop("MVNE_ADMIN_DATABASE_URL")
    arguments = ["-m", "mvne_cli.main", "--data", str(place.installation.data), "web", "--port", str(port)]
    with running("web", arguments, environment=environment | UNBOUNDED, logs=place.logs, ready=lambda: accepts(port)):
        yield port


@contextmanager
def ceiling(place: Place, expected: bytes) -> Iterator[int]:
    """The bare handler, under the web process's uvicorn settings; answers its port."""
    port = free_port()
    environment = {
        "BENCH_DSN": place.app_dsn,
        "BENCH_BRAND": BRAND,
        "BENCH_LANGUAGE": "da",
        "BENCH_THREADS": str(EdgeSettings().threads),
        "BENCH_EXTENSIONS": json.dumps(json.loads(expected)["extensions"]),
    }
    arguments = ["-m", "uvicorn", "bench.ceilings.offerings:create_app", "--factory", "--port", str(port)]
    arguments += ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--no-server-header"]
    with running("ceiling", arguments, environment=environment, logs=place.logs, ready=lambda: accepts(port)):
        yield port


def _right_answer(port: int, request: bytes) -> bytes:
    """Our answer, if it shows the catalogue and is the same each time."""
    status, body = answer_of(port, request)
    nodes = json.loads(body)["data"]["offerings"]["nodes"]
    if status != 200 or len(nodes) < 5 or not all(node["prices"] for node in nodes):
        raise Unequal(f"Not the catalogue (status {status}): {body!r}")
    if answer_of(port, request)[1] != body:
        raise Unequal("Our answer differs from one request to the next.")
    return body
