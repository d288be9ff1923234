"""The loyalty programme: members, what earns points, what points buy."""

from mvne_platform.loyalty import jobs
from mvne_platform.loyalty.commands import accrue, enrol, redeem
from mvne_platform.loyalty.errors import LineNotInService, PointsTooFew, ProgrammeInvalid, UnknownMember, UnknownReward
from mvne_platform.loyalty.events import MemberEnrolled, PointsEarned, RewardRedeemed
from mvne_platform.loyalty.models import (
    AccrualRule,
    AccrualTrigger,
    Member,
    PointsReason,
    Programme,
    Redemption,
    Reward,
)
from mvne_platform.loyalty.programme import set_programme
from mvne_platform.loyalty.queries import PointsLine, account, entries, member, programme, redemptions, rewards
from mvne_platform.loyalty.rules import Problem, ProgrammeDraft, RewardDraft, RuleDraft, programme_problems
from mvne_platform.loyalty.tenure import start_tenure

__all__ = [
    "AccrualRule",
    "AccrualTrigger",
    "LineNotInService",
    "Member",
    "MemberEnrolled",
    "PointsEarned",
    "PointsLine",
    "PointsReason",
    "PointsTooFew",
    "Problem",
    "Programme",
    "ProgrammeDraft",
    "ProgrammeInvalid",
    "Redemption",
    "Reward",
    "RewardDraft",
    "RewardRedeemed",
    "RuleDraft",
    "UnknownMember",
    "UnknownReward",
    "account",
    "accrue",
    "enrol",
    "entries",
    "jobs",
    "member",
    "programme",
    "programme_problems",
    "redeem",
    "redemptions",
    "rewards",
    "set_programme",
    "start_tenure",
]
