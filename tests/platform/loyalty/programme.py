"""A programme to test with."""

from mvne_platform.kernel import Unit
from mvne_platform.loyalty import AccrualTrigger, ProgrammeDraft, RewardDraft, RuleDraft

NAME = {"da": "Bonus", "en": "Bonus"}

PROGRAMME = ProgrammeDraft(
    code="bonus",
    name=NAME,
    rules=(
        RuleDraft("top_ups", AccrualTrigger.TOP_UP, 2, per_micros=10_000_000),
        RuleDraft("bills", AccrualTrigger.BILL, 1, per_micros=10_000_000),
        RuleDraft("tenure", AccrualTrigger.TENURE, 50, months=(1, 3, 6, 12)),
    ),
    rewards=(
        RewardDraft("hour", NAME, 100, Unit.SECOND, 3_600, 30, services=("voice_out",)),
        RewardDraft("gigabyte", NAME, 60, Unit.BYTE, 1_000_000_000, 7, services=("data",)),
    ),
)
