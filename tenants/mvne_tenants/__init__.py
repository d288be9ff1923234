"""The life of a brand: from a manifest to a working sandbox, its clock, going live."""

from mvne_tenants.applications import (
    APPLY_JOB,
    Credential,
    application,
    apply,
    collect_credentials,
    request_apply,
    run_application,
)
from mvne_tenants.changes import ChangeKind, ItemChange
from mvne_tenants.manifest import Fault, Files, ManifestFaulty, accept, read_folder
from mvne_tenants.models import ApplicationState, BrandApplication
from mvne_tenants.onboarding.engine import Applied
from mvne_tenants.onboarding.planning import Plan, plan
from mvne_tenants.shared import Published, publish_shared

__all__ = [
    "APPLY_JOB",
    "ApplicationState",
    "Applied",
    "BrandApplication",
    "ChangeKind",
    "Credential",
    "Fault",
    "Files",
    "ItemChange",
    "ManifestFaulty",
    "Plan",
    "Published",
    "accept",
    "application",
    "apply",
    "collect_credentials",
    "plan",
    "publish_shared",
    "read_folder",
    "request_apply",
    "run_application",
]
