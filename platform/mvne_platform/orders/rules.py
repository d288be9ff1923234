"""How an order moves from state to state. Pure."""

from enum import StrEnum

from mvne_platform.orders.errors import WrongOrderState
from mvne_platform.orders.models import OrderState


class Step(StrEnum):
    """What moves an order on."""

    RELEASE = "release"
    REJECT = "reject"
    CANCEL = "cancel"
    PROVISION = "provision"
    COMPLETE = "complete"
    FAIL = "fail"


TRANSITIONS: dict[tuple[OrderState, Step], OrderState] = {
    (OrderState.HELD, Step.RELEASE): OrderState.ACKNOWLEDGED,
    (OrderState.HELD, Step.REJECT): OrderState.REJECTED,
    (OrderState.HELD, Step.CANCEL): OrderState.CANCELLED,
    (OrderState.ACKNOWLEDGED, Step.CANCEL): OrderState.CANCELLED,
    (OrderState.ACKNOWLEDGED, Step.PROVISION): OrderState.IN_PROGRESS,
    (OrderState.IN_PROGRESS, Step.COMPLETE): OrderState.COMPLETED,
    (OrderState.IN_PROGRESS, Step.FAIL): OrderState.FAILED,
}

_ENDED_UNSERVED = frozenset({OrderState.REJECTED, OrderState.CANCELLED})
_BEGUN = frozenset({OrderState.IN_PROGRESS, OrderState.COMPLETED, OrderState.FAILED})

# In these states a step lies behind the order, or can have no effect any more: repeating it changes nothing.
BEHIND: dict[Step, frozenset[OrderState]] = {
    Step.RELEASE: _BEGUN | _ENDED_UNSERVED | {OrderState.ACKNOWLEDGED},
    Step.REJECT: _ENDED_UNSERVED,
    Step.CANCEL: frozenset({OrderState.CANCELLED}),
    Step.PROVISION: _BEGUN | _ENDED_UNSERVED,
    Step.COMPLETE: frozenset({OrderState.COMPLETED}),
    Step.FAIL: frozenset({OrderState.FAILED}),
}


def next_state(state: OrderState, step: Step) -> OrderState | None:
    """The state after a step; None when it lies behind the order.

    Raises WrongOrderState, whose message names the states from which the step is possible.
    """
    if state in BEHIND[step]:
        return None
    target = TRANSITIONS.get((state, step))
    if target is None:
        possible = " or ".join(begin for begin, possible in TRANSITIONS if possible is step)
        raise WrongOrderState(f"The order is {state}; to {step} it, it must be {possible}.")
    return target
