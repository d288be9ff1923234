"""How long to wait for a network, and when to call a person. Pure."""

MOST_ATTEMPTS = 40
_LONGEST_PAUSE_SECONDS = 120.0
ASK_AGAIN_SECONDS = 2.0
UNREACHABLE = "unreachable"


def pause_seconds(attempts: int) -> float:
    """Platform seconds to wait after so many attempts without an answer: 1, 2, 4 … 120."""
    return float(min(2.0 ** (min(attempts, 10) - 1), _LONGEST_PAUSE_SECONDS))
