"""Global ids, nodes and connections (GraphQL Cursor Connections), read by keyset: page 10,000 costs as page 1."""

import binascii
import re
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Annotated, Generic, TypeVar
from uuid import UUID

import strawberry

from mvne_graphql.errors import BadInput
from mvne_graphql.fields import resolved
from mvne_platform.kernel import NotFound

DEFAULT_PAGE, LONGEST_PAGE = 25, 100

First = Annotated[
    int | None,
    strawberry.argument(description=f"How many to answer: {DEFAULT_PAGE} unless said, at most {LONGEST_PAGE}."),
]
After = Annotated[
    str | None, strawberry.argument(description="Answer what comes after this cursor; from the start if absent.")
]


@strawberry.interface(description="Something with an id of its own.")
class Node:
    """What `node(id:)` can find."""

    id: strawberry.ID = strawberry.field(description="Opaque, stable and unique over all types.")


def global_id(kind: str, key: UUID) -> strawberry.ID:
    """The id that clients see: type and UUID, in base64."""
    return strawberry.ID(b64encode(f"{kind}:{key}".encode()).decode())


def split_id(given: str) -> tuple[str, UUID]:
    """Type and UUID of a global id; raises UnreadableId."""
    try:
        kind, _, key = b64decode(given, validate=True).decode().partition(":")
        return kind, UUID(key)
    except (ValueError, binascii.Error) as error:
        raise UnreadableId(f"'{given[:80]}' is not an id of this API; send ids as you received them.") from error


def key_of(given: str, kind: str, *field: str) -> UUID:
    """The UUID in a global id of `kind`; raises UnreadableId for another type's. `field` is its path in the input."""
    found, key = _split(given, field)
    if found != kind:
        raise UnreadableId(f"This is the id of a {found}; a {kind}'s is needed here.", field=field)
    return key


def _split(given: str, field: tuple[str, ...]) -> tuple[str, UUID]:
    try:
        return split_id(given)
    except UnreadableId as error:
        raise UnreadableId(error.message, field=field) from error


class UnreadableId(NotFound):
    """The text is not an id, or is one of another type: nothing can be found by it."""

    code = "UNREADABLE_ID"


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    """Relay's PageInfo; lists are read forwards."""

    has_next_page: bool = strawberry.field(description="Whether more follows.")
    has_previous_page: bool = strawberry.field(description="Whether something comes before this page.")
    start_cursor: str | None = strawberry.field(description="The cursor of the first edge.")
    end_cursor: str | None = strawberry.field(description="The cursor of the last edge; pass it as `after`.")


Item = TypeVar("Item")


@strawberry.type(description="An item of a page, with its place in the list.")
class Edge(Generic[Item]):
    """Relay's edge."""

    cursor: str = strawberry.field(description="The place of this item in the list.")
    node: Item = strawberry.field(description="The item.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[Item]):
    """Relay's connection, with `nodes` for those who need no cursors."""

    edges: list[Edge[Item]] = strawberry.field(description="The items of this page with their cursors.")
    nodes: list[Item] = strawberry.field(description="The items of this page.")
    page_info: PageInfo = strawberry.field(description="Where this page stands.")
    count: strawberry.Private[Callable[[], int] | None] = None

    @resolved("How many items the whole list has, if that is counted; it costs as much as ten items.", cost=10)
    def total_count(self) -> int | None:
        """Counted only when asked for."""
        return self.count() if self.count else None


@dataclass(frozen=True, slots=True)
class Page:
    """What a list is asked for: `limit` items after the key `after`."""

    limit: int
    after: tuple[str, ...] | None

    @classmethod
    def of(cls, first: int | None, after: str | None) -> "Page":
        """Read `first` and `after`; raises BadInput."""
        limit = DEFAULT_PAGE if first is None else first
        if not 0 <= limit <= LONGEST_PAGE:
            raise BadInput(f"`first` is between 0 and {LONGEST_PAGE}; read longer lists page by page.")
        return cls(limit, None if after is None else read_cursor(after))

    @property
    def fetch(self) -> int:
        """One more than the page, to see whether something follows."""
        return self.limit + 1

    @property
    def after_id(self) -> UUID | None:
        """The cursor of a list that is ordered by id; raises BadInput."""
        if self.after is None:
            return None
        try:
            return UUID(self.after[0])
        except ValueError as error:
            raise BadInput(_BAD_CURSOR) from error

    @property
    def after_number(self) -> int | None:
        """The cursor of a list that is ordered by a number; raises BadInput."""
        if self.after is None:
            return None
        if not re.fullmatch(r"[0-9]{1,18}", self.after[0]):
            raise BadInput(_BAD_CURSOR)
        return int(self.after[0])


_BAD_CURSOR = "`after` is not a cursor of this list; pass a cursor as you received it."
_SEPARATOR = "\x1f"


def cursor(*key: object) -> str:
    """The place of an item in its list: the values the list is ordered by."""
    return urlsafe_b64encode(_SEPARATOR.join(map(str, key)).encode()).decode()


def read_cursor(given: str) -> tuple[str, ...]:
    """The values in a cursor; raises BadInput."""
    try:
        return tuple(urlsafe_b64decode(given).decode().split(_SEPARATOR))
    except (ValueError, binascii.Error) as error:
        raise BadInput(_BAD_CURSOR) from error


Row = TypeVar("Row")


def connect(
    rows: Sequence[Row],
    page: Page,
    show: Callable[[Row], Item],
    *,
    key: Callable[[Row], object] = attrgetter("id"),
    count: Callable[[], int] | None = None,
) -> Connection[Item]:
    """A connection from at most `page.fetch` rows, ordered by `key` (one value or a tuple)."""
    kept = rows[: page.limit]
    edges = [Edge(cursor=_place(key(row)), node=show(row)) for row in kept]
    return Connection(
        edges=edges,
        nodes=[edge.node for edge in edges],
        page_info=PageInfo(
            has_next_page=len(rows) > len(kept),
            has_previous_page=page.after is not None,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
        count=count,
    )


def _place(key: object) -> str:
    return cursor(*key) if isinstance(key, tuple) else cursor(key)


def slice_of(rows: Sequence[Row], page: Page, key: Callable[[Row], object] = attrgetter("id")) -> Sequence[Row]:
    """The page of a short list that is in memory already, in its order."""
    if page.after is None:
        return rows[: page.fetch]
    places = [str(key(row)) for row in rows]
    start = places.index(page.after[0]) + 1 if page.after[0] in places else len(rows)
    return rows[start : start + page.fetch]
