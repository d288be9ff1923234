"""`mvne`: the platform's command line. A command is imported when it is called, so that small ones start at once."""

import importlib
from pathlib import Path

import click

# The name of each command: where it is, and its first sentence, which `mvne --help` shows without importing it.
COMMANDS = {
    "up": (
        "mvne_cli.commands.up:up",
        "Run everything on this machine: database, simulators, web, worker, scheduler, charging.",
    ),
    "tenant": ("mvne_cli.commands.tenant:tenant", "Brands: apply a manifest, list, show, go live."),
    "usage": (
        "mvne_cli.commands.usage:usage",
        "Usage files: load them, see where they come from and how their rows ended, mend what failed.",
    ),
    "numbers": (
        "mvne_cli.commands.numbers:numbers",
        "Portability data and short codes: load them and look numbers up.",
    ),
    "rate": (
        "mvne_cli.commands.rate:rate",
        "Rate a file of events against price lists given as files; no database, no brand.",
    ),
    "price-list": (
        "mvne_cli.commands.price_list:price_list",
        "Price lists: import, export, check, list and build them.",
    ),
    "bill": ("mvne_cli.commands.bill:bill", "Bill runs."),
    "clock": ("mvne_cli.commands.clock:clock", "The clock of a sandbox brand."),
    "job": ("mvne_cli.commands.job:job", "Background jobs that failed: list them, try them again."),
    "demo": ("mvne_cli.commands.demo:demo", "What the demo's month came to, and its reconciliation."),
    "doctor": (
        "mvne_cli.commands.doctor:doctor",
        "Look for what is wrong; each finding names a way out.",
    ),
    "migrate": (
        "mvne_cli.commands.migrate:migrate",
        "Bring every schema to the newest revision: the platform's first, then each brand's.",
    ),
    "web": ("mvne_cli.commands.processes:web", "Serve sites and APIs: brands, console, health."),
    "worker": ("mvne_cli.commands.processes:worker", "Do background work: provisioning, rating, billing, letters."),
    "scheduler": (
        "mvne_cli.commands.processes:scheduler",
        "Relay facts, fire timers, move sandbox clocks, watch the inbox; several may run, one leads.",
    ),
    "charging": (
        "mvne_cli.commands.processes:charging",
        "Charge at the moment of use: prices, charges and sessions over HTTP.",
    ),
    "simulate": (
        "mvne_cli.commands.simulate:simulate",
        "A network that charges online: load with percentiles, or a network element with sessions.",
    ),
}

DATA = click.option(
    "--data",
    envvar="MVNE_DATA",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var"),
    show_default=True,
    help="The installation's data folder.",
)


class Commands(click.Group):
    """The registry as a group of commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """Every command, in the order of the registry."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click's
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # click's
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, sentence) for name, (_, sentence) in COMMANDS.items()])


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@DATA
@click.pass_context
def main(context: click.Context, data: Path) -> None:
    """The MVNE platform: run it, onboard brands, load usage, bill.

    Commands find the installation through MVNE_DATABASE_URL, or through the data folder of `mvne up`.
    Exit codes: 0 done, 1 found something wrong or could not finish, 2 refused.
    """
    context.obj = data


if __name__ == "__main__":
    main()
