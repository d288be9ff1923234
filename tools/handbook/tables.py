"""The tables of the database, from the models."""

from itertools import groupby
from typing import Any

from mvne_platform.migrations import all_models
from mvne_platform.runtime.models import Rights
from mvne_tenants import models as tenant_models
from tools.handbook.markdown import code, first_paragraph, table

# The platform's history holds the tables of the package above it too.
TABLES_OF_ABOVE = (tenant_models.BrandApplication,)

_MAY = {
    Rights.READ: "read",
    Rights.APPEND: "read, add",
    Rights.KEEP: "read, add, change",
    Rights.FULL: "read, add, change, delete",
}


def of_a_brand() -> str:
    """A heading and a table for each domain."""
    found = sorted(all_models.models("brand"), key=_domain)
    return "\n\n".join(_section(domain, list(models)) for domain, models in groupby(found, key=_domain))


def of_the_platform() -> str:
    """One table: there are few."""
    rows = [
        (
            f"`{model.__tablename__}`",
            first_paragraph(model),
            _may(model.__rights__),
            _brand_may(model),
            _yes(model.__audited__),
        )
        for model in all_models.models("platform")
    ]
    return table(("table", "holds", "edges may", "a brand may", "audited"), rows)


def _section(domain: str, models: list[Any]) -> str:
    rows = [
        (f"`{model.__tablename__}`", first_paragraph(model), _application_may(model), _yes(model.__audited__))
        for model in models
    ]
    return f"### {domain}\n\n{table(('table', 'holds', 'the application may', 'audited'), rows)}"


def _domain(model: Any) -> str:
    """`orders` of `mvne_platform.orders.models`; of what is no domain, the package."""
    package, _, rest = str(model.__module__).partition(".")
    return rest.split(".", 1)[0] if package == "mvne_platform" else package


def _may(rights: Rights | None) -> str:
    return "nothing" if rights is None else _MAY[rights]


def _application_may(model: Any) -> str:
    if model.__updates__:
        return f"read, add, change {code(model.__updates__)}"
    return _may(model.__rights__)


def _brand_may(model: Any) -> str:
    own_rows = " (own rows)" if model.__row_security__ and model.__brand_rights__ else ""
    return _may(model.__brand_rights__) + own_rows


def _yes(flag: object) -> str:
    return "yes" if flag else "no"
