"""`mvne migrate`: the schemas of platform and brands."""

import sys

import click

from mvne_cli.commands.session import on_installation
from mvne_cli.output import WRONG, answer, json_option, refuse
from mvne_cli.preparation import migrate as migrate_all
from mvne_platform.runtime import settings


@click.command()
@json_option
@on_installation
def migrate(*, as_json: bool) -> None:
    """Bring every schema to the newest revision: the platform's first, then each brand's.

    Needs the DDL login (MVNE_ADMIN_DATABASE_URL). A brand that cannot be migrated now keeps its old revision and does
    not stop the others; run again to resume. `mvne up` does this at every start.
    """
    admin_url = settings().admin_url
    if admin_url is None:
        refuse("NO_DDL_LOGIN", "Set MVNE_ADMIN_DATABASE_URL: only that login may change schemas.", as_json=as_json)
    outcomes = migrate_all(admin_url)
    answer(
        [{"schema": one.schema, "before": one.before, "after": one.after, "error": one.error} for one in outcomes],
        as_json=as_json,
        title="schemas",
    )
    if any(one.error for one in outcomes):
        sys.exit(WRONG)
