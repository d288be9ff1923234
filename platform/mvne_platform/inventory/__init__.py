"""SIMs and numbers: uploaded, reserved for an order, assigned to a subscription, released."""

from mvne_platform.inventory.commands import add_numbers, add_sims, assign, release, reserve_number, reserve_sim
from mvne_platform.inventory.errors import HeldByAnotherBrand, NothingFree, NothingReserved, NumberTaken, TooManyRows
from mvne_platform.inventory.events import NumberWithheld, SimWithheld
from mvne_platform.inventory.models import Number, ResourceState, Sim
from mvne_platform.inventory.queries import free_numbers, load_number, load_sim
from mvne_platform.inventory.rules import SIM_KINDS, NumberRow, RowOutcome, RowReport, SimRow, luhn_holds

__all__ = [
    "SIM_KINDS",
    "HeldByAnotherBrand",
    "NothingFree",
    "NothingReserved",
    "Number",
    "NumberRow",
    "NumberTaken",
    "NumberWithheld",
    "ResourceState",
    "RowOutcome",
    "RowReport",
    "Sim",
    "SimRow",
    "SimWithheld",
    "TooManyRows",
    "add_numbers",
    "add_sims",
    "assign",
    "free_numbers",
    "load_number",
    "load_sim",
    "luhn_holds",
    "release",
    "reserve_number",
    "reserve_sim",
]
