"""Applying manifests, going live, moving sandbox clocks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry

import mvne_tenants
from mvne_graphql.console.brands import Brand, ReadinessPoint, granted_brand
from mvne_graphql.context import Info, RequestContext
from mvne_graphql.fields import resolved
from mvne_graphql.nodes import Id, one
from mvne_graphql.payloads import INPUT, Payload, UserError, mutation
from mvne_graphql.relay import key_of
from mvne_graphql.types.onboarding import BrandApplication, ClientCredential, ManifestChange, ManifestFault
from mvne_platform.kernel import DomainError, InvalidInput
from mvne_platform.runtime import Actor
from mvne_tenants import clock
from mvne_tenants.errors import UnknownApplication
from mvne_tenants.permissions import READ


@strawberry.input(description="A file of a manifest.")
class ManifestFileInput:
    """A path below the manifest's folder, and the text."""

    path: str = strawberry.field(description="Where it is, such as `catalogue.toml`.")
    content: str = strawberry.field(description="What is in it.")


@strawberry.input(description="A brand as data.")
class ApplyBrandInput:
    """What `applyBrand` needs."""

    files: list[ManifestFileInput] = strawberry.field(description="The whole manifest, at most 300 files.")
    dry_run: bool = strawberry.field(
        default=False, description="Check everything, answer the faults or the changes, and do nothing."
    )


@strawberry.type(description="What became of a manifest.")
class ApplyBrandPayload(Payload):
    """Faults, or a plan and an application under way."""

    faults: list[ManifestFault] = strawberry.field(
        default_factory=list, description="Everything that is wrong with the manifest."
    )
    changes: list[ManifestChange] | None = strawberry.field(
        default=None, description="What applying it changes, item by item, as things stand now."
    )
    notes: list[str] = strawberry.field(
        default_factory=list, description="What was decided between the manifest's files, for people."
    )
    application: BrandApplication | None = strawberry.field(
        default=None, description="The application, carried out in the background; null in a dry run."
    )

    @classmethod
    def refusing(cls, error: DomainError) -> Self:
        """With every fault, if it is for faults."""
        faults = error.faults if isinstance(error, mvne_tenants.ManifestFaulty) else ()
        return cls(user_errors=[UserError.of(error)], faults=[ManifestFault.of(fault) for fault in faults])


@strawberry.input(description="The application whose new clients' secrets are wanted.")
class CollectCredentialsInput:
    """What `collectCredentials` needs."""

    application_id: strawberry.ID = strawberry.field(description="The application.")


@strawberry.type(description="The secrets of API clients an application made.")
class CollectCredentialsPayload(Payload):
    """Answered once."""

    credentials: list[ClientCredential] | None = strawberry.field(default=None, description="The secrets, once.")


@strawberry.input(description="The sandbox that becomes real.")
class TakeBrandLiveInput:
    """What `takeBrandLive` needs."""

    slug: str = strawberry.field(description="The brand.")


@strawberry.type(description="What became of a brand.")
class TakeBrandLivePayload(Payload):
    """From here on its clock is real time."""

    brand: Brand | None = strawberry.field(default=None, description="The brand.")
    missing: list[ReadinessPoint] = strawberry.field(
        default_factory=list, description="The points of the checklist that are not met, if it was refused for them."
    )

    @classmethod
    def refusing(cls, error: DomainError) -> Self:
        """With what is missing, if it is for that."""
        missing = error.missing if isinstance(error, mvne_tenants.NotReady) else ()
        return cls(user_errors=[UserError.of(error)], missing=[ReadinessPoint.of(point) for point in missing])


@strawberry.input(description="Where to move a sandbox's clock.")
class AdvanceClockInput:
    """What `advanceClock` needs."""

    slug: str = strawberry.field(description="The brand.")
    to: datetime = strawberry.field(description="The instant to reach; never back.")


@strawberry.type(description="What became of a clock.")
class AdvanceClockPayload(Payload):
    """It moves in the background; ask `brand.clock` until it has arrived."""

    brand: Brand | None = strawberry.field(default=None, description="The brand.")


def find_application(context: RequestContext, key: UUID) -> BrandApplication:
    """For those who may read its brand; to others it looks absent."""
    slug = mvne_tenants.brand_of_application(context.platform, key)
    actor = context.actor_at(slug or "")
    if slug is None or not actor.may(READ):
        raise UnknownApplication("There is no such application of a manifest.", field=("application_id",))
    return BrandApplication.of(mvne_tenants.application(context.platform, key, actor=actor))


@strawberry.type
class OnboardingQueries:
    """Root fields; they need no X-Brand."""

    @resolved("The application of a manifest; null if there is none.")
    def brand_application(self, info: Info, id: Id) -> BrandApplication | None:  # noqa: A002  # Relay's word
        """By id."""
        found: BrandApplication | None = one(info.context, "BrandApplication", id, find_application)
        return found


@strawberry.type
class OnboardingMutations:
    """Root fields; they need no X-Brand."""

    @mutation(
        "Makes a brand, or brings it up to date, from its manifest. The same again changes nothing.",
        keyless=True,
        cost=200,
    )
    def apply_brand(self, info: Info, given: Annotated[ApplyBrandInput, INPUT]) -> ApplyBrandPayload:
        """A worker carries it out: this process has no right to make schemas."""
        context, files = info.context, _files(given.files)
        actor = _actor_for(context, files)
        plan = mvne_tenants.plan(files, actor=actor)
        row = None if given.dry_run else mvne_tenants.request_apply(context.platform, files, actor=actor)
        return ApplyBrandPayload(
            changes=[ManifestChange.of(change) for change in plan.changes],
            notes=list(plan.notes),
            application=BrandApplication.of(row) if row else None,
        )

    @mutation("Answers the secrets of the API clients an application made. Once.", keyless=True)
    def collect_credentials(
        self, info: Info, given: Annotated[CollectCredentialsInput, INPUT]
    ) -> CollectCredentialsPayload:
        """Asked again, there are none."""
        context = info.context
        key = key_of(given.application_id, "BrandApplication", "application_id")
        actor = context.actor_at(find_application(context, key).brand)
        found = mvne_tenants.collect_credentials(context.platform, key, actor=actor)
        return CollectCredentialsPayload(
            credentials=[
                ClientCredential(name=each.name, client_id=each.client_id, client_secret=each.secret) for each in found
            ]
        )

    @mutation(
        "Lets a sandbox become live: real customers, real time. There is no way back.",
        keyless=True,
        cost=50,
    )
    def take_brand_live(self, info: Info, given: Annotated[TakeBrandLiveInput, INPUT]) -> TakeBrandLivePayload:
        """Refused with everything that is missing."""
        mvne_tenants.go_live(given.slug, actor=info.context.actor_at(given.slug))
        return TakeBrandLivePayload(brand=granted_brand(info.context, given.slug))

    @mutation(
        "Moves a sandbox's clock forward. It stops at every timer on its way and waits for what that sets off.",
        keyless=True,
    )
    def advance_clock(self, info: Info, given: Annotated[AdvanceClockInput, INPUT]) -> AdvanceClockPayload:
        """The scheduler moves it."""
        clock.request_advance(given.slug, given.to, actor=info.context.actor_at(given.slug))
        return AdvanceClockPayload(brand=granted_brand(info.context, given.slug))


def _files(given: Sequence[ManifestFileInput]) -> mvne_tenants.Files:
    contents: dict[str, bytes] = {}
    for place, file in enumerate(given):
        if file.path in contents:
            where = ("files", str(place), "path")
            raise InvalidInput(f"'{file.path[:80]}' is there twice; send each file once.", field=where)
        # What JSON can say and UTF-8 cannot stays in, so that it is told as a fault with its line.
        contents[file.path] = file.content.encode(errors="surrogatepass")
    return mvne_tenants.accept(contents)


def _actor_for(context: RequestContext, files: mvne_tenants.Files) -> Actor:
    """The member at the brand the manifest names; if that cannot be read, at the brand of the request or none."""
    slug = mvne_tenants.slug_of(files)
    return context.actor_at(slug) if slug else context.actor
