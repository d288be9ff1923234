"""Usage files at the console: the upload, and the report that answers each row.

`POST /usage-files?name=…&format=…` or `…&source=…`; `GET /usage-files/<id>/report.csv`.
"""

from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from mvne_gateway.callers import Caller, Callers, NotSignedIn
from mvne_gateway.csv_files import csv_answer
from mvne_gateway.incoming import NotGzip, TooLarge, is_disk_full, scratch_file, stream_to
from mvne_gateway.responses import not_signed_in, problem
from mvne_graphql.relay import global_id, key_of
from mvne_platform import charging, mediation
from mvne_platform.mediation import UsageFile, permissions, sources
from mvne_platform.runtime import brand_work
from mvne_platform.runtime.context import PermissionMissing

PATH = "/usage-files"
REPORT_PATH = f"{PATH}/{{file_id}}/report.csv"


class UsageFiles:
    """Upload and report."""

    def __init__(self, callers: Callers) -> None:
        self._callers = callers

    async def upload(self, request: Request) -> Response:
        """Take one file as the request's body; answers how it was received. The same bytes again change nothing."""
        try:
            caller = await run_in_threadpool(self._caller, request, permissions.LOAD)
        except NotSignedIn as error:
            return not_signed_in(error.message)
        asked = {key: request.query_params.get(key, "") for key in ("name", "format", "source")}
        if not asked["name"] or bool(asked["format"]) == bool(asked["source"]):
            known = ", ".join(sorted(mediation.FORMATS))
            message = (
                f"Send `?name=<file name>` and one of `&source=<its code>`, `&format=<{known}, or the brand's own>`."
            )
            return problem(400, message, "BAD_REQUEST")
        async with scratch_file() as partial:
            return await self._take(request, caller, asked, partial)

    async def _take(self, request: Request, caller: Caller, asked: dict[str, str], partial: Path) -> Response:
        try:
            await stream_to(request, partial, mediation.MAX_FILE_BYTES)
            content = await run_in_threadpool(_receive, caller, request, asked, partial)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it
        except TooLarge:
            message = f"A usage file has up to {mediation.MAX_FILE_BYTES} bytes, as expanded too; nothing was kept."
            return problem(413, message, "FILE_TOO_LARGE")
        except NotGzip:
            return problem(400, "The body is not the gzip it is said to be; nothing was kept.", "NOT_GZIP")
        except OSError as error:
            if not is_disk_full(error):
                raise
            return problem(507, "The disk is full; nothing was kept. Send the file again later.", "DISK_FULL")
        return JSONResponse(content, 200 if content["already"] else 201)

    async def report(self, request: Request) -> Response:
        """Each row of a file and how it stands, as CSV; 404 for a file that is not this brand's."""
        try:
            caller = await run_in_threadpool(self._caller, request, permissions.READ)
        except NotSignedIn as error:
            return not_signed_in(error.message)
        return await report_answer(request, caller)

    def _caller(self, request: Request, permission: str) -> Caller:
        """Who asks; refused before a byte is read. Raises NotSignedIn, BrandNotGranted, PermissionMissing."""
        headers = request.headers
        caller = self._callers.at_console(
            headers.get("authorization"), request.scope["site"].host, headers.get("x-brand")
        )
        if caller.member is None:
            raise NotSignedIn("Sign in first: POST /sign-in, then send the token as `Authorization: Bearer …`.")
        if caller.brand is None or not caller.actor.may(permission):
            raise PermissionMissing(f"Usage files need the header X-Brand and, at that brand, '{permission}'.")
        return caller


async def report_answer(request: Request, caller: Caller, source: str | None = None) -> Response:
    """The report of the file in the path, of one source if that is named."""
    return await csv_answer(lambda path: f"{_write_report(caller, request, path, source)}.report.csv")


def _write_report(caller: Caller, request: Request, path: Path, source: str | None) -> str:
    file_id = key_of(request.path_params["file_id"], "UsageFile")
    with brand_work(str(caller.brand), caller.actor, request.scope["request_id"]) as ctx:
        file = mediation.file_to_report(ctx, file_id, source)
        with path.open("w", encoding="utf-8") as target:
            mediation.write_report(ctx, file, target)
        return file.name


def _receive(caller: Caller, request: Request, asked: dict[str, str], content: Path) -> dict[str, Any]:
    with brand_work(str(caller.brand), caller.actor, request.scope["request_id"]) as ctx:
        if asked["source"]:
            files = sources.take_files(ctx, asked["source"], name=asked["name"], content_path=content)
        else:
            files = mediation.receive_files(ctx, name=asked["name"], format=asked["format"], content_path=content)
            for file in files:
                charging.start_load(ctx, file.id)
        return {**told(files[0]), "members": [told(file) for file in files] if len(files) > 1 else []}


def told(file: UsageFile) -> dict[str, Any]:
    """What the sender of a file hears of it."""
    return {
        "id": global_id("UsageFile", file.id),
        "name": file.name,
        "format": file.format,
        "state": str(file.state),
        "sizeBytes": str(file.size_bytes),
        "already": file.already,
        "rejection": file.rejection,
    }
