"""Reference data of called numbers: portability and short codes, dated; loaded from files, looked up in memory."""

from mvne_platform.mediation.models import NumberDataKind, NumberDataLoad, ShortCode
from mvne_platform.mediation.numbers.commands import NumberDataAnswer, load_number_data
from mvne_platform.mediation.numbers.data import NumberData, NumberFacts, Spans
from mvne_platform.mediation.numbers.errors import BadNumberData
from mvne_platform.mediation.numbers.files import read as read_number_data
from mvne_platform.mediation.numbers.queries import (
    NumberDataState,
    called_number,
    number_data,
    number_data_loads,
    number_data_state,
    short_codes_at,
)

__all__ = [
    "BadNumberData",
    "NumberData",
    "NumberDataAnswer",
    "NumberDataKind",
    "NumberDataLoad",
    "NumberDataState",
    "NumberFacts",
    "ShortCode",
    "Spans",
    "called_number",
    "load_number_data",
    "number_data",
    "number_data_loads",
    "number_data_state",
    "read_number_data",
    "short_codes_at",
]
