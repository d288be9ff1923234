"""Small secrets at rest, and keyed digests and signatures, all under the installation's one secret."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from functools import cache

from cryptography.fernet import Fernet

from mvne_platform.runtime.settings import settings


def _fernet() -> Fernet:
    return _fernet_of(_subkey("seal"))


@cache
def _fernet_of(key: bytes) -> Fernet:
    return Fernet(urlsafe_b64encode(key))


def _subkey(purpose: str) -> bytes:
    return hmac.digest(settings().secret_key.encode(), purpose.encode(), hashlib.sha256)


def seal(text: str) -> str:
    """Encrypt a short text for storage (Fernet: AES-128-CBC with HMAC-SHA-256)."""
    return _fernet().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Decrypt what `seal` made; raises cryptography.fernet.InvalidToken when it was altered."""
    return _fernet().decrypt(sealed.encode()).decode()


def digest(text: str, *, purpose: str) -> bytes:
    """A keyed digest by which a secret can be found again but not read (HMAC-SHA-256)."""
    return hmac.digest(_subkey(purpose), text.encode(), hashlib.sha256)
