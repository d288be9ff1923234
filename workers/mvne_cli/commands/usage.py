"""`mvne usage`: usage files, where they come from, and what failed in them."""

import click

from mvne_cli.commands.usage_failures import failures, rate_again, write_off
from mvne_cli.commands.usage_files import list_files, load, quarantine, report
from mvne_cli.commands.usage_sources import pull, secret, sources


@click.group()
def usage() -> None:
    """Usage files: load them, see where they come from and how their rows ended, mend what failed."""


for command in (load, list_files, report, quarantine, sources, secret, pull, failures, rate_again, write_off):
    usage.add_command(command)
