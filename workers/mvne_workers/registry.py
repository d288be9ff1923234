"""Every job a worker can run, by name, and the job that runs a reaction to a fact."""

from functools import cache
from uuid import UUID

from mvne_platform.kernel import Fact
from mvne_platform.reactions import REACTIONS
from mvne_platform.runtime import Context, Job
from mvne_platform.runtime.models import FactRow

# The scope of jobs that belong to no brand.
PLATFORM = "platform"

_REACTIONS_BY_NAME = {
    react.__module__.rsplit(".", 1)[-1]: react for reactions in REACTIONS.values() for react in reactions
}


@cache
def reactions_to(kind: str) -> tuple[str, ...]:
    """The names of the reactions to a kind of fact."""
    reactions = next((found for fact, found in REACTIONS.items() if fact.__name__ == kind), ())
    return tuple(react.__module__.rsplit(".", 1)[-1] for react in reactions)


def react(ctx: Context, fact_id: str, reaction: str) -> None:
    """Run one reaction to one fact."""
    row = ctx.db.get_one(FactRow, UUID(fact_id))
    _REACTIONS_BY_NAME[reaction](ctx, Fact.from_payload(row.kind, row.payload))


REACT = Job("reactions.react", "events", react)
