"""GraphQL over HTTP (graphql.github.io/graphql-over-http): reading requests, choosing media types and status codes.

Knows no web framework: it takes texts and answers status, headers and bytes.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mvne_graphql.errors import Code, Refused

MODERN = "application/graphql-response+json"
LEGACY = "application/json"


@dataclass(frozen=True, slots=True)
class Posed:
    """A request as the specification defines it, well-formed."""

    text: str
    variables: dict[str, Any]
    operation_name: str | None
    by_get: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A response: `body` is JSON, its media type already chosen."""

    status: int
    body: bytes
    headers: dict[str, str]


def media_type(accept: str | None) -> str:
    """The media type to answer in; raises Refused (406) when the client accepts neither.

    Without an Accept header the older type is used, as the specification asks until 2025 clients are gone.
    """
    if accept is None or not accept.strip():
        return LEGACY
    offers = [_offer(part) for part in accept.split(",")]
    # Who accepts anything gets the older type; who names the newer one gets that.
    preferred = MODERN if any(kind == MODERN for kind, _ in offers) else LEGACY
    best = max((_quality(offers, kind), kind == preferred, kind) for kind in (MODERN, LEGACY))
    if best[0] == 0:
        raise Refused(406, Code.BAD_USER_INPUT, f"Accept {MODERN} or {LEGACY}; this endpoint answers in nothing else.")
    return best[2]


def _offer(part: str) -> tuple[str, float]:
    kind, *parameters = [piece.strip().lower() for piece in part.split(";")]
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name == "q":
            try:
                return kind, float(value)
            except ValueError:
                return kind, 0.0
        if name == "charset" and value.strip('"') not in {"utf-8", "utf8"}:
            return kind, 0.0
    return kind, 1.0


def _quality(offers: list[tuple[str, float]], kind: str) -> float:
    """How much a type is wanted, by the most specific range (RFC 9110 §12.5.1)."""
    for wanted in (kind, "application/*", "*/*"):
        found = [quality for name, quality in offers if name == wanted]
        if found:
            return max(found)
    return 0.0


def read_post(content_type: str | None, body: bytes) -> Posed:
    """Read a POST request; raises Refused (415 or 400)."""
    kind, _, parameters = (content_type or "").partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if kind.strip().lower() != LEGACY or charset not in {"", "utf-8", "utf8"}:
        raise Refused(415, Code.BAD_USER_INPUT, f"Send the request as {LEGACY} in UTF-8.", headers={"Accept": LEGACY})
    try:
        given = _json(body.decode())
    except (ValueError, RecursionError) as error:
        raise Refused(400, Code.BAD_USER_INPUT, "The body is not JSON.") from error
    if not isinstance(given, dict):
        raise Refused(400, Code.BAD_USER_INPUT, "The body is a JSON object with `query`; batches are not supported.")
    return _posed(given, by_get=False)


def read_get(parameters: Mapping[str, str]) -> Posed:
    """Read a GET request's query parameters; raises Refused (400)."""
    given: dict[str, Any] = {name: parameters[name] for name in ("query", "operationName") if name in parameters}
    for name in ("variables", "extensions"):
        if parameters.get(name):
            try:
                given[name] = _json(parameters[name])
            except (ValueError, RecursionError) as error:
                raise Refused(400, Code.BAD_USER_INPUT, f"`{name}` is not JSON.") from error
    return _posed(given, by_get=True)


def _json(text: str) -> Any:
    """What JSON says; raises ValueError, RecursionError."""
    given = json.loads(text)
    if "\\u" in text:
        _check_storable(given)
    return given


def _check_storable(value: Any) -> None:
    """Raise ValueError for texts that JSON can write and no database can store: NUL, half a surrogate pair."""
    if isinstance(value, str):
        value.encode()
        if "\0" in value:
            raise ValueError("NUL in a text")
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list):
        for inner in value:
            _check_storable(inner)


def _posed(given: dict[str, Any], *, by_get: bool) -> Posed:
    text = given.get("query")
    if text is None and isinstance(given.get("extensions"), dict) and "persistedQuery" in given["extensions"]:
        # Clients that try a hash first send the text when they read this.
        raise Refused(400, Code.PERSISTED_QUERY_NOT_FOUND, "PersistedQueryNotFound", well_formed=True)
    if not isinstance(text, str) or not text.strip():
        raise Refused(400, Code.BAD_USER_INPUT, "`query` is missing: send the text of a GraphQL document.")
    name = given.get("operationName")
    if not isinstance(name, str | None):
        raise Refused(400, Code.BAD_USER_INPUT, "`operationName` is a string.")
    for part in ("variables", "extensions"):
        if not isinstance(given.get(part), dict | None):
            raise Refused(400, Code.BAD_USER_INPUT, f"`{part}` is a JSON object.")
    return Posed(text, given.get("variables") or {}, name or None, by_get)


def answered(kind: str, content: dict[str, Any], status: int = 200) -> Answer:
    """A response with what executing gave."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return Answer(status, body, {"Content-Type": f"{kind}; charset=utf-8"})


def refused(kind: str, refusal: Refused) -> Answer:
    """A response to what was not executed. The older type says 200 when only the document was at fault."""
    status = 200 if kind == LEGACY and refusal.well_formed else refusal.status
    content: dict[str, Any] = {"errors": refusal.errors}
    if refusal.extensions:
        content["extensions"] = refusal.extensions
    answer = answered(kind, content, status)
    return Answer(answer.status, answer.body, answer.headers | refusal.headers)
