"""Sign-in and sign-out of staff at the console. Passwords are checked in threads of their own."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mvne_gateway.callers import Callers, NotSignedIn
from mvne_gateway.oauth_routes import is_secure
from mvne_gateway.responses import not_signed_in, problem
from mvne_graphql.budget import Budget
from mvne_platform import access
from mvne_platform.runtime import Actor, ActorKind, platform_work
from mvne_platform.runtime.telemetry import logger

log = logger(__name__)
# One attempt costs a minute's worth of points: ten at once and then one a minute for an account from one address.
_ATTEMPT, _ATTEMPTS = 60, 10
# An address that tries many accounts: a hundred at once, then twenty a minute.
_AT_ONCE, _A_MINUTE = 100, 20


class SignIn:
    """The two routes, with their threads and their patience."""

    def __init__(self, callers: Callers) -> None:
        self._callers = callers
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="sign-in")
        self._by_account = Budget(per_second=1, capacity=_ATTEMPT * _ATTEMPTS)
        self._by_address = Budget(per_second=_A_MINUTE, capacity=_ATTEMPT * _AT_ONCE)

    def close(self) -> None:
        """Finish what runs."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    async def sign_in(self, request: Request) -> Response:
        """`POST /sign-in` with JSON `email` and `password`; answers a bearer token."""
        if not is_secure(request):
            return problem(400, "Send credentials by https only.", "INSECURE_TRANSPORT")
        email, password = _read(await request.body())
        if not email or not password:
            return problem(400, "Send JSON with `email` and `password`.", "BAD_REQUEST")
        address = request.client.host if request.client else ""
        wait = self._wait(address, email.lower())
        if wait:
            return problem(429, "Too many attempts. Wait a minute.", "THROTTLED", {"Retry-After": str(wait)})
        try:
            token = await asyncio.get_running_loop().run_in_executor(self._threads, _signed_in, email, password)
        except access.SignInRefused as refusal:
            log.warning("sign-in refused", address=address)
            return problem(401, refusal.message, refusal.code)
        lifetime = int(access.STAFF_TOKEN.total_seconds())
        return JSONResponse(
            {"access_token": token, "token_type": "Bearer", "expires_in": lifetime},
            headers={"Cache-Control": "no-store"},
        )

    def _wait(self, address: str, email: str) -> int:
        """How many seconds to wait before the next attempt; 0 for none."""
        for budget, key in ((self._by_address, address), (self._by_account, f"{address}/{email}")):
            enough, level = budget.take(key, _ATTEMPT)
            if not enough:
                return level.wait_for(_ATTEMPT)
        return 0

    async def sign_out(self, request: Request) -> Response:
        """`POST /sign-out`: the token of this request is refused from now on."""
        host = request.scope["site"].host
        try:
            await run_in_threadpool(self._sign_out, request.headers.get("authorization"), host)
        except NotSignedIn as error:
            return not_signed_in(error.message)
        return Response(status_code=204)

    def _sign_out(self, authorization: str | None, host: str) -> None:
        caller = self._callers.at_console(authorization, host, None)
        if caller.claims is None:
            raise NotSignedIn("There is no token to sign out.")
        with platform_work(caller.actor) as db:
            access.revoke_token(db, caller.claims)
        self._callers.ring.forget()


def _signed_in(email: str, password: str) -> str:
    with platform_work() as db:
        found = access.credentials(db, email)
    staff_id = access.check_sign_in(found, password)  # slow; no transaction is open
    with platform_work(Actor(ActorKind.STAFF, str(staff_id))) as db:
        return access.staff_token(db, staff_id)


def _read(body: bytes) -> tuple[str, str]:
    try:
        given: Any = json.loads(body)
    except ValueError:
        return "", ""
    if not isinstance(given, dict):
        return "", ""
    email, password = given.get("email"), given.get("password")
    return (email, password) if isinstance(email, str) and isinstance(password, str) else ("", "")
