"""Probes: is the process alive, can it serve, what does it count."""

from sqlalchemy import text
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mvne_platform import migrations
from mvne_platform.runtime import platform_work
from mvne_platform.runtime.telemetry import exposition, logger

log = logger(__name__)
PATHS = frozenset({"/healthz", "/readyz", "/metrics"})


async def healthz(_request: Request) -> JSONResponse:
    """200 as long as the process answers at all."""
    return JSONResponse({"status": "alive"})


async def readyz(_request: Request) -> JSONResponse:
    """200 when the database answers and the platform's schema is at its newest revision; 503 with the reasons else."""
    faults = await run_in_threadpool(_faults)
    if faults:
        return JSONResponse({"status": "not ready", "faults": faults}, 503, {"Retry-After": "2"})
    return JSONResponse({"status": "ready"})


async def metrics(_request: Request) -> Response:
    """Prometheus' text format."""
    return Response(exposition(), media_type="text/plain; version=0.0.4")


def _faults() -> list[str]:
    try:
        with platform_work() as db:
            version = db.scalar(text("SELECT version_num FROM platform.alembic_version"))
    except Exception as error:  # noqa: BLE001  # whatever it is, the probe's answer is "not ready"
        log.warning("not ready", error=str(error))
        return ["The database cannot be reached, or is not the platform's."]
    newest = migrations.newest("platform")
    if version != newest:
        return [f"The schema `platform` is at revision {version}; this version needs {newest}. Run `mvne migrate`."]
    return []
