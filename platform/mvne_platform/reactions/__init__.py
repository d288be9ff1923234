"""What the platform does by itself when something has happened: one sentence, one file.

Each reaction runs in a transaction and a job of its own, after the fact's commit, at least once.
"""

from collections.abc import Callable
from typing import Any

from mvne_platform.balances import AllowanceThresholdReached, BalanceToppedUp, SpendThresholdReached
from mvne_platform.billing import InvoiceIssued, InvoiceRendered, PlanLapsed, RenewalFailed
from mvne_platform.kernel import Fact
from mvne_platform.mediation import FailureBatchAdvanced, UsageFileReady
from mvne_platform.orders import OrderCompleted, OrderReleased
from mvne_platform.party import IdentityDeclined, IdentityVerified
from mvne_platform.provisioning import NetworkRequestDone, NetworkRequestFailed
from mvne_platform.reactions import (
    activated_line_starts_tenure,
    allowance_threshold_is_told,
    begun_failure_batch_goes_on,
    completed_order_enrols_member,
    completed_order_sends_welcome,
    declined_identity_is_announced,
    declined_identity_rejects_order,
    failed_renewal_is_announced,
    issued_invoice_earns_points,
    issued_invoice_is_owed,
    issued_invoice_is_sent,
    lapsed_plan_is_announced,
    network_answer_completes_order,
    network_refusal_fails_order,
    reached_spend_limit_limits_the_line,
    ready_usage_file_is_loaded,
    released_order_starts_provisioning,
    restored_line_restarts_tenure,
    spend_threshold_is_told,
    top_up_earns_points,
    top_up_is_confirmed,
    top_up_renews_plan,
    used_up_allowance_limits_the_line,
    verified_identity_releases_order,
)
from mvne_platform.runtime import Context
from mvne_platform.subscriptions import SubscriptionActivated, SubscriptionRestored

Reaction = Callable[[Context, Any], None]

REACTIONS: dict[type[Fact], tuple[Reaction, ...]] = {
    IdentityVerified: (verified_identity_releases_order.react,),
    IdentityDeclined: (declined_identity_rejects_order.react, declined_identity_is_announced.react),
    OrderReleased: (released_order_starts_provisioning.react,),
    NetworkRequestDone: (network_answer_completes_order.react,),
    NetworkRequestFailed: (network_refusal_fails_order.react,),
    OrderCompleted: (completed_order_sends_welcome.react, completed_order_enrols_member.react),
    SubscriptionActivated: (activated_line_starts_tenure.react,),
    SubscriptionRestored: (restored_line_restarts_tenure.react,),
    BalanceToppedUp: (top_up_renews_plan.react, top_up_earns_points.react, top_up_is_confirmed.react),
    AllowanceThresholdReached: (allowance_threshold_is_told.react, used_up_allowance_limits_the_line.react),
    SpendThresholdReached: (spend_threshold_is_told.react, reached_spend_limit_limits_the_line.react),
    RenewalFailed: (failed_renewal_is_announced.react,),
    PlanLapsed: (lapsed_plan_is_announced.react,),
    InvoiceIssued: (issued_invoice_is_owed.react, issued_invoice_earns_points.react),
    InvoiceRendered: (issued_invoice_is_sent.react,),
    UsageFileReady: (ready_usage_file_is_loaded.react,),
    FailureBatchAdvanced: (begun_failure_batch_goes_on.react,),
}
