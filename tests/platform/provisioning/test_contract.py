"""What every adapter promises, held against the real counterpart: a network that answers over HTTP."""

from dataclasses import replace
from uuid import UUID

import httpx2
import pytest

from mvne_platform.provisioning import NetworkLine, NetworkOperation
from mvne_platform.provisioning.adapters import ADAPTERS, NetworkAdapter, NetworkCall, Outcome
from mvne_platform.runtime import OutsideUnavailable
from tests.platform.outside_world import Clock, closed_address, reaching

LINE = NetworkLine(imsi="238990000000001", iccid="8945990000000000018", msisdn="+4520000001")
ACTIVATE = NetworkCall(UUID(int=1), NetworkOperation.ACTIVATE, LINE)


@pytest.fixture(params=sorted(ADAPTERS))
def adapter(request: pytest.FixtureRequest) -> NetworkAdapter:
    return ADAPTERS[request.param]


def plant(network: httpx2.Client, kind: str, **details: object) -> None:
    network.post("/v1/faults", json={"kind": kind, **details}).raise_for_status()


def history(network: httpx2.Client) -> list[str]:
    answer = network.get(f"/v1/subscribers/{LINE.imsi}")
    return [one["operation"] for one in answer.json()["history"]] if answer.status_code == 200 else []


def test_what_is_asked_is_done_once_however_often_it_is_sent(adapter: NetworkAdapter, network: httpx2.Client) -> None:
    answers = [adapter(ACTIVATE) for _ in range(3)]
    assert [answer.outcome for answer in answers] == [Outcome.DONE] * 3
    assert history(network) == ["activate"]
    subscriber = network.get(f"/v1/subscribers/{LINE.imsi}").json()
    assert (subscriber["state"], subscriber["msisdn"], subscriber["iccid"]) == ("active", LINE.msisdn, LINE.iccid)
    assert subscriber["profile"] == {"services": ["voice", "sms", "mms", "data"], "apn": None, "roaming": True}


def test_every_operation_is_understood(adapter: NetworkAdapter, network: httpx2.Client) -> None:
    for position, operation in enumerate(NetworkOperation):
        answer = adapter(NetworkCall(UUID(int=position + 1), operation, LINE))
        assert answer.outcome is Outcome.DONE, operation
    assert history(network) == ["activate", "suspend", "resume", "terminate"]


def test_a_slow_network_is_asked_again_until_it_has_done_it(
    adapter: NetworkAdapter, network: httpx2.Client, clock: Clock
) -> None:
    plant(network, "delay", delay_ms=5_000)
    assert [adapter(ACTIVATE).outcome for _ in range(2)] == [Outcome.PENDING] * 2
    assert history(network) == []
    clock.seconds += 5
    assert adapter(ACTIVATE).outcome is Outcome.DONE
    assert history(network) == ["activate"]


def test_a_refusal_is_final_and_says_why(adapter: NetworkAdapter, network: httpx2.Client) -> None:
    adapter(ACTIVATE)
    stranger = NetworkCall(UUID(int=2), NetworkOperation.ACTIVATE, replace(LINE, imsi="238990000000002"))
    for _ in range(2):
        answer = adapter(stranger)
        assert (answer.outcome, answer.error_code) == (Outcome.REFUSED, "msisdn_in_use")
        assert answer.error_message == "The number +4520000001 belongs to another subscriber."


def test_an_outage_passes(adapter: NetworkAdapter, network: httpx2.Client) -> None:
    plant(network, "unavailable", count=2)
    for _ in range(2):
        with pytest.raises(OutsideUnavailable, match="503: unavailable"):
            adapter(ACTIVATE)
    assert adapter(ACTIVATE).outcome is Outcome.DONE


def test_a_lost_answer_can_be_asked_for(adapter: NetworkAdapter, network: httpx2.Client) -> None:
    plant(network, "drop_answer")
    with pytest.raises(OutsideUnavailable, match="network did not answer"):
        adapter(ACTIVATE)
    assert adapter(ACTIVATE).outcome is Outcome.DONE
    assert history(network) == ["activate"]


def test_nobody_at_the_address_and_a_wrong_token_can_be_mended(
    adapter: NetworkAdapter, network: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with reaching(monkeypatch, network=closed_address()), pytest.raises(OutsideUnavailable, match="ConnectError"):
        adapter(ACTIVATE)
    with (
        reaching(monkeypatch, token="wrong", network=str(network.base_url)),
        pytest.raises(OutsideUnavailable, match="401: unauthorized"),
    ):
        adapter(ACTIVATE)
    with reaching(monkeypatch), pytest.raises(OutsideUnavailable):
        adapter(ACTIVATE)
    assert history(network) == []
