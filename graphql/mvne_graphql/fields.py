"""Fields that take work to answer, with what that costs."""

from collections.abc import Callable
from typing import Any, TypeVar

import strawberry

Resolver = TypeVar("Resolver", bound=Callable[..., Any])


def resolved(description: str, *, cost: int = 1, size: int = 1, name: str | None = None) -> Callable[[Resolver], Any]:
    """A field answered by the decorated function: `cost` points of its own, its inner fields counted `size` times.

    `size` is the usual length of a list without `first`.
    """
    metadata = {"cost": cost, "size": size}

    def decorate(resolve: Resolver) -> Any:
        return strawberry.field(resolve, name=name, description=description, metadata=metadata)

    return decorate
