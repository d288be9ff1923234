"""How the platform reaches other systems: one HTTP client per system, with address, token and time limits."""

from functools import cache

import httpx2

from mvne_platform.runtime.settings import settings

TIMEOUT = httpx2.Timeout(10.0, connect=2.0)


@cache
def client(name: str) -> httpx2.Client:
    """The client of an outside system named in the settings; LookupError when it is not configured."""
    address = settings().outside.get(name)
    if address is None:
        raise LookupError(f"MVNE_{name.upper()}_URL is not set: the platform does not know where '{name}' is.")
    headers = {"Authorization": f"Bearer {address.token}"} if address.token else {}
    return httpx2.Client(base_url=address.url, headers=headers, timeout=TIMEOUT)
