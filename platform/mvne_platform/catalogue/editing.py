"""What tools that edit a catalogue need: price lists read, written, checked, compared, published and assigned.

A second door beside the catalogue's own: only the edges come in by it.
"""

from mvne_platform.catalogue.amounts import parse_amount
from mvne_platform.catalogue.commands.assignments import PricedBy, assign_price_list, end_price_list_assignment
from mvne_platform.catalogue.commands.contracts import ContractDraft, agree_contract
from mvne_platform.catalogue.commands.price_list_files import (
    Publication,
    check_price_list_files,
    publish_price_list_files,
)
from mvne_platform.catalogue.content import (
    BasisPoints,
    CatalogueContent,
    Micros,
    OfferingContent,
    PriceContent,
    Quantity,
    read_catalogue,
)
from mvne_platform.catalogue.drafted import own_draft, whole_draft
from mvne_platform.catalogue.errors import (
    AssignmentOverlaps,
    InvalidAssignment,
    InvalidContract,
    PriceListFilesFaulty,
    PriceListVersionFixed,
    UnknownAssignment,
)
from mvne_platform.catalogue.faults import Finding, PlacedFinding, Severity
from mvne_platform.catalogue.price_list_files.reader import located
from mvne_platform.catalogue.price_list_files.world import World, WorldSources, build_world
from mvne_platform.catalogue.price_list_files.writer import write_price_list_csv
from mvne_platform.catalogue.price_list_models import HostContract, PriceListAssignment
from mvne_platform.catalogue.price_list_queries import (
    AssignmentView,
    ContractView,
    PriceListView,
    host_contracts,
    price_list_assignment,
    price_list_assignments,
)
from mvne_platform.catalogue.publishing import Preview, preview_price_list
from mvne_platform.catalogue.rules.differences import Difference, DifferenceKind, differences
from mvne_platform.catalogue.rules.families import family_problems
from mvne_platform.catalogue.rules.findings import price_list_findings
from mvne_platform.catalogue.versions import ancestors

__all__ = [
    "AssignmentOverlaps",
    "AssignmentView",
    "BasisPoints",
    "CatalogueContent",
    "ContractDraft",
    "ContractView",
    "Difference",
    "DifferenceKind",
    "Finding",
    "HostContract",
    "InvalidAssignment",
    "InvalidContract",
    "Micros",
    "OfferingContent",
    "PlacedFinding",
    "Preview",
    "PriceContent",
    "PriceListAssignment",
    "PriceListFilesFaulty",
    "PriceListVersionFixed",
    "PriceListView",
    "PricedBy",
    "Publication",
    "Quantity",
    "Severity",
    "UnknownAssignment",
    "World",
    "WorldSources",
    "agree_contract",
    "ancestors",
    "assign_price_list",
    "build_world",
    "check_price_list_files",
    "differences",
    "end_price_list_assignment",
    "family_problems",
    "host_contracts",
    "located",
    "own_draft",
    "parse_amount",
    "preview_price_list",
    "price_list_assignment",
    "price_list_assignments",
    "price_list_findings",
    "publish_price_list_files",
    "read_catalogue",
    "whole_draft",
    "write_price_list_csv",
]
