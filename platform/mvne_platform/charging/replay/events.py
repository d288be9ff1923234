"""What happened to replays."""

from dataclasses import dataclass
from uuid import UUID

from mvne_platform.kernel import Fact


@dataclass(frozen=True, slots=True)
class TariffReplayed(Fact):
    """All of a period's usage has been rated under the draft."""

    run_id: UUID
