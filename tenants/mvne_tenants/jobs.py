"""The platform's own jobs that this package does."""

from collections.abc import Callable

from mvne_tenants.applications import APPLY_JOB, run_application

PLATFORM_JOBS: dict[str, Callable[..., None]] = {APPLY_JOB: run_application}
