"""The life of a brand: from a manifest to a working sandbox, its clock, going live."""

from mvne_tenants.applications import (
    APPLY_JOB,
    Credential,
    application,
    applications_of,
    apply,
    brand_of_application,
    collect_credentials,
    request_apply,
    run_application,
)
from mvne_tenants.changes import ChangeKind, ItemChange
from mvne_tenants.golive import NotASandbox, NotReady, Point, go_live, readiness
from mvne_tenants.manifest import Fault, Files, ManifestFaulty, accept, read_folder, slug_of
from mvne_tenants.models import ApplicationState, BrandApplication
from mvne_tenants.onboarding.engine import Applied
from mvne_tenants.onboarding.planning import Plan, plan
from mvne_tenants.registry import BrandView, brand_view, brand_views
from mvne_tenants.shared import Published, publish_shared

__all__ = [
    "APPLY_JOB",
    "ApplicationState",
    "Applied",
    "BrandApplication",
    "BrandView",
    "ChangeKind",
    "Credential",
    "Fault",
    "Files",
    "ItemChange",
    "ManifestFaulty",
    "NotASandbox",
    "NotReady",
    "Plan",
    "Point",
    "Published",
    "accept",
    "application",
    "applications_of",
    "apply",
    "brand_of_application",
    "brand_view",
    "brand_views",
    "collect_credentials",
    "go_live",
    "plan",
    "publish_shared",
    "read_folder",
    "readiness",
    "request_apply",
    "run_application",
    "slug_of",
]
