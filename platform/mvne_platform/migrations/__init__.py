"""Two Alembic histories, the platform's and the brands', and how they are applied to hundreds of schemas."""

from mvne_platform.migrations.cluster import Passwords, prepare_cluster
from mvne_platform.migrations.history import head as newest
from mvne_platform.migrations.runner import (
    MigrationOutcome,
    create_brand_schema,
    migrate_brand,
    migrate_brands,
    migrate_platform,
    versions_behind,
)

__all__ = [
    "MigrationOutcome",
    "Passwords",
    "create_brand_schema",
    "migrate_brand",
    "migrate_brands",
    "migrate_platform",
    "newest",
    "prepare_cluster",
    "versions_behind",
]
