"""The suite's own guard: other hosts are refused, this machine is not."""

import asyncio
import socket

import httpx2
import pytest

from tests.plugins.no_network import NetworkForbidden, is_local


@pytest.mark.parametrize("host", ["example.org", "192.0.2.1", "2001:db8::1", b"example.org", "10.0.0.1"])
def test_other_hosts_are_refused(host: str | bytes) -> None:
    with pytest.raises(NetworkForbidden, match="tests reach this machine only"):
        socket.getaddrinfo(host, 80)


def test_an_address_needs_no_look_up_to_be_refused() -> None:
    with socket.socket() as handle, pytest.raises(NetworkForbidden, match=r"192\.0\.2\.1"):
        handle.connect(("192.0.2.1", 80))
    with socket.socket(type=socket.SOCK_DGRAM) as handle, pytest.raises(NetworkForbidden, match=r"192\.0\.2\.1"):
        handle.sendto(b"", ("192.0.2.1", 53))


def test_libraries_are_refused_too() -> None:
    with pytest.raises(NetworkForbidden, match=r"example\.org"):
        httpx2.get("http://example.org/", trust_env=False)
    with pytest.raises(NetworkForbidden, match=r"example\.org"):
        asyncio.run(asyncio.wait_for(asyncio.open_connection("example.org", 80), timeout=10))


@pytest.mark.parametrize("host", [None, "", "localhost", "fjord.localhost", "127.0.0.1", "127.9.9.9", "::1", "0.0.0.0"])
def test_this_machine_is_local(host: str | None) -> None:
    assert is_local(host)


def test_this_machine_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        answering, _ = server.accept()
        with answering:
            client.sendall(b"here")
            assert answering.recv(4) == b"here"
