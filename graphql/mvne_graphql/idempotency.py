"""Doing a thing once however often it is asked: the first answer is kept in the transaction that did the work.

It is kept encrypted: answers are about people, and some are worth money (voucher codes).
"""

import hashlib
import json
import re
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from mvne_graphql.errors import BadInput
from mvne_platform.runtime import Context
from mvne_platform.runtime.clock import system_now
from mvne_platform.runtime.models import IdempotencyRow
from mvne_platform.runtime.secrets import seal, unseal

LONGEST_KEY = 255
HEADER = "Idempotency-Key"


def read_key(given: str) -> str:
    """A key as sent, bare or as a quoted string (draft-ietf-httpapi-idempotency-key-header §2.1); raises BadInput."""
    key = given[1:-1] if len(given) > 1 and given[0] == given[-1] == '"' else given
    if not re.fullmatch(rf"[\x21-\x7e]{{1,{LONGEST_KEY}}}", key):
        raise BadInput(f"An idempotency key has 1 to {LONGEST_KEY} visible ASCII characters; a UUID is a good one.")
    return key


def digest(*parts: str) -> bytes:
    """What tells one request body from another."""
    return hashlib.sha256("\x1f".join(parts).encode()).digest()


class AnsweredBefore(Exception):
    """The request was answered already; carries the first answer."""

    def __init__(self, answer: Any) -> None:
        super().__init__("answered before")
        self.answer = answer


def claim(ctx: Context, key: str, body_digest: bytes) -> None:
    """Take the key for this transaction; raises AnsweredBefore, or BadInput if it was another request's.

    Whoever comes second waits here until the first has committed or rolled back.
    """
    row = insert(IdempotencyRow).values(
        client=str(ctx.actor), key=key, body_digest=body_digest, result=None, created_at=system_now()
    )
    if ctx.db.execute(row.on_conflict_do_nothing().returning(IdempotencyRow.key)).one_or_none() is not None:
        return
    kept = ctx.db.execute(select(IdempotencyRow.body_digest, IdempotencyRow.result).where(*_row(ctx, key))).one()
    if kept.body_digest != body_digest:
        raise BadInput(
            f"The idempotency key '{key}' was used before for another request. Repeat that request unchanged, "
            "or send this one under a new key."
        )
    raise AnsweredBefore(json.loads(unseal(kept.result["sealed"])))


def keep(ctx: Context, key: str, answer: Any) -> None:
    """Remember the answer with the work, in the same transaction."""
    ctx.db.execute(update(IdempotencyRow).where(*_row(ctx, key)).values(result={"sealed": seal(json.dumps(answer))}))


def release(ctx: Context, key: str) -> None:
    """Give the key back: what was refused may be sent again, also changed."""
    ctx.db.execute(delete(IdempotencyRow).where(*_row(ctx, key)))


def _row(ctx: Context, key: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return IdempotencyRow.client == str(ctx.actor), IdempotencyRow.key == key
