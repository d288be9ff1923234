"""From which state a subscription may go where. Pure."""

from enum import StrEnum

from mvne_platform.subscriptions.errors import WrongState
from mvne_platform.subscriptions.models import SubscriptionState


class Action(StrEnum):
    """What is done to a subscription."""

    ACTIVATE = "activate"
    CANCEL = "cancel"
    LAPSE = "lapse"
    RESTORE = "restore"


TRANSITIONS: dict[tuple[SubscriptionState, Action], SubscriptionState] = {
    (SubscriptionState.PENDING, Action.ACTIVATE): SubscriptionState.ACTIVE,
    (SubscriptionState.PENDING, Action.CANCEL): SubscriptionState.TERMINATED,
    (SubscriptionState.ACTIVE, Action.LAPSE): SubscriptionState.LAPSED,
    (SubscriptionState.LAPSED, Action.RESTORE): SubscriptionState.ACTIVE,
}

TARGETS = {action: target for (_, action), target in TRANSITIONS.items()}


def next_state(state: SubscriptionState, action: Action) -> SubscriptionState:
    """The state after the action; the same one when it is done already.

    Raises WrongState, whose message names the states from which it is possible.
    """
    if state is TARGETS[action]:
        return state
    target = TRANSITIONS.get((state, action))
    if target is None:
        possible = " or ".join(begin for begin, possible in TRANSITIONS if possible is action)
        raise WrongState(f"The subscription is {state}; to {action} it, it must be {possible}.")
    return target
