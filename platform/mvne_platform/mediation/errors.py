"""Why a usage file was not taken."""

from mvne_platform.kernel import InvalidInput, NotFound


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
