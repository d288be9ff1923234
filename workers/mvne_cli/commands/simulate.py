"""`mvne simulate`: a network that charges a brand's subscribers online, over HTTP like any other."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from mvne_cli.commands.session import brand_work_of, on_installation
from mvne_cli.output import WRONG, answer, json_option, refuse
from mvne_platform import access
from mvne_platform.runtime import Actor, ActorKind, brand_work, platform_work
from mvne_platform.runtime.models import HostRow
from mvne_platform.subscriptions import IdentifierKind, Subscription, SubscriptionIdentifier, SubscriptionState

_CLIENT = "Simulated network"
_LONGEST = timedelta(hours=12)
_MOST_SUBSCRIBERS = 100_000

_BRAND = click.option("--brand", required=True, help="Whose subscribers: a brand's slug.")
_NUMBERS = click.option("--subscriber", "numbers", multiple=True, help="Only this MSISDN; may be repeated.")
_URL = click.option("--url", help="The charging interface; that of `mvne up` on this machine, unless said.")
_DURATION = click.option("--duration", type=float, default=10.0, show_default=True, help="Seconds.")
_LOG = click.option(
    "--log", type=click.Path(dir_okay=False, path_type=Path), help="Keep each request with its answer, as JSON Lines."
)


@click.group()
def simulate() -> None:
    """A network that charges online: load with percentiles, or a network element with sessions.

    Both speak HTTP to `mvne charging` and print what happened. Exit code 1: something was not answered.
    """


@simulate.command("load")
@_BRAND
@_NUMBERS
@_URL
@_DURATION
@_LOG
@click.option("--clients", type=int, default=32, show_default=True, help="Connections.")
@click.option("--rate", type=float, default=0.0, show_default=True, help="Requests a second; 0 is as fast as can be.")
@click.option("--sessions", type=float, default=0.0, show_default=True, help="Share of calls, from 0 to 1.")
@json_option
@on_installation
def load(**options: Any) -> None:
    """Charge messages, and calls, as fast as answers come or at a rate."""
    _simulate("charging-load", **options)


@simulate.command("element")
@_BRAND
@_NUMBERS
@_URL
@_DURATION
@_LOG
@click.option("--at-once", type=int, default=8, show_default=True, help="Subscribers at once.")
@click.option("--speed", type=float, default=60.0, show_default=True, help="Times faster than life.")
@json_option
@on_installation
def element(**options: Any) -> None:
    """Be a network element: sessions with quotas, reports of use, and cut-off when money ends."""
    _simulate("charging-element", **options)


def _simulate(  # what the two commands share
    program: str,
    *,
    brand: str,
    numbers: tuple[str, ...],
    url: str | None,
    log: Path | None,
    as_json: bool,
    **options: Any,
) -> None:
    subscribers = list(numbers) or _subscribers(brand)
    if not subscribers:
        refuse("NO_SUBSCRIBERS", f"The brand '{brand}' has no active line with a number; `mvne up` makes a demo.")
    host, token = access_of(brand)
    address = url or f"http://127.0.0.1:{os.environ.get('MVNE_CHARGING_PORT', '8100')}"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "subscribers.json"
        file.write_text(json.dumps(subscribers), encoding="utf-8")
        arguments = ["--url", address, "--host", host, "--subscribers", str(file)]
        arguments += [part for name, value in options.items() for part in (f"--{name.replace('_', '-')}", str(value))]
        arguments += ["--log", str(log)] if log else []
        done = subprocess.run(
            [sys.executable, "-m", "mvne_simulators", program, *arguments],
            env=os.environ | {"MVNE_SIMULATOR_TOKEN": token},
            stdout=subprocess.PIPE,
            check=False,
        )
    if done.stdout:
        said = json.loads(done.stdout)
        answer(said if as_json else _flat(said), as_json=as_json)
    if done.returncode:
        sys.exit(WRONG)


def _flat(said: Mapping[str, Any]) -> dict[str, Any]:
    """What happened in one level: a line of the table each."""
    flat: dict[str, Any] = {}
    for name, value in said.items():
        flat |= {f"{name} {part}": one for part, one in value.items()} if isinstance(value, Mapping) else {name: value}
    return flat


def _subscribers(brand: str) -> list[str]:
    """The numbers of the brand's lines in service."""
    held, line = SubscriptionIdentifier, Subscription
    wanted = (
        select(held.value)
        .join(line, line.id == held.subscription_id)
        .where(line.state == SubscriptionState.ACTIVE, held.kind == IdentifierKind.MSISDN, held.valid_to.is_(None))
        .order_by(held.value)
        .limit(_MOST_SUBSCRIBERS)
    )
    with brand_work_of(brand) as ctx:
        return list(ctx.db.scalars(wanted))


def access_of(brand: str) -> tuple[str, str]:
    """The brand's host, and a token of a client that may charge; the client is made once."""
    with brand_work(brand, Actor(ActorKind.SYSTEM, "mvne simulate")) as ctx:
        known = select(access.ApiClient).where(access.ApiClient.name == _CLIENT, access.ApiClient.active)
        found = ctx.db.scalar(known.limit(1))
        if found is None:
            access.create_client(ctx, _CLIENT, ["charging"], token_lifetime=_LONGEST)
            found = ctx.db.scalars(known.limit(1)).one()
    with platform_work() as db:
        host = db.scalars(select(HostRow.host).where(HostRow.slug == brand).order_by(HostRow.host)).first()
        if host is None:
            refuse("NO_HOST", f"The brand '{brand}' answers on no host name.")
        return host, access.client_token(db, found, host, ("charging",))
