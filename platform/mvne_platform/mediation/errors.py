"""Why a usage file, a source or a correction was not taken."""

from mvne_platform.kernel import Category, DomainError, InvalidInput, NotFound


class UnknownFormat(InvalidInput):
    """No reader has this name."""

    code = "UNKNOWN_FORMAT"


class BadFile(InvalidInput):
    """The file's name or size is out of bounds."""

    code = "BAD_FILE"


class UnknownFile(NotFound):
    """No usage file of this brand has the id."""

    code = "UNKNOWN_FILE"


class StoredFileMissing(NotFound):
    """The bytes of a usage file are not where they were stored."""

    code = "STORED_FILE_MISSING"


class BadSource(InvalidInput):
    """The definition of a usage source is not sound."""

    code = "BAD_SOURCE"


class UnknownSource(NotFound):
    """No usage source of this brand has the id or code."""

    code = "UNKNOWN_SOURCE"


class SourceTaken(DomainError):
    """A usage source of this code exists already."""

    code = "SOURCE_TAKEN"


class SourceKindFixed(DomainError):
    """How a source's files come cannot be changed."""

    code = "SOURCE_KIND_FIXED"


class SourcePaused(DomainError):
    """The source is paused and takes nothing."""

    code = "SOURCE_PAUSED"


class NotFetched(DomainError):
    """The source's files are handed over, not fetched: there is nothing to pull or to connect to."""

    code = "NOT_FETCHED"


class UnknownItem(NotFound):
    """No file that was left at a source of this brand has the id."""

    code = "UNKNOWN_ITEM"


class ItemNotRefused(DomainError):
    """The file was taken, or will be: there is nothing to want again."""

    code = "ITEM_NOT_REFUSED"


class NotQuarantined(DomainError):
    """The file does not lie in quarantine."""

    code = "NOT_QUARANTINED"


class NotReleasable(DomainError):
    """The file cannot be read at all, so that it cannot be let through in spite of its fault."""

    code = "NOT_RELEASABLE"


class UnknownGap(NotFound):
    """The numbers are not among those that are missing."""

    code = "UNKNOWN_GAP"


class UnknownFailure(NotFound):
    """No failed row of this brand has the id."""

    code = "UNKNOWN_FAILURE"


class FailureClosed(DomainError):
    """The row has been rated or written off meanwhile."""

    code = "FAILURE_CLOSED"


class BadCorrection(InvalidInput):
    """The corrected record cannot be read either."""

    code = "BAD_CORRECTION"


class WhyMissing(InvalidInput):
    """What is done by hand needs a reason in words."""

    code = "WHY_MISSING"


class TooMany(InvalidInput):
    """More things were named at once than are dealt with at once."""

    code = "TOO_MANY"


class UnknownBatch(NotFound):
    """No batch of failures of this brand has the id."""

    code = "UNKNOWN_BATCH"


class NothingSelected(DomainError):
    """No open failure is as asked for."""

    code = "NOTHING_SELECTED"
    category = Category.INVALID


class BadFormat(InvalidInput):
    """The description of a format is not sound; `field` leads to what is wrong in it."""

    code = "BAD_FORMAT"


class BadArchive(InvalidInput):
    """A compressed usage file cannot be expanded, or not within the limits."""

    code = "BAD_ARCHIVE"
