"""A worker process: Dramatiq's worker over our actors, until it is told to stop."""

import os
import signal
import threading

import dramatiq
import structlog

from mvne_workers.actors import declare
from mvne_workers.broker import make_broker

log = structlog.get_logger()
DEFAULT_THREADS = 4
# A worker that rates only gives way to whoever serves people: its files are in no hurry.
RATING = {"rating"}
RATING_NICENESS = 10


def run_worker(threads: int = DEFAULT_THREADS, queues: set[str] | None = None) -> None:
    """Work until SIGTERM or SIGINT; jobs in hand are finished first, for at most ten seconds.

    A worker of the rating queue alone runs at a lower priority of the operating system.
    """
    if queues == RATING:
        os.nice(RATING_NICENESS)
    declare()
    stop = stop_on_signals()
    worker = dramatiq.Worker(make_broker(), queues=queues, worker_threads=threads, worker_timeout=200)
    worker.start()
    log.info("worker_ready", threads=threads)
    stop.wait()
    worker.stop(timeout=10_000)
    make_broker().close()


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
