"""`mvne`: the platform's command line."""

from pathlib import Path

import click

from mvne_cli.commands import bill, clock, doctor, processes, tenant, up, usage

DATA = click.option(
    "--data",
    envvar="MVNE_DATA",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var"),
    show_default=True,
    help="The installation's data folder.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@DATA
@click.pass_context
def main(context: click.Context, data: Path) -> None:
    """The MVNE platform: run it, onboard brands, load usage, bill.

    Commands find the installation through MVNE_DATABASE_URL, or through the data folder of `mvne up`.
    Exit codes: 0 done, 1 found something wrong or could not finish, 2 refused.
    """
    context.obj = data


for command in (
    up.up,
    processes.web,
    processes.worker,
    processes.scheduler,
    tenant.tenant,
    usage.usage,
    bill.bill,
    clock.clock,
    doctor.doctor,
):
    main.add_command(command)


if __name__ == "__main__":
    main()
