"""What a front end needs that answers many requests at once: see `mvne_charging`. Everybody else asks `online`."""

from mvne_platform.charging.online.accounts import Account, Loaded, Wanted, load
from mvne_platform.charging.online.desk import Desk, Needs
from mvne_platform.charging.online.errors import Busy, RequestIdTaken
from mvne_platform.charging.online.plain import PlainWritten
from mvne_platform.charging.online.queries import first_answers
from mvne_platform.charging.online.settlement import NotBooked, PursesTaken
from mvne_platform.charging.online.shelf import Shelf, read_shelf
from mvne_platform.charging.online.statements import CHARGE, CHARGE_TYPES, PLAIN, PLAIN_TYPES, SCOPE, SCOPE_TYPES
from mvne_platform.charging.online.writing import Written, parameters, plain_parameters

__all__ = [
    "CHARGE",
    "CHARGE_TYPES",
    "PLAIN",
    "PLAIN_TYPES",
    "SCOPE",
    "SCOPE_TYPES",
    "Account",
    "Busy",
    "Desk",
    "Loaded",
    "Needs",
    "NotBooked",
    "PlainWritten",
    "PursesTaken",
    "RequestIdTaken",
    "Shelf",
    "Wanted",
    "Written",
    "first_answers",
    "load",
    "parameters",
    "plain_parameters",
    "read_shelf",
]
