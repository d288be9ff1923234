"""Who is signed in, and at which brands."""

import strawberry
from sqlalchemy import select

from mvne_graphql.context import Info
from mvne_graphql.fields import resolved
from mvne_graphql.relay import global_id
from mvne_platform.access import EVERY_BRAND, StaffMember
from mvne_platform.kernel import Forbidden
from mvne_platform.runtime import BrandRow


@strawberry.type(description="A brand granted to the member of staff.")
class GrantedBrand:
    """Choose it with X-Brand."""

    slug: str = strawberry.field(description="What to send in the header X-Brand.")
    name: str = strawberry.field(description="The brand's name.")
    roles: list[str] = strawberry.field(description="The roles held at this brand.")
    permissions: list[str] = strawberry.field(description="What these roles allow.")


@strawberry.type(description="The member of staff who is signed in.")
class Me:
    """Read from the registry at each request."""

    id: strawberry.ID = strawberry.field(description="Opaque and stable.")
    email: str = strawberry.field(description="The e-mail address to sign in with.")
    name: str = strawberry.field(description="The name.")
    permissions: list[str] = strawberry.field(description="What is allowed at the platform itself.")
    member: strawberry.Private[StaffMember]

    @resolved("The brands granted, by name.", cost=2)
    def brands(self, info: Info) -> list[GrantedBrand]:
        """A grant for every brand lists every brand."""
        member = self.member
        rows = info.context.platform.execute(select(BrandRow.slug, BrandRow.name).order_by(BrandRow.slug))
        return [
            GrantedBrand(slug=slug, name=name, roles=roles, permissions=sorted(member.actor(slug).permissions))
            for slug, name in rows
            if (roles := sorted({role for where, role in member.grants if where in (EVERY_BRAND, slug)}))
        ]


@strawberry.type
class MeQueries:
    """Root fields."""

    @resolved("Who is signed in.")
    def me(self, info: Info) -> Me:
        """The token's subject."""
        member = info.context.member
        if member is None:
            raise Forbidden("Nobody is signed in.")
        return Me(
            id=global_id("Me", member.id),
            email=member.email,
            name=member.name,
            permissions=sorted(member.actor(None).permissions),
            member=member,
        )
