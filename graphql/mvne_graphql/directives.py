"""Directives of operations."""

from typing import Annotated

import strawberry
from strawberry.directive import DirectiveLocation, DirectiveValue


@strawberry.directive(
    locations=[DirectiveLocation.FIELD],
    description="Does the mutation once, however often it is sent with this key; the first answer is given again.",
)
def idempotent(
    value: DirectiveValue[object],
    key: Annotated[str, strawberry.argument(description="1 to 255 visible ASCII characters; a UUID is a good one.")],
) -> object:
    """The executor reads the key before the field runs; the answer passes unchanged."""
    del key
    return value
