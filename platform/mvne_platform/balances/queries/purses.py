"""Purses: the locks of everything that subscriptions and sharing groups hold."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from mvne_platform.balances import statements
from mvne_platform.balances.queries.sharing import sharing_of
from mvne_platform.runtime import Context


@dataclass(frozen=True, slots=True)
class PurseHead:
    """A purse without its content; `id` is the subscription's, or the sharing group's.

    `group_id` is the group that the subscription is in now (by the brand's clock); of a group's purse, the group
    itself. `version` rises with every movement of a bucket. `rated_until` is as in `Purse`.
    """

    id: UUID
    group_id: UUID | None
    version: int
    rated_until: UUID | None


def lock_purses(
    ctx: Context, subscription_ids: Collection[UUID], *, since: datetime | None = None, products: Collection[UUID] = ()
) -> dict[UUID, PurseHead]:
    """Lock subscriptions' purses, and those of the groups they belong to, until the transaction ends; answers by id.

    Everyone locks purses in the order of ids. A group's id sorts after every subscription's: once the subscriptions
    are locked nobody can change whose groups they are in, and only then are the groups locked. Groups are those of
    `since` (now, when none is given) and later, and those that hold allowances of `products`. Unknown ids have none.
    """
    return _heads(ctx, subscription_ids, since or ctx.now, products, locked=True)


def purses(ctx: Context, subscription_ids: Collection[UUID], *, since: datetime | None = None) -> dict[UUID, PurseHead]:
    """As `lock_purses`, without a lock: to compute on, and to compare `version` with once they are locked."""
    return _heads(ctx, subscription_ids, since or ctx.now, (), locked=False)


def lock_by_id(ctx: Context, purse_ids: Collection[UUID]) -> None:
    """Lock purses whose ids are known, groups' among them, in the order of ids."""
    ctx.db.execute(statements.LOCK_PURSES, {"ids": list(purse_ids)})


def _heads(
    ctx: Context, ids: Collection[UUID], since: datetime, products: Collection[UUID], *, locked: bool
) -> dict[UUID, PurseHead]:
    wanted = list(ids)
    own = ctx.db.execute(statements.LOCK_PURSES if locked else statements.PURSES, {"ids": wanted}).all()
    of_groups = statements.LOCK_GROUP_PURSES if locked else statements.GROUP_PURSES
    terms = {"ids": wanted, "since": since, "products": list(products)}
    shared = ctx.db.execute(of_groups, terms).all()
    joined = _groups_now(ctx, wanted) if shared else {}
    heads = [*_of(own, joined), *_of(shared, {row.id: row.id for row in shared})]
    return {head.id: head for head in heads}


def _groups_now(ctx: Context, ids: Collection[UUID]) -> dict[UUID, UUID]:
    return {
        subscription_id: one.group_id
        for subscription_id, spans in sharing_of(ctx, ids).items()
        for one in spans
        if one.holds_at(ctx.now)
    }


def _of(rows: Iterable[Any], groups: dict[UUID, UUID]) -> list[PurseHead]:
    return [PurseHead(row.id, groups.get(row.id), row.version, row.rated_until) for row in rows]
