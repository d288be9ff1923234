"""Why usage is not answered."""

from mvne_platform.kernel import InvalidInput


class TooMuchUsage(InvalidInput):
    """More events were asked for than one file holds."""

    code = "TOO_MUCH_USAGE"
