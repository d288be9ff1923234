"""The shop itself."""

import strawberry

from mvne_graphql.context import Info
from mvne_graphql.fields import resolved
from mvne_graphql.scalars import CountryCode, CurrencyCode, LanguageCode


@strawberry.type(description="The brand that answers on this host.")
class Shop:
    """What a webshop needs to know before it shows anything."""

    name: str = strawberry.field(description="The brand's name.")
    country: CountryCode = strawberry.field(description="Where it sells.")
    currency: CurrencyCode = strawberry.field(description="The currency of all its prices.")
    languages: list[LanguageCode] = strawberry.field(description="The languages of its texts, the first by default.")
    language: LanguageCode = strawberry.field(description="The language of this answer, chosen by Accept-Language.")
    time_zone: str = strawberry.field(description="Where its days and months begin (IANA name).")
    prices_include_tax: bool = strawberry.field(description="Whether prices are shown with tax.")
    verifies_identity: bool = strawberry.field(description="Whether new customers show a document before activation.")
    is_sandbox: bool = strawberry.field(description="Whether nothing here is real.")


@strawberry.type
class ShopQueries:
    """Root fields."""

    @resolved("The brand that answers on this host.")
    def shop(self, info: Info) -> Shop:
        """From the registry and the brand's profile."""
        brand = info.context.ctx.brand
        return Shop(
            name=brand.name,
            country=CountryCode(brand.country),
            currency=CurrencyCode(brand.currency),
            languages=[LanguageCode(each) for each in brand.languages],
            language=LanguageCode(info.context.language),
            time_zone=brand.time_zone,
            prices_include_tax=bool(brand.profile.get("prices_include_tax", True)),
            verifies_identity=bool(brand.profile.get("identity_verification", False)),
            is_sandbox=brand.state.value == "sandbox",
        )
