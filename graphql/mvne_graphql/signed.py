"""Ids that cannot be guessed or made up: a UUID with a keyed signature, good in one brand."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hmac import compare_digest
from uuid import UUID

from mvne_graphql.relay import UnreadableId
from mvne_platform.runtime import Context
from mvne_platform.runtime.secrets import digest

_UUID_BYTES, _SIGNATURE_BYTES = 16, 16


def signed(ctx: Context, purpose: str, key: UUID) -> str:
    """The id as it is handed out."""
    return urlsafe_b64encode(key.bytes + _signature(ctx, purpose, key)).rstrip(b"=").decode()


def unsigned(ctx: Context, purpose: str, given: str, *field: str) -> UUID:
    """The UUID in an id that was handed out; raises UnreadableId for any other text."""
    try:
        raw = urlsafe_b64decode(given + "=" * (-len(given) % 4))
        key, signature = UUID(bytes=raw[:_UUID_BYTES]), raw[_UUID_BYTES:]
    except (ValueError, binascii.Error) as error:
        raise _unreadable(purpose, field) from error
    if not compare_digest(signature, _signature(ctx, purpose, key)):
        raise _unreadable(purpose, field)
    return key


def _signature(ctx: Context, purpose: str, key: UUID) -> bytes:
    return digest(f"{ctx.brand.slug}/{key}", purpose=purpose)[:_SIGNATURE_BYTES]


def _unreadable(purpose: str, field: tuple[str, ...]) -> UnreadableId:
    return UnreadableId(f"This is no id of a {purpose} of this brand; send it as you received it.", field=field)
