"""Which usage is to be looked at again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from mvne_platform.charging.past import statements
from mvne_platform.mediation import first_key
from mvne_platform.runtime import Context

SHARE = 50
"""Accounts that are looked at in one transaction: few, so that there are shares for many workers."""
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Scope:
    """Usage that began in [since, until) (UTC); of a subscription, a plan (offering code), versions of a price list.

    What is None does not narrow it.
    """

    since: datetime
    until: datetime | None = None
    subscription_id: UUID | None = None
    plan: str | None = None
    versions: Collection[UUID] | None = None

    def holds(self, row: Any) -> bool:
        """Whether a stored event is in the scope."""
        if self.until is not None and row.start >= self.until:
            return False
        if self.subscription_id is not None and row.subscription_id != self.subscription_id:
            return False
        if self.plan is not None and row.plan != self.plan:
            return False
        return self.versions is None or row.price_list_version_id in self.versions


def accounts_with_usage(ctx: Context, scope: Scope) -> list[UUID]:
    """The billing accounts whose lines have usage in the scope, in the order of ids."""
    terms = {
        "lowest": first_key(scope.since),
        "highest": first_key(scope.until or _NEVER),
        "subscription_id": scope.subscription_id,
        "plan": scope.plan,
        "versions": list(scope.versions) if scope.versions is not None else None,
    }
    return list(ctx.db.scalars(statements.ACCOUNTS, terms))


def in_shares(accounts: Sequence[UUID], size: int = SHARE) -> list[Sequence[UUID]]:
    """The accounts in shares of one transaction each; one empty share when there are none."""
    return [accounts[start : start + size] for start in range(0, len(accounts), size)] or [[]]
