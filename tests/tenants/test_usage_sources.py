"""Usage sources in a manifest: read, checked by line, written once; secrets and pauses stay the brand's."""

import pytest

from mvne_platform.mediation import sources
from mvne_platform.runtime import Context
from mvne_tenants.onboarding import states
from mvne_tenants.onboarding.sections import SECTIONS, Seed
from tests.tenants.mini import BRAND, FILES, faults, faults_in_full, read

SOURCE = """
[[usage_source]]
code = "host-voice"
name = "The host's voice records"
operator = "host"
kind = "sftp"
format = "mvne-csv"
settings = { host = "sftp.host.example", user = "mini", host_key = "KEY", folder = "/out", pattern = "VOICE_*.csv" }
schedule = { every_minutes = 15 }
expected_minutes = 60
sequence_pattern = "VOICE_{series}_{number:1-999}.csv"
"""
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJGzKbLh5EcMGyPRMbXQGx6PUUzxJG2VWZ0A8gUTHlAr"


def manifest(source: str = SOURCE) -> dict[str, str]:
    return {**FILES, "brand.toml": BRAND + source.replace("KEY", KEY)}


def line_of(text: str) -> int:
    return manifest()["brand.toml"].splitlines().index(text) + 1


def test_a_source_is_read_as_a_draft() -> None:
    (draft,) = read(manifest()).usage_sources
    assert (draft.code, draft.kind, draft.schedule) == ("host-voice", "sftp", {"every_minutes": 15})
    assert draft.settings["host_key"] == KEY


@pytest.mark.parametrize(
    ("old", "new", "line", "code"),
    [
        ('kind = "sftp"', 'kind = "ftp"', 'kind = "sftp"', "NOT_ONE_OF"),
        ("every_minutes = 15", "every_minutes = 0", "schedule = { every_minutes = 15 }", "OUT_OF_RANGE"),
        ("every_minutes = 15", 'at = ["25:00"]', "schedule = { every_minutes = 15 }", "BAD_SOURCE"),
        ("{number:1-999}", "{numero}", 'sequence_pattern = "VOICE_{series}_{number:1-999}.csv"', "BAD_SOURCE"),
        ("expected_minutes = 60", 'password = "hunter2"', "expected_minutes = 60", "UNKNOWN_KEY"),
    ],
)
def test_what_is_wrong_is_told_by_line(old: str, new: str, line: str, code: str) -> None:
    assert faults(manifest(SOURCE.replace(old, new))) == [("brand.toml", line_of(line), code)]


def test_a_setting_that_is_wrong_says_which_and_two_sources_have_two_codes() -> None:
    wrong = SOURCE.replace('folder = "/out"', 'folder = "../../etc"')
    (fault,) = faults_in_full(manifest(wrong))
    assert (fault.code, "'folder'" in fault.message) == ("BAD_SOURCE", True)
    assert [code for _, _, code in faults(manifest(SOURCE + SOURCE))] == ["REPEATED"]


def test_writing_again_changes_nothing_and_leaves_secret_and_pause(ctx: Context) -> None:
    (section,) = (one for one in SECTIONS if one.name == "usage_sources")
    seed = Seed(read(manifest()), lambda *_: None)
    section.write(ctx, seed)
    (source,) = sources.usage_sources(ctx)
    sources.set_source_secret(ctx, source.id, "hunter2")
    sources.pause_source(ctx, source.id)
    before = states.usage_sources(ctx)
    section.write(ctx, seed)
    assert states.usage_sources(ctx) == before
    assert before["host-voice"]["settings"]["port"] == 22
    assert (source.paused, source.secret_encrypted is not None) == (True, True)
    changed = Seed(read(manifest(SOURCE.replace("= 60", "= 90"))), lambda *_: None)
    section.write(ctx, changed)
    assert source.expected_minutes == 90
