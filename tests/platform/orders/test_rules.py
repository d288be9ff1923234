from itertools import product

import pytest

from mvne_platform.orders import OrderState, WrongOrderState
from mvne_platform.orders.rules import TRANSITIONS, Step, next_state

# The table as it was agreed, read across: acknowledged, held, in progress, completed, failed, rejected, cancelled.
# A dash refuses; "=" lies behind the order and changes nothing.
AGREED = {
    Step.RELEASE: "=            acknowledged  =          =  =  =  =",
    Step.REJECT: "-             rejected      -          -  -  =  =",
    Step.CANCEL: "cancelled     cancelled     -          -  -  -  =",
    Step.PROVISION: "in_progress   -          =          =  =  =  =",
    Step.COMPLETE: "-            -             completed  =  -  -  -",
    Step.FAIL: "-                -             failed     -  =  -  -",
}
STATES = [
    OrderState.ACKNOWLEDGED, OrderState.HELD, OrderState.IN_PROGRESS, OrderState.COMPLETED,
    OrderState.FAILED, OrderState.REJECTED, OrderState.CANCELLED,
]  # fmt: skip


def test_the_table_knows_every_state() -> None:
    assert sorted(STATES) == sorted(OrderState)


@pytest.mark.parametrize(("step", "state"), list(product(Step, STATES)))
def test_every_step_in_every_state(step: Step, state: OrderState) -> None:
    agreed = AGREED[step].split()[STATES.index(state)]
    if agreed == "-":
        with pytest.raises(WrongOrderState) as refused:
            next_state(state, step)
        assert refused.value.code == "WRONG_ORDER_STATE"
    else:
        assert next_state(state, step) == (None if agreed == "=" else OrderState(agreed))


def test_an_ended_order_never_comes_back() -> None:
    ends = {OrderState.COMPLETED, OrderState.FAILED, OrderState.REJECTED, OrderState.CANCELLED}
    assert not ends & {begin for begin, _ in TRANSITIONS}


def test_a_refusal_names_the_way_out() -> None:
    with pytest.raises(WrongOrderState, match="is completed; to cancel it, it must be held or acknowledged"):
        next_state(OrderState.COMPLETED, Step.CANCEL)
