"""Usage files that should be here and are not."""

from collections.abc import Iterator

from mvne_cli.doctor.finding import Finding
from mvne_platform.mediation import sources
from mvne_platform.mediation.sources import UsageSource
from mvne_platform.runtime import Context, brand_work

_MORE = "docs/guides/usage-operations.md, missing and late files, says more."


def troubled_sources(brands: list[str]) -> Iterator[Finding]:
    """Sources whose files are overdue, whose file numbers have gaps, or that could not be asked."""
    for brand in brands:
        with brand_work(brand) as ctx:
            found = [one for source in sources.usage_sources(ctx) for one in _findings(ctx, source)]
        yield from found


def _findings(ctx: Context, source: UsageSource) -> Iterator[Finding]:
    brand, named = ctx.brand.slug, f"The usage source '{source.code}'"
    ask = f"Ask '{source.operator}' where the files are"
    if sources.overdue(ctx, source):
        last = source.last_file_at
        came = f"the last one came at {last:%Y-%m-%d %H:%M} UTC" if last else "none ever came"
        yield Finding(
            brand,
            f"{named} is overdue: a file is expected within {source.expected_minutes} minutes, and {came}.",
            f"{ask}, or pause the source. {_MORE}",
        )
    gaps = sources.gaps(ctx, source)
    if gaps:
        newest, count = gaps[0], sum(gap.files for gap in gaps)
        series = f" of the series '{newest.series}'" if newest.series else ""
        yield Finding(
            brand,
            f"{named} lacks {count} files by their numbers, the newest {newest.first} to {newest.last}{series}.",
            f"{ask}; waive numbers that will never come. {_MORE}",
        )
    if source.pull_error is not None:
        yield Finding(
            brand,
            f"{named} could not be asked for all its files, {source.pulls_failed} times in a row: {source.pull_error}",
            f"Mend the cause, then `mvne usage pull {brand} {source.code}`.",
        )
