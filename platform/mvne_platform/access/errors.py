"""Refusals of sign-in, tokens and grants."""

from mvne_platform.kernel import Category, DomainError, InvalidInput


class SignInRefused(DomainError):
    """E-mail and password do not belong together; which of them is wrong is not said."""

    code = "SIGN_IN_REFUSED"
    category = Category.FORBIDDEN


class TooManyAttempts(DomainError):
    """Too many sign-ins are under way; try again shortly."""

    code = "TOO_MANY_ATTEMPTS"
    category = Category.UNAVAILABLE


class TokenRefused(DomainError):
    """The bearer token is malformed, not ours, for another endpoint, expired or revoked."""

    code = "TOKEN_REFUSED"
    category = Category.FORBIDDEN


class UnknownRole(InvalidInput):
    """No role has this name."""

    code = "UNKNOWN_ROLE"


class UnknownScope(InvalidInput):
    """No scope has this name."""

    code = "UNKNOWN_SCOPE"


class StaffExists(DomainError):
    """Someone already signs in with this e-mail address."""

    code = "STAFF_EXISTS"


class WeakPassword(InvalidInput):
    """The password is too short to withstand guessing."""

    code = "WEAK_PASSWORD"
