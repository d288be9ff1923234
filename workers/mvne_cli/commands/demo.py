"""`mvne demo`: what the demo's month came to."""

import sys

import click

from mvne_cli.commands.session import on_installation
from mvne_cli.demo import report
from mvne_cli.output import WRONG, answer, json_option


@click.command()
@json_option
@on_installation
def demo(*, as_json: bool) -> None:
    """What the demo's month came to, and its reconciliation. Needs `mvne up` beside it, for the simulators.

    The reconciliation is SQL over the files that were delivered, and asks the simulators what they saw; what you do
    yourself after the month is in it too. Exit code 1 when something differs.
    """
    brands = report.brands_of_demo()
    happenings = {brand: report.happened(brand) for brand in brands}
    lines = {brand: report.compare(brand) for brand in brands}
    if as_json:
        answer(report.as_json(happenings, lines), as_json=True)
    elif brands:
        report.show_happened(happenings)
        report.show_reconciliation(lines)
    else:
        answer("No demo has been lived in this installation; `mvne up` lives it.", as_json=False)
    if not report.holds(lines):
        sys.exit(WRONG)
