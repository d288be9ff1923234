"""Every job a worker can run, by name, and the job that runs a reaction to a fact."""

from functools import cache
from uuid import UUID

from mvne_platform.billing import jobs as billing
from mvne_platform.charging import jobs as charging
from mvne_platform.inventory import jobs as inventory
from mvne_platform.kernel import Fact
from mvne_platform.letters import jobs as letters
from mvne_platform.loyalty import jobs as loyalty
from mvne_platform.mediation import jobs as mediation
from mvne_platform.party import jobs as party
from mvne_platform.provisioning import jobs as provisioning
from mvne_platform.reactions import REACTIONS
from mvne_platform.receivables import jobs as receivables
from mvne_platform.runtime import Context, Job
from mvne_platform.runtime.jobs import AnyJob
from mvne_platform.runtime.models import FactRow

# The scope of jobs that belong to no brand.
PLATFORM = "platform"

_BY_NAME = {react.__module__.rsplit(".", 1)[-1]: react for reactions in REACTIONS.values() for react in reactions}


@cache
def reactions_to(kind: str) -> tuple[str, ...]:
    """The names of the reactions to a kind of fact."""
    reactions = next((found for fact, found in REACTIONS.items() if fact.__name__ == kind), ())
    return tuple(react.__module__.rsplit(".", 1)[-1] for react in reactions)


def react(ctx: Context, fact_id: str, reaction: str) -> None:
    """Run one reaction to one fact."""
    row = ctx.db.get_one(FactRow, UUID(fact_id))
    _BY_NAME[reaction](ctx, Fact.from_payload(row.kind, row.payload))


REACT = Job("reactions.react", "events", react)

_JOBS: tuple[AnyJob, ...] = (
    REACT,
    billing.bill_account,
    billing.expire_allowances,
    billing.render_invoice,
    billing.renew_product,
    billing.run_month,
    billing.start_period,
    charging.book_rerating,
    charging.compute_rerating,
    charging.load_chunk,
    charging.rate_overdue_parts,
    charging.replay_share,
    charging.rerate_late,
    inventory.end_quarantine,
    letters.deliver,
    loyalty.reach_month,
    mediation.pull_source,
    mediation.test_source,
    mediation.tidy_source,
    mediation.watch_source,
    party.verify_identity,
    provisioning.send_request,
    receivables.take_payment,
)
JOBS: dict[str, AnyJob] = {job.name: job for job in _JOBS}
