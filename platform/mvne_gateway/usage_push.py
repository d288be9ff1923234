"""`POST /usage/<source>` at a brand's host: an operator's system pushes usage files with its own client credential.

The body is the file, as it is or as gzip; the same bytes again answer the same id. What became of each row is asked for
with `GET /usage/<source>/files/<id>/report.csv`.
"""

from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from mvne_gateway.callers import Caller, Callers, NotSignedIn
from mvne_gateway.incoming import NotGzip, TooLarge, is_disk_full, scratch_file, stream_to
from mvne_gateway.responses import not_signed_in, problem
from mvne_gateway.usage_files import report_answer, told
from mvne_platform.mediation import permissions, sources
from mvne_platform.runtime import brand_work
from mvne_platform.runtime.context import PermissionMissing

PATH = "/usage/{source}"
REPORT_PATH = f"{PATH}/files/{{file_id}}/report.csv"
NAME_HEADER = "X-File-Name"


class UsagePush:
    """Push and its report."""

    def __init__(self, callers: Callers) -> None:
        self._callers = callers

    async def push(self, request: Request) -> Response:
        """Take one file; 202 with its id once it is stored. It is rated in the background."""
        try:
            caller, most = await run_in_threadpool(self._admitted, request)
        except NotSignedIn as error:
            return not_signed_in(error.message)
        name = request.query_params.get("name") or request.headers.get(NAME_HEADER, "")
        if not name:
            message = f"Name the file: `?name=…` or the header {NAME_HEADER}. Its number in your sequence stands in it."
            return problem(400, message, "BAD_REQUEST")
        async with scratch_file() as partial:
            return await self._take(request, caller, name, partial, most)

    async def _take(self, request: Request, caller: Caller, name: str, partial: Path, most: int) -> Response:
        try:
            await stream_to(request, partial, most)
            content = await run_in_threadpool(_receive, caller, request, name, partial)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it
        except TooLarge:
            return problem(413, f"This source takes files of up to {most} bytes; nothing was kept.", "FILE_TOO_LARGE")
        except NotGzip:
            return problem(400, "The body is not the gzip it is said to be; nothing was kept.", "NOT_GZIP")
        except OSError as error:
            if not is_disk_full(error):
                raise
            return problem(507, "The disk is full; nothing was kept. Send the file again later.", "DISK_FULL")
        return JSONResponse(content, 202)

    async def report(self, request: Request) -> Response:
        """Each row of a file that this source brought, as CSV."""
        try:
            caller, _ = await run_in_threadpool(self._admitted, request)
        except NotSignedIn as error:
            return not_signed_in(error.message)
        return await report_answer(request, caller, request.path_params["source"])

    def _admitted(self, request: Request) -> tuple[Caller, int]:
        """Who pushes, and how many bytes the source takes; refused before a byte is read.

        Raises NotSignedIn, PermissionMissing, UnknownSource.
        """
        site = request.scope["site"]
        caller = self._callers.at_storefront(request.headers.get("authorization"), site.host, site.brand.slug)
        if caller.claims is None:
            raise NotSignedIn(
                "Ask /oauth/token for a token with the scope `usage`, and send it as `Authorization: Bearer …`."
            )
        if not caller.actor.may(permissions.PUSH):
            raise PermissionMissing("This token lacks the scope `usage`.")
        with brand_work(site.brand.slug, caller.actor, request.scope["request_id"]) as ctx:
            return caller, sources.push_limit(ctx, request.path_params["source"])


def _receive(caller: Caller, request: Request, name: str, content: Path) -> dict[str, Any]:
    with brand_work(str(caller.brand), caller.actor, request.scope["request_id"]) as ctx:
        files = sources.take_files(ctx, request.path_params["source"], name=name, content_path=content)
        return {**told(files[0]), "members": [told(file) for file in files] if len(files) > 1 else []}
