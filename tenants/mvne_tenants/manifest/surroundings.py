"""What a manifest must fit outside of itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mvne_platform.catalogue.editing import CatalogueContent


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Hosts other brands answer on (host to slug), the console's host, and published shared catalogues."""

    hosts: Mapping[str, str] = field(default_factory=dict)
    console_host: str = "console.localhost"
    shared: Mapping[tuple[str, int], CatalogueContent] = field(default_factory=dict)
