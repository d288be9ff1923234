"""What must fit together within `brand.toml`, and between it and the files it names."""

from collections.abc import Iterator
from datetime import date

from mvne_tenants.manifest.faults import Fault
from mvne_tenants.manifest.files import Files
from mvne_tenants.manifest.logo import logo_faults
from mvne_tenants.manifest.source import Table
from mvne_tenants.manifest.surroundings import Surroundings


def brand_relation_faults(brand: Table, files: Files, around: Surroundings) -> Iterator[Fault]:
    """Every relation that does not hold; keys of a wrong form are left to the form."""
    yield from _repeated(brand.table("brand"), "languages")
    yield from _hosts(brand.table("brand"), around)
    yield from _look(brand.table("look"), files)
    yield from _tax(brand.table("tax"))
    yield from _catalogue_mode(brand.table("catalogue"), around)
    yield from _clients(brand)
    yield from texts_in_languages(brand.table("legal"), "imprint", languages_of(brand))


def languages_of(brand: Table) -> list[str]:
    """The brand's languages as far as they can be read."""
    return [language for _, language in brand.table("brand").texts("languages")]


def texts_in_languages(table: Table, key: str, languages: list[str]) -> Iterator[Fault]:
    """A text by language has all the brand's languages and no others."""
    texts = table.table(key)
    if not texts.values or not languages:
        return
    for language in languages:
        if language not in texts.values:
            cause = f"'{key}' has no text in the brand's language '{language}'."
            yield table.fault(key, "MISSING_LANGUAGE", cause, f'Add {language} = "…".')
    for language in texts.values:
        if language not in languages:
            cause = f"'{language}' is not among the brand's languages."
            yield texts.fault(language, "FOREIGN_LANGUAGE", cause, "Remove the text, or add the language to the brand.")


def _repeated(table: Table, key: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, value in table.texts(key):
        if value in seen:
            yield table.fault((key, index), "REPEATED", f"'{value}' is named twice.", "Remove one of them.")
        seen.add(value)


def _hosts(identity: Table, around: Surroundings) -> Iterator[Fault]:
    yield from _repeated(identity, "hosts")
    slug = identity.text("slug")
    for index, host in identity.texts("hosts"):
        holder = around.hosts.get(host)
        if host == around.console_host:
            cause = f"'{host}' is the console's."
            yield identity.fault(("hosts", index), "HOST_TAKEN", cause, "Choose another host.")
        elif holder is not None and holder != slug:
            cause = f"The brand '{holder}' answers on '{host}' already."
            yield identity.fault(("hosts", index), "HOST_TAKEN", cause, "Choose another host, or free it there first.")


def _look(look: Table, files: Files) -> Iterator[Fault]:
    logo = look.text("logo")
    if logo and logo not in files.texts:
        cause = f"The manifest has no file '{logo}'."
        yield look.fault("logo", "MISSING_FILE", cause, "Add the file, or correct its name.")
    elif logo:
        yield from logo_faults(logo, files.texts[logo])


def _tax(tax: Table) -> Iterator[Fault]:
    seen: set[tuple[str, date]] = set()
    for rate in tax.tables("rate"):
        day = rate.values.get("from")
        if not isinstance(day, date):
            continue
        key = (rate.text("class"), day)
        if key in seen:
            cause = f"Class '{key[0]}' has two rates from {day}."
            yield rate.fault("from", "REPEATED", cause, "Remove one, or correct its day.")
        seen.add(key)


def _catalogue_mode(mode: Table, around: Surroundings) -> Iterator[Fault]:
    code, version = mode.text("shared"), mode.values.get("version")
    if mode.text("mode") != "shared":
        for key in ("shared", "version"):
            if key in mode.values:
                cause = f"'{key}' is for brands whose catalogue mode is shared."
                yield mode.fault(key, "NOT_SHARED", cause, 'Remove it, or set mode = "shared".')
    elif not code or not isinstance(version, int):
        cause = "A brand that subscribes names the shared catalogue and its version."
        yield mode.fault("mode", "MISSING", cause, "Add both 'shared' and 'version'.")
    elif (code, version) not in around.shared:
        cause = f"Version {version} of the shared catalogue '{code}' is not published."
        yield mode.fault("version", "UNKNOWN_SHARED", cause, "Publish it first, or name a version that is.")


def _clients(brand: Table) -> Iterator[Fault]:
    seen: set[str] = set()
    for client in brand.tables("api_client"):
        name = client.text("name")
        if name and name in seen:
            yield client.fault("name", "REPEATED", f"Two clients are called '{name}'.", "Rename one of them.")
        seen.add(name)
