"""The two commands that write usage files."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, TypedDict, TypeVar, Unpack
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError

from mvne_simulators.identifiers import Imsi, Msisdn
from mvne_simulators.traffic import asterisk, generator
from mvne_simulators.traffic.generator import Period
from mvne_simulators.traffic.habits import Habits
from mvne_simulators.traffic.numbering import DATA, world
from mvne_simulators.traffic.planting import Shares
from mvne_simulators.traffic.records import Subscriber
from mvne_simulators.web import Body

_Value = TypeVar("_Value")


class _Listed(Body):
    msisdn: Msisdn
    imsi: Imsi
    active_from: AwareDatetime


_SUBSCRIBERS = TypeAdapter(Annotated[list[_Listed], Field(min_length=1)])
_CALLERS = TypeAdapter(dict[str, Msisdn] | Annotated[list[Msisdn], Field(min_length=1)])

_INPUT = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUTPUT = click.Path(dir_okay=False, path_type=Path)
_SHARE = click.FloatRange(0, 1)


def _instant(_context: click.Context, _parameter: click.Parameter, value: str) -> datetime:
    try:
        found = datetime.fromisoformat(value)
    except ValueError as invalid:
        raise click.BadParameter("write a time as 2026-10-01T00:00Z") from invalid
    if found.tzinfo is None:
        raise click.BadParameter("give the offset too, Z for UTC")
    return found.astimezone(UTC)


def _zone(_context: click.Context, _parameter: click.Parameter, value: str) -> ZoneInfo:
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as unknown:
        raise click.BadParameter("name a zone of the tz database, such as Europe/Copenhagen") from unknown


def _day(_context: click.Context, _parameter: click.Parameter, value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError as invalid:
        raise click.BadParameter("write a day as 2026-10-01") from invalid


class _Options(TypedDict):
    subscribers: Path
    start: datetime
    end: datetime
    out: Path
    seed: int
    name: str
    zone: ZoneInfo
    per_day: int
    roaming: float
    duplicates: float
    repeats: float
    malformed: float
    unknown: float
    manifest: Path | None


@click.command()
@click.option("--subscribers", type=_INPUT, required=True, help="JSON list of {msisdn, imsi, active_from}.")
@click.option("--from", "start", callback=_instant, required=True, help="First moment, such as 2026-10-01T00:00Z.")
@click.option("--to", "end", callback=_instant, required=True, help="First moment that is too late.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder of the files.")
@click.option("--seed", type=int, required=True, help="Another seed, another month.")
@click.option("--format", type=click.Choice(["mvne-csv"]), default="mvne-csv", show_default=True, expose_value=False)
@click.option("--name", default="usage", show_default=True, help="Files are called NAME-YYYYMMDD.csv.")
@click.option("--zone", callback=_zone, default="UTC", show_default=True, help="Where people's day and night are.")
@click.option("--per-day", type=click.IntRange(0, 10_000), default=12, show_default=True, help="Events a day, average.")
@click.option("--roaming", type=_SHARE, default=0.1, show_default=True, help="Share of weeks with a journey.")
@click.option("--duplicates", type=_SHARE, default=0.01, show_default=True, help="Rows repeated in the same file.")
@click.option("--repeats", type=_SHARE, default=0.005, show_default=True, help="Rows repeated in the next day's file.")
@click.option("--malformed", type=_SHARE, default=0.005, show_default=True, help="Broken rows.")
@click.option("--unknown", type=_SHARE, default=0.005, show_default=True, help="Rows of unknown subscribers.")
@click.option("--manifest", type=_OUTPUT, help="Write what was generated and planted, as JSON.")
def traffic(**options: Unpack[_Options]) -> None:
    """Mobile traffic of one brand as CDR files, one per UTC day, the same for the same arguments."""
    period = Period(options["start"], options["end"])
    if period.end <= period.start:
        raise click.BadParameter("must be later than --from", param_hint="--to")
    everybody = _subscribers(options["subscribers"])
    shared = Habits(options["seed"], options["per_day"], options["zone"], options["roaming"], world(), everybody)
    shares = Shares(options["duplicates"], options["repeats"], options["malformed"], options["unknown"])
    try:
        files = generator.write(options["out"], options["name"], generator.days(shared, shares, period))
    except LookupError as unknown_range:
        raise click.ClickException(str(unknown_range.args[0])) from unknown_range
    summary = generator.manifest(options["seed"], period, files)
    if options["manifest"] is not None:
        generator.write_manifest(options["manifest"], summary)
    click.echo(f"{len(files)} files in {options['out']}: {summary['good']} good rows, {summary['planted']} planted")


@click.command("asterisk-day")
@click.option("--source", type=_INPUT, default=DATA / "asterisk_cdr.csv", help="Master.csv; the real one by default.")
@click.option("--callers", type=_INPUT, required=True, help="JSON: a map from caller to number, or a list of numbers.")
@click.option("--from", "first_day", callback=_day, required=True, help="The day the first row moves to.")
@click.option("--out", type=_OUTPUT, required=True, help="The file to write.")
def asterisk_day(source: Path, callers: Path, first_day: date, out: Path) -> None:
    """Real Asterisk calls for a demo brand: callers become subscribers, dates move, the rest stays to the letter."""
    numbers = _read(callers, _CALLERS.validate_json)
    # Asterisk writes caller names in whatever encoding they came; they must leave as they are.
    text = source.read_bytes().decode("utf-8", "surrogateescape")
    try:
        moved = asterisk.move(text, numbers, first_day)
    except ValueError as refused:
        raise click.ClickException(f"{source}: {refused}") from refused
    generator.replace_file(out, moved.text.encode("utf-8", "surrogateescape"))
    click.echo(f"{moved.rows} rows of {moved.callers} callers in {out}, {moved.unmapped_callers} callers not mapped")


def _subscribers(path: Path) -> list[Subscriber]:
    listed = _read(path, _SUBSCRIBERS.validate_json)
    numbers = [one.msisdn for one in listed]
    twice = sorted({number for number in numbers if numbers.count(number) > 1})
    if twice:
        raise click.ClickException(f"{path}: {', '.join(twice)} stands there more than once")
    return [Subscriber(one.msisdn, one.imsi, one.active_from) for one in listed]


def _read(path: Path, validate: Callable[[bytes], _Value]) -> _Value:
    try:
        return validate(path.read_bytes())
    except ValidationError as invalid:
        first = invalid.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise click.ClickException(f"{path}: {where}: {first['msg']}") from invalid
