"""The way of an order once it is taken in. Each step looks at the state first, so that repeating it changes nothing."""

from uuid import UUID

from mvne_platform import billing, inventory, provisioning, subscriptions
from mvne_platform.kernel import Fact
from mvne_platform.orders import permissions, queries
from mvne_platform.orders.events import OrderCancelled, OrderCompleted, OrderFailed, OrderRejected, OrderReleased
from mvne_platform.orders.models import OrderItem, ProductOrder
from mvne_platform.orders.rules import Step, next_state
from mvne_platform.provisioning import NetworkLine, NetworkOperation
from mvne_platform.runtime import Context


def release_order(ctx: Context, order_id: UUID) -> ProductOrder:
    """Let a held order go on: the customer's identity is verified. Raises UnknownOrder."""
    order, moves = _step(ctx, order_id, Step.RELEASE)
    if moves:
        order.state_reason = None
        ctx.emit(OrderReleased(order.id))
    return order


def provision_order(ctx: Context, order_id: UUID) -> ProductOrder:
    """Ask the network to activate what was ordered. Raises UnknownOrder, WrongOrderState."""
    order, moves = _step(ctx, order_id, Step.PROVISION)
    if moves:
        for item in queries.items(ctx, order.id):
            provisioning.request(
                ctx,
                subscription_id=item.subscription_id,
                operation=NetworkOperation.ACTIVATE,
                cause_id=order.id,
                payload=_network_line(ctx, item),
            )
    return order


def complete_order(ctx: Context, order_id: UUID) -> ProductOrder:
    """The network has answered: SIM and number are the line's, the line is in service, charging begins.

    Raises UnknownOrder, WrongOrderState.
    """
    order, moves = _step(ctx, order_id, Step.COMPLETE)
    if not moves:
        return order
    for item in queries.items(ctx, order.id):
        inventory.assign(ctx, item.subscription_id)
        subscriptions.activate(ctx, item.subscription_id)
        billing.start_service(ctx, item.subscription_id)
    order.completed_at = ctx.now
    ctx.emit(OrderCompleted(order.id, order.customer_id))
    return order


def fail_order(ctx: Context, order_id: UUID, reason: str) -> ProductOrder:
    """The network refused for good: let go of everything reserved. Raises UnknownOrder, WrongOrderState."""
    return _end(ctx, order_id, Step.FAIL, reason, OrderFailed(order_id))


def reject_order(ctx: Context, order_id: UUID, reason: str) -> ProductOrder:
    """The customer's identity was not accepted: let go of everything reserved.

    Raises UnknownOrder, WrongOrderState.
    """
    return _end(ctx, order_id, Step.REJECT, reason, OrderRejected(order_id))


def cancel_order(ctx: Context, order_id: UUID, reason: str) -> ProductOrder:
    """Withdraw an order before the network is asked: let go of everything reserved.

    Raises UnknownOrder, WrongOrderState.
    """
    return _end(ctx, order_id, Step.CANCEL, reason, OrderCancelled(order_id))


def _end(ctx: Context, order_id: UUID, step: Step, reason: str, fact: Fact) -> ProductOrder:
    order, moves = _step(ctx, order_id, step)
    if not moves:
        return order
    order.state_reason = reason
    for item in queries.items(ctx, order.id):
        inventory.release(ctx, item.subscription_id)
        subscriptions.cancel(ctx, item.subscription_id)
    ctx.emit(fact)
    return order


def _step(ctx: Context, order_id: UUID, step: Step) -> tuple[ProductOrder, bool]:
    """Lock the order and move it; False when the step lies behind it."""
    ctx.require(permissions.MANAGE)
    order = queries.order_for_update(ctx, order_id)
    target = next_state(order.state, step)
    if target is not None:
        order.state = target
    return order, target is not None


def _network_line(ctx: Context, item: OrderItem) -> NetworkLine:
    sim = inventory.load_sim(ctx, item.sim_id)
    number = inventory.load_number(ctx, item.number_id)
    return NetworkLine(imsi=sim.imsi, iccid=sim.iccid, msisdn=number.msisdn)
