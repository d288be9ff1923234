"""`mvne web`, `mvne worker`, `mvne scheduler`: one process each, in the foreground."""

import click

from mvne_cli.commands.session import on_installation


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", envvar="PORT", type=click.IntRange(1, 65535), default=8000, show_default=True)
@on_installation
def web(host: str, port: int) -> None:
    """Serve sites and APIs: brands, console, health."""
    import uvicorn

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
@click.option("--threads", type=click.IntRange(1, 64), default=4, show_default=True, help="Jobs at once.")
@click.option("--queue", "queues", multiple=True, help="Take from this queue only; may be repeated.")
@on_installation
def worker(threads: int, queues: tuple[str, ...]) -> None:
    """Do background work: provisioning, rating, billing, letters."""
    from mvne_workers.worker import run_worker

    run_worker(threads, set(queues) or None)


@click.command()
@on_installation
def scheduler() -> None:
    """Relay facts, fire timers, move sandbox clocks, watch the inbox; several may run, one leads."""
    from mvne_workers.actors import sender
    from mvne_workers.scheduler import run_scheduler
    from mvne_workers.worker import stop_on_signals

    run_scheduler(sender(), stop_on_signals())
