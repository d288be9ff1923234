"""`python -m mvne_simulators charging-load` and `charging-element`."""

import asyncio
import json
from collections.abc import Coroutine
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import click
import uvloop

from mvne_simulators.charging import element as elements
from mvne_simulators.charging import load as loads
from mvne_simulators.charging.http_client import Server
from mvne_simulators.charging.journal import Journal

T = TypeVar("T")

_URL = click.option("--url", default="http://127.0.0.1:8100", show_default=True, help="The charging interface.")
_HOST = click.option("--host", required=True, help="The brand's host name, such as fjord.localhost.")
_TOKEN = click.option(
    "--token", envvar="MVNE_SIMULATOR_TOKEN", required=True, help="Bearer token; the variable hides it from others."
)
_SUBSCRIBERS = click.option(
    "--subscribers",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help='Who charges: a JSON list of MSISDNs, ["+4520123456", …].',
)
_SECONDS = click.option("--duration", type=click.FloatRange(0.1), default=10.0, show_default=True, help="Seconds.")
_LOG = click.option(
    "--log", type=click.Path(dir_okay=False, path_type=Path), help="Keep each request with its answer, as JSON Lines."
)
_TO = click.option("--to", default="+4520999999", show_default=True, help="The number that is written to and called.")
_SEED = click.option("--seed", type=int, default=1, show_default=True)
_PATIENCE = click.option(
    "--patience", type=click.FloatRange(0), default=10.0, show_default=True, help="Repeat so long without an answer, s."
)


@click.command("charging-load")
@_URL
@_HOST
@_TOKEN
@_SUBSCRIBERS
@_SECONDS
@_LOG
@_TO
@_SEED
@_PATIENCE
@click.option("--clients", type=click.IntRange(1, 1000), default=32, show_default=True, help="Connections.")
@click.option("--rate", type=click.FloatRange(0), default=0.0, help="Requests a second in all; 0 is as fast as can be.")
@click.option("--sessions", type=click.FloatRange(0, 1), default=0.0, help="Share of calls; the rest are messages.")
def charging_load(**options: Any) -> None:
    """Charge as fast as answers come, or at a rate; prints throughput and percentiles as JSON."""
    load = loads.Load(
        subscribers=_read(options["subscribers"]),
        clients=options["clients"],
        duration_s=options["duration"],
        rate=options["rate"],
        sessions=options["sessions"],
        other_party=options["to"],
        patience_s=options["patience"],
        seed=options["seed"],
    )
    server = Server.at(options["url"], options["host"], options["token"])
    with Journal(options["log"]) as journal:
        elapsed = _run(loads.run(server, load, journal))
    click.echo(json.dumps(journal.report(elapsed), indent=2))
    _end(journal)


@click.command("charging-element")
@_URL
@_HOST
@_TOKEN
@_SUBSCRIBERS
@_SECONDS
@_LOG
@_TO
@_SEED
@_PATIENCE
@click.option("--at-once", type=click.IntRange(1, 1000), default=8, show_default=True, help="Subscribers at once.")
@click.option("--speed", type=click.FloatRange(1), default=60.0, show_default=True, help="Times faster than life.")
def charging_element(**options: Any) -> None:
    """Be a network element: sessions with quotas, reports and cut-off; prints what happened as JSON."""
    element = elements.Element(
        subscribers=_read(options["subscribers"]),
        at_once=options["at_once"],
        duration_s=options["duration"],
        speed=options["speed"],
        other_party=options["to"],
        patience_s=options["patience"],
        seed=options["seed"],
    )
    server = Server.at(options["url"], options["host"], options["token"])
    with Journal(options["log"]) as journal:
        elapsed, seen = _run(elements.run(server, element, journal))
    click.echo(json.dumps(journal.report(elapsed) | {"element": asdict(seen)}, indent=2))
    _end(journal)


def _run(work: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


def _read(path: Path) -> tuple[str, ...]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise click.ClickException(f"{path} is no JSON: {error}.") from error
    if not isinstance(found, list) or not found or not all(isinstance(one, str) for one in found):
        raise click.ClickException(f'{path} holds a list of at least one MSISDN, such as ["+4520123456"].')
    return tuple(found)


def _end(journal: Journal) -> None:
    """Exit code 1 when something was not answered, or refused as an error."""
    if any(result == "no_answer" or result.startswith("error_") for result in journal.results):
        raise SystemExit(1)
