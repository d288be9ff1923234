from itertools import product

import pytest

from mvne_platform.subscriptions import SubscriptionState, WrongState
from mvne_platform.subscriptions.rules import Action, next_state

PENDING, ACTIVE, LAPSED = SubscriptionState.PENDING, SubscriptionState.ACTIVE, SubscriptionState.LAPSED
SUSPENDED, TERMINATED = SubscriptionState.SUSPENDED, SubscriptionState.TERMINATED

# The table as it was agreed: a dash refuses, "=" is done already.
AGREED = {
    Action.ACTIVATE: {PENDING: ACTIVE, ACTIVE: "=", LAPSED: "-", SUSPENDED: "-", TERMINATED: "-"},
    Action.CANCEL: {PENDING: TERMINATED, ACTIVE: "-", LAPSED: "-", SUSPENDED: "-", TERMINATED: "="},
    Action.LAPSE: {PENDING: "-", ACTIVE: LAPSED, LAPSED: "=", SUSPENDED: "-", TERMINATED: "-"},
    Action.RESTORE: {PENDING: "-", ACTIVE: "=", LAPSED: ACTIVE, SUSPENDED: "-", TERMINATED: "-"},
}


@pytest.mark.parametrize(("action", "state"), list(product(Action, SubscriptionState)))
def test_every_action_in_every_state(action: Action, state: SubscriptionState) -> None:
    agreed = AGREED[action][state]
    if agreed == "-":
        with pytest.raises(WrongState) as refused:
            next_state(state, action)
        assert refused.value.code == "WRONG_SUBSCRIPTION_STATE"
    else:
        assert next_state(state, action) == (state if agreed == "=" else agreed)


def test_a_refusal_names_the_way_out() -> None:
    with pytest.raises(WrongState, match="is terminated; to lapse it, it must be active"):
        next_state(TERMINATED, Action.LAPSE)
