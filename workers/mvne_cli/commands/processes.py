"""`mvne web`, `mvne worker`, `mvne scheduler`, `mvne charging`: one process each, in the foreground."""

import os

import click
import uvicorn

from mvne_charging.server import serve
from mvne_cli.commands.session import on_installation
from mvne_cli.installation import DEFAULT_CHARGING_PORT
from mvne_platform.runtime.telemetry import configure_logs
from mvne_workers.actors import sender
from mvne_workers.scheduler import run_scheduler
from mvne_workers.worker import DEFAULT_THREADS, run_worker, stop_on_signals


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    envvar="PORT",
    type=click.IntRange(1, 65535),
    default=8000,
    show_default=True,
    help="Or the variable PORT.",
)
@on_installation
def web(host: str, port: int) -> None:
    """Serve sites and APIs: brands, console, health.

    Which brand answers follows from the request's Host header. The process does not need the DDL login.
    """
    configure_logs()
    os.environ["PORT"] = str(port)  # the addresses it names in tokens and links are its own
    uvicorn.run(
        "mvne_gateway.app:create_app",
        factory=True,
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=5,
        server_header=False,
    )


@click.command()
@click.option("--threads", type=click.IntRange(1, 64), default=DEFAULT_THREADS, show_default=True, help="Jobs at once.")
@click.option("--queue", "queues", multiple=True, help="Take from this queue only; may be repeated.")
@on_installation
def worker(threads: int, queues: tuple[str, ...]) -> None:
    """Do background work: provisioning, rating, billing, letters.

    SIGTERM and Ctrl-C let jobs in hand finish, for at most ten seconds; a killed worker's jobs are done by another.
    """
    configure_logs()
    run_worker(threads, set(queues) or None)


@click.command()
@on_installation
def scheduler() -> None:
    """Relay facts, fire timers, move sandbox clocks, watch the inbox; several may run, one leads.

    The inbox is `inbox/<brand>/<format>/` in the data folder.
    """
    configure_logs()
    run_scheduler(sender(), stop_on_signals())


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    envvar="MVNE_CHARGING_PORT",
    type=click.IntRange(1, 65535),
    default=DEFAULT_CHARGING_PORT,
    show_default=True,
    help="Or the variable MVNE_CHARGING_PORT.",
)
@on_installation
def charging(host: str, port: int) -> None:
    """Charge at the moment of use: prices, charges and sessions over HTTP.

    Everything is below /charging/v1/. Which brand is charged follows from the request's Host header. Beside it a
    process books what was charged.
    SIGTERM and Ctrl-C answer what is in hand and book it.
    """
    serve(host, port)
