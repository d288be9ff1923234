"""Moving balances. Callers are other domains' commands, which ask for the permission; staff's own are `adjust…`."""

from mvne_platform.balances.commands.adjustments import adjust, adjust_bucket
from mvne_platform.balances.commands.allowances import begin_period, expire, grant_allowance, grant_allowances
from mvne_platform.balances.commands.limits import limit_spent, limit_used_up
from mvne_platform.balances.commands.money import debit, open_money, open_money_of_many, top_up
from mvne_platform.balances.commands.sharing import add_member, open_group, remove_member
from mvne_platform.balances.commands.usage import (
    advance_purses,
    move_counters,
    note_usage,
    notice_percents,
    post_rerating,
    post_usage,
    touch_purses,
)

__all__ = [
    "add_member",
    "adjust",
    "adjust_bucket",
    "advance_purses",
    "begin_period",
    "debit",
    "expire",
    "grant_allowance",
    "grant_allowances",
    "limit_spent",
    "limit_used_up",
    "move_counters",
    "note_usage",
    "notice_percents",
    "open_group",
    "open_money",
    "open_money_of_many",
    "post_rerating",
    "post_usage",
    "remove_member",
    "top_up",
    "touch_purses",
]
