"""SQL that Alembic has no words for: rights, audit triggers, row security, partitions. Used by revisions only.

Every text works in any brand's schema: the current one, whose roles are `<schema>_app` and `<schema>_owner`.
"""

from mvne_platform.migrations.ddl.charging import ANALYZE_ONLINE, CHARGE_ONLINE, CHARGE_PLAIN, RATED_EVENT_PARTITIONS
from mvne_platform.migrations.ddl.purses import PURSE_FUNCTIONS, PURSE_TRIGGERS
from mvne_platform.migrations.ddl.rights import (
    AUDIT_FUNCTIONS,
    audit,
    grant,
    grant_platform,
    row_security,
    sequence,
    to_app_role,
)

__all__ = [
    "ANALYZE_ONLINE",
    "AUDIT_FUNCTIONS",
    "CHARGE_ONLINE",
    "CHARGE_PLAIN",
    "PURSE_FUNCTIONS",
    "PURSE_TRIGGERS",
    "RATED_EVENT_PARTITIONS",
    "audit",
    "grant",
    "grant_platform",
    "row_security",
    "sequence",
    "to_app_role",
]
