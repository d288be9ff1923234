"""What every domain stands on: settings, database, tenancy, context, facts, jobs, timers, audit, telemetry."""

from mvne_platform.runtime.context import Actor, ActorKind, Context
from mvne_platform.runtime.jobs import Again, Job, OutsideJob, OutsideUnavailable, SteppedJob
from mvne_platform.runtime.models import BrandBase, BrandRow, PlatformBase, Rights
from mvne_platform.runtime.settings import Settings, settings
from mvne_platform.runtime.tenancy import Brand, BrandState
from mvne_platform.runtime.work import brand_work, platform_work

__all__ = [
    "Actor",
    "ActorKind",
    "Again",
    "Brand",
    "BrandBase",
    "BrandRow",
    "BrandState",
    "Context",
    "Job",
    "OutsideJob",
    "OutsideUnavailable",
    "PlatformBase",
    "Rights",
    "Settings",
    "SteppedJob",
    "brand_work",
    "platform_work",
    "settings",
]
