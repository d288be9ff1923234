"""`GET /usage/<subscription id>.csv?from=…&before=…&service=…&zone=…`: a subscription's usage as a file.

At a brand's host by client token, at the console by staff token and `X-Brand`. `from` and `before` are days of the
brand's calendar (2026-10-01) or instants with their offset (2026-10-01T00:00:00Z); what is absent does not narrow.
"""

from datetime import UTC, date, datetime
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from mvne_gateway.callers import Caller, Callers, NotSignedIn
from mvne_gateway.csv_files import csv_answer
from mvne_gateway.hosts import Site
from mvne_gateway.responses import not_signed_in
from mvne_graphql.relay import key_of
from mvne_platform import charging
from mvne_platform.catalogue import Service
from mvne_platform.charging import UsageFilter
from mvne_platform.kernel import InvalidInput, Period, start_of_day
from mvne_platform.runtime import ActorKind, brand_work

PATH = "/usage/{subscription_id}.csv"
_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


class UnreadableQuestion(InvalidInput):
    """A part of the query string is not what it should be."""

    code = "BAD_REQUEST"


class UsageDownloads:
    """The download."""

    def __init__(self, callers: Callers) -> None:
        self._callers = callers

    async def csv(self, request: Request) -> Response:
        """The file; 404 for a subscription that is not this brand's."""
        try:
            caller = await run_in_threadpool(self._caller, request)
        except NotSignedIn as error:
            return not_signed_in(error.message)
        return await csv_answer(lambda path: _write(caller, request, path))

    def _caller(self, request: Request) -> Caller:
        site: Site = request.scope["site"]
        authorization = request.headers.get("authorization")
        if site.brand is not None:
            caller = self._callers.at_storefront(authorization, site.host, site.brand.slug)
        else:
            caller = self._callers.at_console(authorization, site.host, request.headers.get("x-brand"))
        if caller.actor.kind is ActorKind.PUBLIC or caller.brand is None:
            raise NotSignedIn("Send a token as `Authorization: Bearer …`, and at the console the header X-Brand.")
        return caller


def _write(caller: Caller, request: Request, path: Path) -> str:
    subscription_id = key_of(request.path_params["subscription_id"], "Subscription")
    with brand_work(str(caller.brand), caller.actor, request.scope["request_id"]) as ctx:
        wanted = _filter(request.query_params, ctx.brand.time_zone)
        with path.open("w", encoding="utf-8", newline="") as target:
            return f"usage-{charging.write_usage(ctx, subscription_id, wanted, target)}.csv"


def _filter(asked: QueryParams, zone: str) -> UsageFilter:
    service = asked.get("service") or None
    if service is not None and service not in list(Service):
        raise UnreadableQuestion(f"There is no service '{service[:40]}'; choose from {', '.join(Service)}.")
    since, before = _instant(asked, "from", zone), _instant(asked, "before", zone)
    if since is None and before is None:
        return UsageFilter(service, asked.get("zone") or None)
    since, before = since or _FIRST, before or _LAST
    if before <= since:
        raise UnreadableQuestion("`before` must be later than `from`.")
    return UsageFilter(service, asked.get("zone") or None, Period(since, before))


def _instant(asked: QueryParams, name: str, zone: str) -> datetime | None:
    given = asked.get(name)
    if not given:
        return None
    try:
        if len(given) == len("2026-10-01"):
            return start_of_day(date.fromisoformat(given), zone)
        instant = datetime.fromisoformat(given)
        if instant.tzinfo is not None:
            return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise UnreadableQuestion(
        f"`{name}` is no day such as 2026-10-01, nor an instant such as 2026-10-01T00:00:00Z (a + is sent as %2B)."
    )
