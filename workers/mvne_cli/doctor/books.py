"""Sums that must hold: what is shown as a balance is the sum of its ledger."""

from collections.abc import Iterator

from sqlalchemy import text

from mvne_cli.doctor.finding import Finding
from mvne_platform.runtime import brand_work

_BUCKETS = text("""
SELECT coalesce(subscription.number, 'the sharing group ' || sharing_group.name) AS holder,
       bucket.id, bucket.code, bucket.unit, bucket.amount, coalesce(sum(entry.delta), 0) AS booked
FROM bucket
LEFT JOIN subscription ON subscription.id = bucket.subscription_id
LEFT JOIN sharing_group ON sharing_group.id = bucket.group_id
LEFT JOIN ledger_entry AS entry ON entry.bucket_id = bucket.id
GROUP BY holder, bucket.id
HAVING bucket.amount <> coalesce(sum(entry.delta), 0)
ORDER BY holder, bucket.id
""")

_POINTS = text("""
SELECT customer.number, member.points, coalesce(sum(entry.delta), 0) AS booked
FROM member
JOIN customer ON customer.id = member.customer_id
LEFT JOIN points_entry AS entry ON entry.member_id = member.id
GROUP BY customer.number, member.id
HAVING member.points <> coalesce(sum(entry.delta), 0)
ORDER BY customer.number
""")

_LEDGER_COUNTS = (
    "The ledger counts, and code never writes one without the other: find out who changed the table by hand, "
    "then follow docs/runbooks/balances.md."
)


def broken_buckets(brands: list[str]) -> Iterator[Finding]:
    """Buckets whose amount is not the sum of their ledger."""
    for brand in brands:
        with brand_work(brand) as ctx:
            rows = ctx.db.execute(_BUCKETS).all()
        for row in rows:
            unit = "micros" if row.unit == "money" else f"{row.unit}s"
            what = (
                f"Bucket '{row.code}' ({row.id}) of {row.holder} shows {row.amount} {unit}, "
                f"and its ledger says {row.booked}."
            )
            yield Finding(brand, what, _LEDGER_COUNTS)


def broken_points(brands: list[str]) -> Iterator[Finding]:
    """Members whose points are not the sum of their ledger."""
    for brand in brands:
        with brand_work(brand) as ctx:
            rows = ctx.db.execute(_POINTS).all()
        for row in rows:
            what = f"The member of customer {row.number} shows {row.points} points, and the ledger says {row.booked}."
            yield Finding(brand, what, _LEDGER_COUNTS)
