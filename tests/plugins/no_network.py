"""Tests talk to this machine only: whoever asks for another host fails, and says which.

An audit hook (PEP 578) sees every socket of this process, asyncio's and the standard library's alike. Programs that a
test starts are not covered; `.ci/run` runs the suite without any network for that.
"""

import sys
from ipaddress import ip_address

LOCAL_NAMES = {"", "localhost", "0.0.0.0", "::"}
_LOOK_UPS = {"socket.getaddrinfo", "socket.gethostbyname"}
_SENDINGS = {"socket.connect", "socket.sendto", "socket.sendmsg"}


class NetworkForbidden(RuntimeError):
    """The test left the machine. No OSError, which code under test would take for an outage."""


def is_local(host: object) -> bool:
    """Whether a host name or an address is this machine's own."""
    name = host.decode() if isinstance(host, bytes) else host
    if name is None:
        return True
    if not isinstance(name, str):
        return False
    if name in LOCAL_NAMES or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    if event in _LOOK_UPS:
        _refuse_foreign(arguments[0])
    elif event in _SENDINGS:
        address = arguments[1]
        # A text or bytes is the path of a Unix socket; None means the peer is already connected.
        if isinstance(address, tuple) and len(address) > 1:
            _refuse_foreign(address[0])


def _refuse_foreign(host: object) -> None:
    if not is_local(host):
        raise NetworkForbidden(
            f"A test asked for {host!r}; tests reach this machine only. Use a simulator or a fixture."
        )


sys.addaudithook(_audit)
