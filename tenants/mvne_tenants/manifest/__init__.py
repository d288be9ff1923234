"""A manifest: a brand as data, read and checked whole before anything is done with it."""

from mvne_tenants.manifest.brand import ApiClientForm
from mvne_tenants.manifest.faults import Fault, ManifestFaulty
from mvne_tenants.manifest.files import Files, accept, read_folder
from mvne_tenants.manifest.profile import Registration
from mvne_tenants.manifest.read import Manifest, read_manifest, slug_of, subscription
from mvne_tenants.manifest.surroundings import Surroundings

__all__ = [
    "ApiClientForm",
    "Fault",
    "Files",
    "Manifest",
    "ManifestFaulty",
    "Registration",
    "Surroundings",
    "accept",
    "read_folder",
    "read_manifest",
    "slug_of",
    "subscription",
]
