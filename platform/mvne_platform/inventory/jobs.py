"""Background work of this domain."""

from uuid import UUID

from mvne_platform.inventory.models import Number, ResourceState
from mvne_platform.runtime import Context, Job


def _free_after_quarantine(ctx: Context, number_id: str) -> None:
    """Let a number be given out again; one that a person moved on meanwhile stays as it is."""
    number = ctx.db.get(Number, UUID(number_id), with_for_update=True)
    if number is not None and number.state is ResourceState.QUARANTINE and _is_over(number, ctx):
        number.state = ResourceState.FREE
        number.free_from = None


def _is_over(number: Number, ctx: Context) -> bool:
    return number.free_from is not None and number.free_from <= ctx.now


end_quarantine = Job("inventory.end_quarantine", "events", _free_after_quarantine)
