"""How the platform reaches other systems: one HTTP client per system, with address, token and time limits."""

import httpx2

from mvne_platform.runtime.settings import settings

TIMEOUT = httpx2.Timeout(10.0, connect=2.0)
_clients: dict[str, httpx2.Client] = {}


def client(name: str) -> httpx2.Client:
    """The process's client of an outside system named in the settings; LookupError when it is not configured."""
    if name not in _clients:
        _clients[name] = _open(name)
    return _clients[name]


def close_clients() -> None:
    """Close every client; the next use opens new ones with the settings of then."""
    while _clients:
        _clients.popitem()[1].close()


def _open(name: str) -> httpx2.Client:
    address = settings().outside.get(name)
    if address is None:
        raise LookupError(f"MVNE_{name.upper()}_URL is not set: the platform does not know where '{name}' is.")
    headers = {"Authorization": f"Bearer {address.token}"} if address.token else {}
    return httpx2.Client(base_url=address.url, headers=headers, timeout=TIMEOUT)
