"""Why number data was not taken."""

from mvne_platform.kernel import InvalidInput


class BadNumberData(InvalidInput):
    """The file as a whole is no number data of its kind."""

    code = "BAD_NUMBER_DATA"
