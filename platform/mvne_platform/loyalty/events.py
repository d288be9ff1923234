"""What happened in the loyalty programme."""

from dataclasses import dataclass
from uuid import UUID

from mvne_platform.kernel import Fact


@dataclass(frozen=True, slots=True)
class MemberEnrolled(Fact):
    """A customer has joined the programme."""

    member_id: UUID
    customer_id: UUID


@dataclass(frozen=True, slots=True)
class PointsEarned(Fact):
    """A rule gave a member points."""

    member_id: UUID
    points: int
    rule_code: str


@dataclass(frozen=True, slots=True)
class RewardRedeemed(Fact):
    """A member exchanged points for a reward, and has it."""

    redemption_id: UUID
    member_id: UUID
