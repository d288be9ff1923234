"""Schemas that are not at the newest revision."""

from collections.abc import Iterator

from mvne_cli.doctor.finding import Finding
from mvne_platform import migrations
from mvne_platform.runtime import settings


def behind(brands: list[str]) -> Iterator[Finding]:
    """Each schema whose revision is not the head of its history. Reading brands' revisions needs the DDL login."""
    admin_url = settings().admin_url
    if admin_url is None:
        yield Finding(
            "platform",
            "The revisions of the schemas could not be read: MVNE_ADMIN_DATABASE_URL is not set.",
            "Set it for this command; only the DDL login sees every schema.",
        )
        return
    for schema, revision in migrations.versions_behind(admin_url, brands).items():
        newest = migrations.newest("platform" if schema == "platform" else "brand")
        yield Finding(
            schema,
            f"The schema is at revision {revision or 'none'}; this version needs {newest}.",
            "`mvne migrate` brings it there, and names what is in the way.",
        )
