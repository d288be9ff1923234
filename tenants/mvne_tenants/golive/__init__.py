"""Going live: a checklist, and the step itself, which is refused while a point is not met."""

from mvne_tenants.golive.checklist import Point
from mvne_tenants.golive.commands import NotASandbox, NotReady, go_live, readiness

__all__ = ["NotASandbox", "NotReady", "Point", "go_live", "readiness"]
