"""Vouchers."""

from datetime import datetime
from typing import Annotated

import strawberry

from mvne_graphql.context import Info
from mvne_graphql.money import MoneyInput
from mvne_graphql.payloads import DRY_RUN, INPUT, Payload, mutation
from mvne_platform import promotions


@strawberry.input(description="Vouchers to be made.")
class IssueVouchersInput:
    """What `issueVouchers` needs."""

    batch_code: str = strawberry.field(description="A name for the batch; each can be issued once.")
    count: int = strawberry.field(description="How many.")
    amount: MoneyInput = strawberry.field(description="What each is worth, in the brand's currency.")
    valid_to: datetime = strawberry.field(description="Until when they can be redeemed.")
    dry_run: bool = strawberry.field(default=False, description=DRY_RUN)


@strawberry.type(description="What became of a batch of vouchers.")
class IssueVouchersPayload(Payload):
    """The codes are shown here and nowhere else."""

    codes: list[str] | None = strawberry.field(
        default=None,
        description="The codes; no query answers them later. None in a dry run: nobody shall print worthless ones.",
    )


@strawberry.type
class VoucherMutations:
    """Root fields."""

    @mutation("Makes a batch of vouchers, each worth the amount once.", keyed=True)
    def issue_vouchers(self, info: Info, given: Annotated[IssueVouchersInput, INPUT]) -> IssueVouchersPayload:
        """Repeated under its key, for an answer that was lost on the way, it shows the same codes again."""
        codes = promotions.issue_vouchers(
            info.context.ctx,
            batch_code=given.batch_code,
            count=given.count,
            money=given.amount.money(),
            valid_to=given.valid_to,
        )
        return IssueVouchersPayload(codes=[] if given.dry_run else codes)
