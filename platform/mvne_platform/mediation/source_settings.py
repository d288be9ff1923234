"""What a source's settings may say, by kind. No secret is among them."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

import asyncssh
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from mvne_platform.mediation.errors import BadSource
from mvne_platform.mediation.models.sources import SourceKind

GIBIBYTE = 1024**3
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9a-fA-F:]{2,39}")
# X.509 and security keys make no sense for a server one pins.
_HOST_KEYS = ("ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa")


def _relative(path: str) -> str:
    """A path below a folder of ours: no way up, no way out."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or not path.isprintable() or "\\" in path:
        raise ValueError("is no path below the brand's folder, such as `host/voice`; `..` and a leading `/` lead out")
    return path


def _remote(path: str) -> str:
    if not path.isprintable() or ".." in PurePosixPath(path).parts:
        raise ValueError("is no plain path on the server, such as `/outgoing/cdr`")
    return path


def _host(name: str) -> str:
    if not _HOST.fullmatch(name):
        raise ValueError("is no host name or address")
    return name


def _host_key(line: str) -> str:
    if line.split(" ", 1)[0] not in _HOST_KEYS:
        raise ValueError(f"is no public key as `ssh-keyscan` shows it; it begins with one of {', '.join(_HOST_KEYS)}")
    try:
        key = asyncssh.import_public_key(line)
    except asyncssh.KeyImportError as error:
        raise ValueError("is no public key that can be read; copy the line of `ssh-keyscan`") from error
    return " ".join(key.export_public_key("openssh").decode().split()[:2])


def _name_pattern(pattern: str) -> str:
    if "/" in pattern or not pattern.isprintable():
        raise ValueError("is no pattern of file names, such as `CDR_*.csv`")
    return pattern


Relative = Annotated[str, Field(min_length=1, max_length=255), AfterValidator(_relative)]
Remote = Annotated[str, Field(min_length=1, max_length=255), AfterValidator(_remote)]
MaxBytes = Annotated[int, Field(ge=1, le=4 * GIBIBYTE)]


class Handed(BaseModel):
    """Of files that are handed over: how large one may be."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    max_bytes: MaxBytes = GIBIBYTE


class Pushed(Handed):
    """Of HTTP push: which API client may push, by its client id; any with the scope if none is named."""

    client_id: Annotated[str, Field(min_length=1, max_length=100)] | None = None


class Pulled(Handed):
    """Of files that are fetched: which, and what is done with them there afterwards.

    A file must have rested `settle_seconds` (platform time). `move_to` and `quarantine_folder` are folders there, below
    the one that is looked into or beside it; without a quarantine folder a file that cannot be read stays.
    """

    pattern: Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_name_pattern)] = "*"
    settle_seconds: Annotated[int, Field(ge=0, le=86_400)] = 10
    after_pull: Literal["leave", "delete", "move"] = "leave"
    move_to: Remote | None = None
    quarantine_folder: Remote | None = None

    @model_validator(mode="after")
    def _destination(self) -> "Pulled":
        if (self.after_pull == "move") != (self.move_to is not None):
            raise ValueError("`move_to` names the folder if `after_pull` is `move`, and only then")
        return self


class Folder(Pulled):
    """A directory of this machine, below the brand's own folder."""

    folder: Relative
    move_to: Relative | None = None
    quarantine_folder: Relative | None = None


class Sftp(Pulled):
    """An SFTP server (draft-ietf-secsh-filexfer-02, version 3). `login` says what the sealed secret is.

    `host_key` pins the server: its public key as `ssh-keyscan` shows it, without the host's name.
    """

    host: Annotated[str, Field(max_length=253), AfterValidator(_host)]
    port: Annotated[int, Field(ge=1, le=65_535)] = 22
    user: Annotated[str, Field(min_length=1, max_length=100)]
    login: Literal["password", "key"] = "password"
    host_key: Annotated[str, Field(max_length=2_000), AfterValidator(_host_key)]
    folder: Remote = "."


_FORMS: Mapping[SourceKind, type[Handed]] = {
    SourceKind.DIRECTORY: Folder,
    SourceKind.SFTP: Sftp,
    SourceKind.UPLOAD: Handed,
    SourceKind.PUSH: Pushed,
}
FETCHED = (SourceKind.DIRECTORY, SourceKind.SFTP)


def read_settings(kind: SourceKind, values: Mapping[str, Any]) -> Handed:
    """The settings of a source of this kind; raises BadSource with the first fault and where it is."""
    try:
        return _FORMS[kind].model_validate(dict(values))
    except ValidationError as error:
        raise _refusal(kind, error) from error


def read_fetched(kind: SourceKind, values: Mapping[str, Any]) -> Pulled:
    """The same of a source whose files are fetched; TypeError for one whose files are handed over."""
    chosen = read_settings(kind, values)
    if not isinstance(chosen, Pulled):
        raise TypeError(f"files of a source of kind {kind} are not fetched")
    return chosen


def _refusal(kind: SourceKind, error: ValidationError) -> BadSource:
    fault = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(map(str, fault["loc"])) or "settings"
    said = fault["msg"].removeprefix("Value error, ")
    known = ", ".join(_FORMS[kind].model_fields)
    text = said if said.startswith("`") else f"The setting '{place}' {said[:1].lower()}{said[1:]}"
    return BadSource(f"{text}. A source of kind {kind} knows: {known}.", field=("settings",))
