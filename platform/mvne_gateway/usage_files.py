"""`POST /usage-files?name=…&format=…` at the console: a file streams to the disk, then becomes the brand's."""

import errno
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from mvne_gateway.callers import Caller, Callers, NotSignedIn
from mvne_gateway.responses import not_signed_in, problem
from mvne_graphql.relay import global_id
from mvne_platform import charging, mediation
from mvne_platform.kernel import uuid7
from mvne_platform.mediation import permissions
from mvne_platform.runtime import brand_work, settings
from mvne_platform.runtime.clock import system_now
from mvne_platform.runtime.context import PermissionMissing

PATH = "/usage-files"
ABANDONED_SECONDS = 24 * 3600


class UsageFiles:
    """The upload."""

    def __init__(self, callers: Callers) -> None:
        self._callers = callers

    async def upload(self, request: Request) -> Response:
        """Take one file as the request's body; answers how it was received. The same bytes again change nothing."""
        try:
            caller = await run_in_threadpool(self._caller, request)
        except NotSignedIn as error:
            return not_signed_in(error.message)
        name, file_format = (request.query_params.get(key, "") for key in ("name", "format"))
        if not name or not file_format:
            known = ", ".join(sorted(mediation.FORMATS))
            return problem(400, f"Send `?name=<file name>&format=<one of {known}>`.", "BAD_REQUEST")
        partial = await run_in_threadpool(_new_file)
        try:
            await _stream(request, partial)
            content = await run_in_threadpool(_receive, caller, request, name, file_format, partial)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            return problem(507, "The disk is full; nothing was kept. Send the file again later.", "DISK_FULL")
        finally:
            await run_in_threadpool(partial.unlink, missing_ok=True)
        return JSONResponse(content, 200 if content["already"] else 201)

    def _caller(self, request: Request) -> Caller:
        """Who uploads; refused before a byte is read. Raises NotSignedIn, BrandNotGranted, PermissionMissing."""
        headers = request.headers
        caller = self._callers.at_console(
            headers.get("authorization"), request.scope["site"].host, headers.get("x-brand")
        )
        if caller.member is None:
            raise NotSignedIn("Sign in first: POST /sign-in, then send the token as `Authorization: Bearer …`.")
        if caller.brand is None or not caller.actor.may(permissions.LOAD):
            raise PermissionMissing(
                f"Loading usage files needs the header X-Brand and, at that brand, '{permissions.LOAD}'."
            )
        return caller


def _new_file() -> Path:
    folder = settings().data / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob("*.part"):  # by a process that was killed
        if system_now().timestamp() - left.stat().st_mtime > ABANDONED_SECONDS:
            left.unlink(missing_ok=True)
    return folder / f"{uuid7()}.part"


async def _stream(request: Request, target: Path) -> None:
    """Write the body as it comes; the file system's own failures (a full disk) end the request, not the process."""
    with target.open("wb") as file:  # writes go to the page cache; the store fsyncs off the loop
        async for piece in request.stream():
            file.write(piece)


def _receive(caller: Caller, request: Request, name: str, file_format: str, content: Path) -> dict[str, Any]:
    request_id = request.scope["request_id"]
    with brand_work(str(caller.brand), caller.actor, request_id) as ctx:
        file = mediation.receive_file(ctx, name=name, format=file_format, content_path=content)
        charging.start_load(ctx, file.id)
        charging.start_load(ctx, file.id)
        return {
            "id": global_id("UsageFile", file.id),
            "name": file.name,
            "format": file.format,
            "state": str(file.state),
            "sizeBytes": str(file.size_bytes),
            "already": file.already,
            "rejection": file.rejection,
        }
