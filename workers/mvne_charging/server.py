"""Running the front end: one process that answers, one beside it that books."""

import multiprocessing
import os
import signal
import sys
import threading

import uvicorn

from mvne_charging.settler import run_settler
from mvne_platform.runtime.telemetry import configure_logs

# Threads that read and write beside the loop hand the interpreter back this soon; the usual 5 ms is an answer's time.
SWITCH_SECONDS = 0.0005
_SETTLE_PATIENCE_SECONDS = 15.0


def serve(host: str, port: int) -> None:
    """Serve until SIGTERM or Ctrl-C; what is charged by then is booked before it returns."""
    configure_logs()
    sys.setswitchinterval(SWITCH_SECONDS)
    settler = multiprocessing.get_context("spawn").Process(target=_settle, args=(os.getpid(),), name="settler")
    settler.start()
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
        settler.terminate()
        settler.join(_SETTLE_PATIENCE_SECONDS)


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
