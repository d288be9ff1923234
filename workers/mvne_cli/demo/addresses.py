"""Where the demo is and who may sign in: a table for people, `demo.json` for scripts."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.table import Table

from mvne_cli.demo.cast import Cast
from mvne_cli.demo.journal import Journal, write_private
from mvne_cli.demo.people import EVERY_ROLE, OPERATOR, People
from mvne_cli.output import console

FILE = "demo.json"
# Enough to try everything, few enough to read.
SHOWN_SUBSCRIBERS = 4


def write(
    data: Path, port: int, people: People, casts: Sequence[Cast], journals: dict[str, Journal], tokens: dict[str, str]
) -> Path:
    """Write `demo.json` for this start: its tokens are fresh. Only its owner reads it."""
    content = {
        "console": {"host": f"console.localhost:{port}", "graphql": f"http://console.localhost:{port}/graphql"},
        "staff": [{"role": role, **people.member(role)} for role in EVERY_ROLE],
        "brands": [_brand(port, people, cast, journals[cast.brand], tokens[cast.brand]) for cast in casts],
    }
    file = data / FILE
    write_private(file, content)
    return file


def show(port: int, messages: str, casts: Sequence[Cast], people: People, file: Path) -> None:
    """The table with which `mvne up` ends."""
    table = Table(title="addresses", title_justify="left", header_style="bold")
    for column in ("", "address", "API"):
        table.add_column(column, overflow="fold")
    for cast in casts:
        site = f"http://{cast.brand}.localhost:{port}/"
        table.add_row(cast.brand, site, f"{site}graphql")
    table.add_row("console", f"http://console.localhost:{port}/", f"http://console.localhost:{port}/graphql")
    table.add_row("letters sent", f"{messages}/", "")
    console.print(table)
    signs = Table(title="sign-ins at the console", title_justify="left", header_style="bold")
    for column in ("role", "e-mail", "password"):
        signs.add_column(column, overflow="fold")
    for role in sorted(EVERY_ROLE, key=lambda role: role != OPERATOR):
        member = people.member(role)
        signs.add_row(role, escape(member["email"]), escape(member["password"]))
    console.print(signs)
    console.print(f"Tokens, ids and the rest for scripts: {file}", highlight=False, soft_wrap=True)


def _brand(port: int, people: People, cast: Cast, journal: Journal, token: str) -> dict[str, Any]:
    host = f"{cast.brand}.localhost:{port}"
    return {
        "slug": cast.brand,
        "host": host,
        "site": f"http://{host}/",
        "graphql": f"http://{host}/graphql",
        "token": token,
        **people.client(cast.brand),
        "token_url": f"http://{host}/oauth/token",
        "subscribers": [
            {
                "subscription_id": line["id"],
                "customer_id": line["customer"]["id"],
                "account_id": line["account"]["id"],
                "msisdn": line["msisdn"],
                "imsi": line["imsi"],
            }
            for line in journal.all("line ")[:SHOWN_SUBSCRIBERS]
        ],
    }
