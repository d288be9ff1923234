"""`python -m mvne_simulators`: one command per simulator."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import click
from starlette.applications import Starlette

from mvne_simulators import messages, network, partners
from mvne_simulators.charging.command import charging_element, charging_load
from mvne_simulators.partners.app import Pace
from mvne_simulators.serving import bind, serve
from mvne_simulators.traffic.command import asterisk_day, traffic

_PORT = click.IntRange(1, 65535)
_STATE = click.option(
    "--state", type=click.Path(dir_okay=False, path_type=Path), required=True, help="State file; created when missing."
)
_TOKEN = click.option(
    "--token",
    envvar="MVNE_SIMULATOR_TOKEN",
    required=True,
    help="Bearer token of the clients; MVNE_SIMULATOR_TOKEN keeps it out of the process list.",
)
_HOST = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
_MILLISECONDS = click.IntRange(0, 86_400_000)


@click.group()
def main() -> None:
    """The world around the platform, for demo and tests."""


@main.command("network")
@click.option("--port", type=_PORT, required=True)
@_STATE
@_TOKEN
@_HOST
def run_network(port: int, state: Path, token: str, host: str) -> None:
    """An operator's network: a subscriber register behind a provisioning API."""
    listener = bind(host, port)
    serve(_opened(state, lambda: network.create_app(state, token)), listener, name="network", state=state)


@main.command("partners")
@click.option("--port", type=_PORT, required=True)
@_STATE
@_TOKEN
@_HOST
@click.option("--slow-ms", type=_MILLISECONDS, default=2000, show_default=True, help="How long tok_slow is pending.")
@click.option(
    "--verification-ms", type=_MILLISECONDS, default=1000, show_default=True, help="How long a verification is pending."
)
def run_partners(port: int, state: Path, token: str, host: str, slow_ms: int, verification_ms: int) -> None:
    """A payment provider and an identity verification provider."""
    listener = bind(host, port)
    app = _opened(state, lambda: partners.create_app(state, token, Pace(slow_ms, verification_ms)))
    serve(app, listener, name="partners", state=state)


@main.command("messages")
@click.option("--http-port", type=_PORT, required=True, help="SMS gateway, API and page.")
@click.option("--smtp-port", type=_PORT, required=True, help="Mail.")
@_STATE
@_TOKEN
@_HOST
def run_messages(http_port: int, smtp_port: int, state: Path, token: str, host: str) -> None:
    """A mail server and an SMS gateway that deliver nothing and show everything."""
    listener, smtp = bind(host, http_port), bind(host, smtp_port)
    app = _opened(state, lambda: messages.create_app(state, token, smtp))
    serve(app, listener, name="messages", state=state, also=f" and smtp://{host}:{smtp_port}")


main.add_command(traffic)
main.add_command(charging_load)
main.add_command(charging_element)
main.add_command(asterisk_day)


def _opened(state: Path, create: Callable[[], Starlette]) -> Starlette:
    try:
        return create()
    except (sqlite3.DatabaseError, OSError) as failure:
        raise click.ClickException(
            f"Cannot use the state file {state}: {failure}. Name another, or remove it."
        ) from failure


if __name__ == "__main__":
    main(prog_name="python -m mvne_simulators")
