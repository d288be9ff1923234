"""What tests of balances do by hand: hold a part of a bucket, read what purses and ledgers say."""

from uuid import UUID

from sqlalchemy import text

from mvne_platform.runtime import Context


def hold(ctx: Context, bucket_id: UUID, units: int) -> None:
    """Reserve `units` more (negative: fewer) of a bucket, as an online session does."""
    ctx.db.execute(
        text("UPDATE bucket SET reserved = reserved + :units WHERE id = :id"), {"units": units, "id": bucket_id}
    )


def version(ctx: Context, purse_id: UUID) -> int:
    """How often the purse has been moved."""
    return ctx.db.scalar(text("SELECT version FROM purse WHERE id = :id"), {"id": purse_id}) or 0
