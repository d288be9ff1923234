"""The platform's public doors as the demo uses them: HTTP, and nothing else."""

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx2

from mvne_cli.stopping import check

PATIENCE_SECONDS = 90.0
_PAUSE_SECONDS = 0.3
# The platform is restarting, or has more to do than it can at the moment.
_PASSING = frozenset({429, 502, 503, 504})
_LONGEST_ANSWER_SECONDS = 30.0
_TOKENS_TRIED = 4
_NEW_KEY_SECONDS = 0.6


class Refused(Exception):
    """The platform said no; the message is what it said."""

    def __init__(self, message: str, codes: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.codes = codes


class Door:
    """One host of the platform. Waits out restarts: what it sends is safe to send again.

    `authorize` answers a fresh bearer token; it is asked again when one is no longer good.
    """

    def __init__(
        self,
        port: int,
        host: str,
        stop: threading.Event,
        authorize: Callable[["Door"], str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        # `*.localhost` is known to browsers and curl, not to every resolver: so the address, and the name as a header.
        self._client = httpx2.Client(
            base_url=f"http://127.0.0.1:{port}",
            headers={"Host": f"{host}:{port}", **(headers or {})},
            timeout=_LONGEST_ANSWER_SECONDS,
        )
        self._stop = stop
        self._authorize = authorize
        self._token: str | None = None

    def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        """A query's data; raises Refused when it has errors."""
        return self._graphql(document, variables, {})

    def do(self, document: str, key: str | None, given: Mapping[str, Any]) -> dict[str, Any]:
        """A mutation's payload, under an idempotency key where it takes one; raises Refused for user errors too."""
        data = self._graphql(document, {"input": given}, {"Idempotency-Key": key} if key else {})
        payload: dict[str, Any] = next(iter(data.values()))
        if errors := payload["userErrors"]:
            said = "; ".join(f"{one['code']}: {one['message']}" for one in errors)
            raise Refused(said, tuple(one["code"] for one in errors))
        return payload

    def post(self, path: str, **options: Any) -> httpx2.Response:
        """A POST request that is repeated while the platform cannot answer; raises Refused for any other failure."""
        response = self.send("POST", path, **options)
        if response.is_error:
            raise Refused(f"{path} answered {response.status_code}: {response.text[:400]}")
        return response

    def get(self, path: str) -> bytes:
        """A file; raises Refused when it cannot be had."""
        response = self.send("GET", path, headers=self._bearer())
        if response.is_error:
            raise Refused(f"{path} answered {response.status_code}: {response.text[:400]}")
        return response.content

    def upload(self, path: str, file: Path, **parameters: str) -> dict[str, Any]:
        """A file as a request's body."""
        response = self.send("POST", path, params=parameters, content=file.read_bytes(), headers=self._bearer())
        if response.is_error:
            raise Refused(f"{path} answered {response.status_code}: {response.text[:400]}")
        answer: dict[str, Any] = response.json()
        return answer

    def send(self, method: str, path: str, **options: Any) -> httpx2.Response:
        """Send until there is an answer worth reading; raises Stopped, or the last failure when patience ends."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            check(self._stop)
            try:
                response = self._client.request(method, path, **options)
            except httpx2.TransportError:
                if time.monotonic() > deadline:
                    raise
            else:
                if response.status_code not in _PASSING or time.monotonic() > deadline:
                    return response
            self._stop.wait(_PAUSE_SECONDS)

    def _graphql(self, document: str, variables: Mapping[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
        body = {"query": document, "variables": variables}
        response = self.send("POST", "/graphql", json=body, headers={**self._bearer(), **headers})
        for _ in range(_TOKENS_TRIED):
            if response.status_code != 401 or self._authorize is None:
                break
            # Expired; or signed by a key so new that the process asked has not read it yet.
            self._token = None
            self._stop.wait(_NEW_KEY_SECONDS)
            response = self.send("POST", "/graphql", json=body, headers={**self._bearer(), **headers})
        return _data(response)

    def _bearer(self) -> dict[str, str]:
        if self._authorize is None:
            return {}
        if self._token is None:
            self._token = self._authorize(self)
        return {"Authorization": f"Bearer {self._token}"}


def _data(response: httpx2.Response) -> dict[str, Any]:
    try:
        content = response.json()
    except ValueError as error:
        raise Refused(f"HTTP {response.status_code}: {response.text[:400]}") from error
    if errors := content.get("errors"):
        codes = tuple(str(one.get("extensions", {}).get("code")) for one in errors)
        raise Refused("; ".join(str(one["message"]) for one in errors), codes)
    data: dict[str, Any] = content["data"]
    return data


def until(stop: threading.Event, ask: Callable[[], Any], *, what: str, patience_seconds: float = 120.0) -> Any:
    """Ask again and again until there is an answer; raises TimeoutError that names what never came."""
    deadline = time.monotonic() + patience_seconds
    pause = 0.05
    while not (answer := ask()):
        check(stop)
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not happen within {patience_seconds:.0f} s")
        stop.wait(pause)
        pause = min(0.4, pause * 1.3)
    return answer
