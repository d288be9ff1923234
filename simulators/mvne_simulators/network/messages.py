"""What the network's API takes, and the shapes it answers with."""

from typing import Literal, TypedDict, cast

from pydantic import Field, model_validator

from mvne_simulators.identifiers import Iccid, Imsi, Msisdn
from mvne_simulators.web import Body

Operation = Literal["activate", "suspend", "resume", "change_msisdn", "swap_sim", "terminate"]
FaultKind = Literal["refuse", "unavailable", "delay", "drop_answer"]

NEEDED: dict[Operation, tuple[str, ...]] = {
    "activate": ("iccid", "msisdn"),
    "suspend": (),
    "resume": (),
    "change_msisdn": ("msisdn",),
    "swap_sim": ("iccid", "msisdn"),
    "terminate": (),
}
"""Fields an operation needs beside the IMSI."""


class Profile(Body):
    """What the subscriber may use."""

    services: tuple[Literal["voice", "sms", "mms", "data"], ...] = ()
    apn: str | None = Field(default=None, max_length=100)
    roaming: bool = False


class Order(Body):
    """One request to the network."""

    operation: Operation
    imsi: Imsi
    iccid: Iccid | None = None
    msisdn: Msisdn | None = None
    profile: Profile | None = None

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> "Order":
        missing = [field for field in NEEDED[self.operation] if getattr(self, field) is None]
        if missing:
            raise ValueError(f"{self.operation} needs {' and '.join(missing)}")
        return self

    @property
    def sim_and_number(self) -> tuple[str, str]:
        """ICCID and number, as far as the operation needs them."""
        return cast("str", self.iccid), cast("str", self.msisdn)


class Fault(Body):
    """A fault to apply to the next `count` matching requests."""

    kind: FaultKind
    operation: Operation | None = None
    imsi: Imsi | None = None
    count: int = Field(default=1, ge=1, le=1_000_000)
    delay_ms: int | None = Field(default=None, ge=1, le=86_400_000)

    @model_validator(mode="after")
    def _delay_has_a_length(self) -> "Fault":
        if (self.kind == "delay") != (self.delay_ms is not None):
            raise ValueError("delay_ms belongs to a delay, and a delay needs it")
        return self


class ProfileView(TypedDict):
    """A subscriber's profile in an answer."""

    services: list[str]
    apn: str | None
    roaming: bool


class SubscriberView(TypedDict):
    """A subscriber in an answer; `state` is active, suspended or terminated."""

    imsi: str
    iccid: str
    msisdn: str
    state: str
    profile: ProfileView


class HistoryView(TypedDict):
    """One executed request in a subscriber's history: what held after it."""

    at: str
    request_id: str
    operation: str
    state: str
    iccid: str
    msisdn: str


class FaultView(TypedDict):
    """A fault that still waits for `remaining` requests."""

    id: int
    kind: str
    operation: str | None
    imsi: str | None
    remaining: int
    delay_ms: int | None
