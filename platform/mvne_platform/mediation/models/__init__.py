"""The tables of mediation."""

from mvne_platform.mediation.models.failures import BatchKind, BatchState, FailureAction, FailureBatch, FailureDeed
from mvne_platform.mediation.models.files import (
    ExceptionKind,
    FileDeed,
    FileState,
    UsageException,
    UsageFile,
    UsageFileAction,
)
from mvne_platform.mediation.models.formats import UsageFormat
from mvne_platform.mediation.models.numbers import NumberDataKind, NumberDataLoad, PortedNumber, ShortCode
from mvne_platform.mediation.models.parts import CallState, PartialCall, PartialRecord
from mvne_platform.mediation.models.sources import ItemState, SourceKind, UsageGapWaiver, UsageItem, UsageSource

__all__ = [
    "BatchKind",
    "BatchState",
    "CallState",
    "ExceptionKind",
    "FailureAction",
    "FailureBatch",
    "FailureDeed",
    "FileDeed",
    "FileState",
    "ItemState",
    "NumberDataKind",
    "NumberDataLoad",
    "PartialCall",
    "PartialRecord",
    "PortedNumber",
    "ShortCode",
    "SourceKind",
    "UsageException",
    "UsageFile",
    "UsageFileAction",
    "UsageFormat",
    "UsageGapWaiver",
    "UsageItem",
    "UsageSource",
]
