"""Refusals of loyalty."""

from mvne_platform.kernel import DomainError, InvalidInput, NotFound


class ProgrammeInvalid(InvalidInput):
    """The programme cannot be run as drafted."""

    code = "PROGRAMME_INVALID"


class UnknownMember(NotFound):
    """The brand's programme has no such member."""

    code = "MEMBER_NOT_FOUND"


class UnknownReward(NotFound):
    """The brand offers no such reward, or no longer."""

    code = "REWARD_NOT_FOUND"


class PointsTooFew(DomainError):
    """The member has fewer points than the reward costs."""

    code = "POINTS_TOO_FEW"


class LineNotInService(DomainError):
    """The line cannot use what the reward would grant."""

    code = "LINE_NOT_IN_SERVICE"
