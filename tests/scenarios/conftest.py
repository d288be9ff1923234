"""Stories have a world."""

from tests.plugins.onboarding import outside_world
from tests.plugins.world import world

__all__ = ["outside_world", "world"]
