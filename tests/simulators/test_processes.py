"""The simulators as processes: killed, restarted, stopped, and hanging up on their clients."""

import smtplib
import socket
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import httpx2
import pytest

from tests.simulators.simulated import Process

Start = Callable[..., Process]
FreePort = Callable[[], int]
ANNA = {"imsi": "238010000000001", "iccid": "8945010000000000001", "msisdn": "+4520000001"}


@pytest.mark.fault
def test_a_killed_network_remembers_everything(start_process: Start, free_port: FreePort, tmp_path: Path) -> None:
    port = free_port()
    network = start_process("network", "--port", str(port), "--state", str(tmp_path / "n.db"), port=port)
    assert network.ready == f"network simulator ready on http://127.0.0.1:{port}, state in {tmp_path / 'n.db'}"
    activate = {"operation": "activate", **ANNA}
    first = network.client.put("/v1/requests/r1", json=activate)
    network.client.post("/v1/faults", json={"kind": "delay", "delay_ms": 1, "operation": "suspend"})
    network.client.post("/v1/faults", json={"kind": "drop_answer", "operation": "resume"})
    suspend = network.client.put("/v1/requests/r2", json={"operation": "suspend", "imsi": ANNA["imsi"]})
    assert (first.status_code, suspend.status_code) == (200, 202)
    network.kill()

    network.start()
    assert network.client.put("/v1/requests/r1", json=activate).json() == first.json()
    assert network.client.get("/v1/requests/r2").json()["state"] == "done"
    with pytest.raises(httpx2.RemoteProtocolError):
        network.client.put("/v1/requests/r3", json={"operation": "resume", "imsi": ANNA["imsi"]})
    network.kill()

    network.start()
    line = network.client.get(f"/v1/subscribers/{ANNA['imsi']}").json()
    assert [entry["request_id"] for entry in line["history"]] == ["r1", "r2", "r3"]
    assert line["state"] == "active"
    assert network.terminate() == (0, "")


def test_killed_partners_keep_payments_and_verifications(
    start_process: Start, free_port: FreePort, tmp_path: Path
) -> None:
    port = free_port()
    options = ("--state", str(tmp_path / "p.db"), "--verification-ms", "1")
    partners = start_process("partners", "--port", str(port), *options, port=port)
    payment = {"amount": {"value": "9.95", "currency": "EUR"}, "token": "tok_lost_answer", "reference": "r"}
    with pytest.raises(httpx2.RemoteProtocolError):
        partners.client.put("/v1/payments/p1", json=payment)
    person = {"given_name": "A", "family_name": "B", "birth_date": "1990-01-01", "document_number": "X1000"}
    partners.client.put("/v1/verifications/v1", json={**person, "country": "DE"})
    partners.kill()

    partners.start()
    assert partners.client.put("/v1/payments/p1", json=payment).json()["state"] == "captured"
    assert partners.client.get("/v1/verifications/v1").json()["reason"] == "document_not_accepted"
    assert partners.client.get("/v1/stats").json()["captured"] == {"EUR": "9.95"}
    assert partners.terminate() == (0, "")


def test_killed_messages_are_still_there(start_process: Start, free_port: FreePort, tmp_path: Path) -> None:
    http, smtp = free_port(), free_port()
    options = ("--smtp-port", str(smtp), "--state", str(tmp_path / "m.db"))
    messages = start_process("messages", "--http-port", str(http), *options, port=http)
    mail = EmailMessage()
    mail["Subject"] = "Hello"
    with smtplib.SMTP("127.0.0.1", smtp, local_hostname="test.localhost") as client:
        client.send_message(mail, from_addr="a@x.test", to_addrs=["b@x.test"])
    messages.client.put("/v1/sms/m1", json={"from": "Fjord", "to": "+4520000001", "text": "Hi"})
    messages.kill()

    messages.start()
    kept = messages.client.get("/v1/messages").json()["messages"]
    assert [(one["channel"], one["to"]) for one in kept] == [("sms", "+4520000001"), ("mail", "b@x.test")]
    with smtplib.SMTP("127.0.0.1", smtp, local_hostname="test.localhost") as client:
        client.noop()
        assert messages.terminate() == (0, "")


def test_a_client_that_dawdles_does_not_hold_up_the_stop(
    start_process: Start, free_port: FreePort, tmp_path: Path
) -> None:
    port = free_port()
    network = start_process("network", "--port", str(port), "--state", str(tmp_path / "n.db"), port=port)
    network.client.get("/healthz")
    with socket.create_connection(("127.0.0.1", port)) as slow:
        slow.sendall(
            b"PUT /v1/requests/r1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a-token\r\nContent-Length: 99\r\n\r\n{"
        )
        assert network.client.get("/healthz").status_code == 200
        assert network.terminate() == (0, "")


def test_a_taken_port_and_a_foreign_state_file_are_named(
    start_process: Start, free_port: FreePort, tmp_path: Path
) -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        refused = start_process("network", "--port", str(port), "--state", str(tmp_path / "n.db"), port=port)
        expected = f"Error: Cannot listen on 127.0.0.1:{port} (Address already in use). Choose another port."
        assert (refused.ready, refused.exit_status()) == (expected, 1)
    (tmp_path / "letter.txt").write_text("Dear Anna, this is no database. " * 40)
    refused = start_process("network", "--port", str(port), "--state", str(tmp_path / "letter.txt"), port=port)
    assert refused.ready.endswith("letter.txt: file is not a database. Name another, or remove it.")
    assert refused.exit_status() == 1
    assert (tmp_path / "letter.txt").read_text().startswith("Dear Anna")
