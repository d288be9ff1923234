"""Why a period is not replayed."""

from mvne_platform.kernel import DomainError, NotFound


class BadReplay(DomainError):
    """The period, the name or the draft of a replay makes no sense."""

    code = "BAD_REPLAY"


class UnknownReplay(NotFound):
    """The brand has no such replay."""

    code = "UNKNOWN_REPLAY"
