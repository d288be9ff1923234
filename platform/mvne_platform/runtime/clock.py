"""The only place that reads the machine's clock. Domains use `ctx.now`, the brand's clock."""

from datetime import UTC, datetime


def system_now() -> datetime:
    """Platform time in UTC: for tokens, leases and retries, never for business."""
    return datetime.now(UTC)
