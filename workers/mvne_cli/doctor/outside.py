"""Systems outside the platform that do not answer."""

import socket
from collections.abc import Iterator

import httpx2

from mvne_cli.doctor.finding import PLATFORM, Finding
from mvne_platform.runtime import settings
from mvne_platform.runtime.settings import OUTSIDE_SYSTEMS, Address

PATIENCE_SECONDS = 3.0


def unreachable(_brands: list[str]) -> Iterator[Finding]:
    """Each system of the settings that takes no connection, fails, or has no address."""
    for name in OUTSIDE_SYSTEMS:
        address = settings().outside.get(name)
        variable = f"MVNE_{name.upper()}_URL"
        if address is None:
            yield Finding(PLATFORM, f"Nobody has said where '{name}' is.", f"Set {variable}.")
            continue
        fault = _fault(address)
        if fault:
            yield Finding(
                PLATFORM,
                f"'{name}' at {address.url} does not answer: {fault}",
                f"Is it running, and is {variable} right? Jobs that need it are tried again until it answers.",
            )


def _fault(address: Address) -> str | None:
    """What went wrong; any answer but a failure of the server itself will do."""
    if "://" not in address.url:
        return _connection_fault(address.url)
    try:
        status = httpx2.get(address.url.rstrip("/") + "/healthz", timeout=PATIENCE_SECONDS).status_code
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        return str(error) or type(error).__name__
    return f"HTTP status {status}" if status >= 500 else None


def _connection_fault(host_and_port: str) -> str | None:
    host, _, port = host_and_port.rpartition(":")
    try:
        socket.create_connection((host or host_and_port, int(port)), PATIENCE_SECONDS).close()
    except (OSError, ValueError) as error:
        return str(error)
    return None
