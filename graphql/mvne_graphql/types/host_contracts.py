"""What the brand pays its host operator."""

from datetime import datetime
from typing import Self

import strawberry

from mvne_platform.catalogue import editing


@strawberry.type(description="By which wholesale list a host operator charges the brand during a span.")
class HostContract:
    """One holds at a time."""

    code: str = strawberry.field(description="The contract's name for programs.")
    operator: str = strawberry.field(description="The host operator.")
    price_list: str = strawberry.field(description="The wholesale list.")
    valid_from: datetime = strawberry.field(description="Since when.")
    valid_to: datetime | None = strawberry.field(description="Until when; null while it lasts.")

    @classmethod
    def of(cls, view: editing.ContractView) -> Self:
        """As stored."""
        return cls(
            code=view.code,
            operator=view.operator,
            price_list=view.price_list,
            valid_from=view.valid_from,
            valid_to=view.valid_to,
        )
