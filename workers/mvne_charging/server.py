"""Running the front end: one process that answers, one beside it that books."""

import multiprocessing
import os
import signal
import sys
import threading
from multiprocessing.context import SpawnProcess

import structlog
import uvicorn

from mvne_charging.settler import run_settler
from mvne_platform.runtime.telemetry import configure_logs

log = structlog.get_logger()

# Threads that read and write beside the loop hand the interpreter back this soon; the usual 5 ms is an answer's time.
SWITCH_SECONDS = 0.0005
_SETTLE_PATIENCE_SECONDS = 15.0
_LOOK_SECONDS = 1.0


def serve(host: str, port: int) -> None:
    """Serve until SIGTERM or Ctrl-C; what is charged by then is booked before it returns."""
    configure_logs()
    sys.setswitchinterval(SWITCH_SECONDS)
    settler = Settler()
    try:
        uvicorn.run(
            "mvne_charging.app:create_app",
            factory=True,
            host=host,
            port=port,
            loop="uvloop",
            http="httptools",
            access_log=False,
            log_config=None,
            timeout_graceful_shutdown=5,
            timeout_keep_alive=75,
            server_header=False,
            date_header=False,
            backlog=1024,
        )
    finally:
        settler.stop()


class Settler:
    """The process that books, started again when it has died: what was granted is booked as long as anyone grants."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self.process = _started()
        self._watch = threading.Thread(target=self._look_after, name="settler's keeper", daemon=True)
        self._watch.start()

    def stop(self) -> None:
        """Let it book what there is, and end."""
        self._over.set()
        self._watch.join()
        self.process.terminate()
        self.process.join(_SETTLE_PATIENCE_SECONDS)

    def _look_after(self) -> None:
        while not self._over.wait(_LOOK_SECONDS):
            if not self.process.is_alive():
                log.error("settler_died", exit_code=self.process.exitcode)
                self.process = _started()


def _started() -> SpawnProcess:
    process = multiprocessing.get_context("spawn").Process(target=_settle, args=(os.getpid(),), name="settler")
    process.start()
    return process


def _settle(parent: int) -> None:
    """The settler's life: as long as its parent's, however that ends."""
    configure_logs()
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_watch, args=(parent, stop), daemon=True).start()
    run_settler(stop)


def _watch(parent: int, stop: threading.Event) -> None:
    while not stop.wait(1.0):
        if os.getppid() != parent:
            stop.set()
