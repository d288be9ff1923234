"""Answers that are not GraphQL: refusals as JSON (RFC 9457, problem+json), with a way out."""

from typing import Any

from starlette.responses import JSONResponse

from mvne_platform.kernel import Category, DomainError

STATUSES = {
    Category.INVALID: 400,
    Category.NOT_FOUND: 404,
    Category.FORBIDDEN: 403,
    Category.CONFLICT: 409,
    Category.UNAVAILABLE: 503,
}
RETRY_SECONDS = "2"


def problem(status: int, title: str, code: str, headers: dict[str, str] | None = None, **more: Any) -> JSONResponse:
    """A refusal; `code` is stable, `title` is for people."""
    return JSONResponse(
        {"status": status, "title": title, "code": code, **more},
        status,
        headers,
        media_type="application/problem+json",
    )


def refusal(error: DomainError) -> JSONResponse:
    """A domain's refusal with the HTTP status of its category."""
    status = STATUSES[error.category]
    headers = {"Retry-After": RETRY_SECONDS} if error.category is Category.UNAVAILABLE else None
    return problem(status, error.message, error.code, headers)


def not_signed_in(message: str) -> JSONResponse:
    """401 with the challenge of RFC 6750 §3."""
    return problem(401, message, "UNAUTHENTICATED", {"WWW-Authenticate": 'Bearer error="invalid_token"'})


def database_away() -> JSONResponse:
    """503 while the database cannot be reached."""
    return problem(
        503,
        "The platform cannot reach its database at the moment. Try again in a few seconds.",
        "UNAVAILABLE",
        {"Retry-After": RETRY_SECONDS},
    )
