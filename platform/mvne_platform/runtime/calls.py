"""One question to another system over HTTP with JSON, and which answers mean: ask again later."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2

from mvne_platform.runtime import outside
from mvne_platform.runtime.jobs import OutsideUnavailable

# Of the 4xx: our token, timeouts and throttling can be mended without changing the request.
_MENDABLE = frozenset({401, 403, 408, 425, 429})
_ACCEPTED, _REFUSED = range(200, 300), range(400, 500)
_SHOWN_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Reply:
    """A final answer: 2xx, or a 4xx that the same request would get again. The body may hold personal data."""

    status: int
    body: dict[str, Any] = field(repr=False)

    @property
    def accepted(self) -> bool:
        """Whether the other side took the request."""
        return self.status in _ACCEPTED

    @property
    def error_code(self) -> str:
        """The stable code of a refusal, or the HTTP status."""
        return str(self._error.get("code") or f"http_{self.status}")

    @property
    def error_message(self) -> str:
        """What the other side says about its refusal."""
        return str(self._error.get("message") or "no reason given")[:_SHOWN_CHARACTERS]

    @property
    def _error(self) -> Mapping[str, Any]:
        error = self.body.get("error")
        return error if isinstance(error, Mapping) else {}


def put(system: str, path: str, body: Mapping[str, Any]) -> Reply:
    """Ask an outside system of the settings by PUT, which it may be asked repeatedly.

    Raises OutsideUnavailable when no final answer came: no connection, time limit, 5xx, throttled, token refused, an
    error marked `retryable`, no JSON, or a system whose address is not set.
    """
    try:
        response = outside.client(system).put(path, json=body)
    except LookupError as missing:
        raise OutsideUnavailable(str(missing)) from missing
    except httpx2.HTTPError as failure:
        raise OutsideUnavailable(f"{system} did not answer: {type(failure).__name__}") from failure
    reply = Reply(response.status_code, _json(response))
    if _is_final(reply):
        return reply
    raise OutsideUnavailable(f"{system} answered {reply.status}: {reply.error_code}, {reply.error_message}")


def _is_final(reply: Reply) -> bool:
    error = reply.body.get("error")
    retryable = isinstance(error, Mapping) and error.get("retryable") is True
    refused = reply.status in _REFUSED and reply.status not in _MENDABLE and not retryable
    return refused or (reply.accepted and bool(reply.body))


def _json(response: httpx2.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        return {}
    return body if isinstance(body, dict) else {}
