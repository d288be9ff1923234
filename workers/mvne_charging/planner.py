"""The planner's statistics of tables that charging is about to fill."""

from sqlalchemy import text

from mvne_platform.runtime import Context

_NEVER_ANALYSED = text("""
SELECT count(*) FROM pg_class
WHERE relnamespace = CAST(current_schema() AS regnamespace) AND reltuples < 0
  AND relname IN ('purse', 'bucket', 'counter', 'online_charge', 'unsettled_charge', 'charging_session')
""")


def analyse(ctx: Context) -> None:
    """Let the planner look at tables it has never seen, before statements are prepared for longer."""
    if ctx.db.scalar(_NEVER_ANALYSED):
        ctx.db.execute(text("SELECT analyze_online()"))
