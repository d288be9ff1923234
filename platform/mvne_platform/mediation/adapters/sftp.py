"""Fetching over SFTP. The server is pinned by its public key; nothing it says is believed beyond its bounds.

Neither agent nor configuration nor keys of the machine's own user are used: a brand's source signs in with its own.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path
from typing import Any, TypeVar, cast

import asyncssh
from asyncssh import SFTPAttrs, SFTPClient

from mvne_platform.mediation.adapters.parts import PIECE, Part, steps, sweep
from mvne_platform.mediation.adapters.port import (
    Chore,
    Deed,
    Fetched,
    Limits,
    Looked,
    Place,
    Refused,
    Seen,
    SourceTrouble,
    Trouble,
    chosen,
    is_wanted,
    left_behind,
)
from mvne_platform.mediation.source_settings import Sftp
from mvne_platform.runtime.clock import system_now

CONNECT_SECONDS, LOGIN_SECONDS = 10, 20
SHOWN_NAMES = 10
_NANOSECONDS = 1_000_000_000
Answer = TypeVar("Answer")
Work = Callable[[SFTPClient], Awaitable[Answer]]
_MISSING = (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath)
_LOST = (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection)


def fetch(place: Place, known: Collection[Seen], into: Path, limits: Limits) -> Fetched:
    """Fetch whole files; what broke off goes on where it was the next time. What came before a trouble is kept."""
    sweep(into)
    brought = _Brought()

    async def work(client: SFTPClient) -> SourceTrouble | None:
        unreadable = 0
        entries, cut = await _entries(client, place, limits)
        wanted, brought.refused, brought.more = chosen(entries, known, place.settings, limits)
        for seen in wanted:
            part = Part(into, seen)
            try:
                copied = await _copied(client, _path(place, seen.name), part)
            except _LOST:
                raise
            except asyncssh.SFTPError as error:
                # Taken back since it was listed, or kept from us: neither keeps the files behind it from coming.
                unreadable += not isinstance(error, _MISSING)
                continue
            if copied:
                brought.files.append((seen, part.path))
        return left_behind(limits, cut=cut, unreadable=unreadable)

    try:
        return brought.fetched(_within(place, limits, work))
    except SourceTrouble as trouble:
        return brought.fetched(trouble)


def look(place: Place, limits: Limits) -> Looked:
    """Sign in, open the folder, and see what is waiting."""

    async def work(client: SFTPClient) -> list[str]:
        entries, _ = await _entries(client, place, limits)
        return sorted(seen.name for seen in entries)

    names = _within(place, limits, work)
    return Looked(len(names), tuple(names[:SHOWN_NAMES]))


def tidy(place: Place, chores: Collection[Chore], limits: Limits) -> dict[Seen, str]:
    """Delete or move files that are still as they were seen; one that has changed since is a new one and stays."""
    problems: dict[Seen, str] = {}

    async def work(client: SFTPClient) -> None:
        for chore in chores:
            try:
                if await _seen(client, place, chore.seen.name) == chore.seen:
                    await _do(client, place, chore)
            except asyncssh.SFTPError as error:
                problems[chore.seen] = f"The server refused to {chore.deed} it (SFTP status {error.code})."

    _within(place, limits, work)
    return problems


class _Brought:
    """What a pull has so far."""

    def __init__(self) -> None:
        self.files: list[tuple[Seen, Path]] = []
        self.refused: list[Refused] = []
        self.more = False

    def fetched(self, trouble: SourceTrouble | None) -> Fetched:
        """The answer; whoever ran out of time while files were coming simply goes on later."""
        if trouble is not None and trouble.code is Trouble.TOO_SLOW and self.files:
            return Fetched(tuple(self.files), tuple(self.refused), more=True)
        return Fetched(tuple(self.files), tuple(self.refused), self.more, trouble)


def _within(place: Place, limits: Limits, work: Work[Answer]) -> Answer:
    """Run `work` on a connection of its own, within the time there is; raises SourceTrouble for what goes wrong."""

    async def run() -> Answer:
        # Of a read that is broken off, asyncssh leaves parts behind whose ends nobody asks for; ours is raised below.
        asyncio.get_running_loop().set_exception_handler(lambda loop, about: None)
        async with asyncio.timeout(limits.seconds):
            async with _connected(place) as connection, _sftp(connection) as client:
                return await work(client)

    try:
        return asyncio.run(run())
    except SourceTrouble:
        raise
    except Exception as error:
        trouble = _trouble(error)
        if trouble is None:
            raise
        raise trouble from error


def _connected(place: Place) -> Any:
    chosen_settings = cast("Sftp", place.settings)
    return asyncssh.connect(
        chosen_settings.host,
        chosen_settings.port,
        known_hosts=([asyncssh.import_public_key(chosen_settings.host_key)], [], []),
        username=chosen_settings.user,
        config=None,
        agent_path=None,
        gss_host=None,
        x509_trusted_certs=None,
        connect_timeout=CONNECT_SECONDS,
        login_timeout=LOGIN_SECONDS,
        keepalive_interval=15,
        **_credentials(chosen_settings, place.secret),
    )


def _sftp(connection: Any) -> Any:
    # A name that is not UTF-8 becomes one that is not printable, and is passed over like all such.
    return connection.start_sftp_client(path_errors="surrogateescape")


def _credentials(chosen_settings: Sftp, secret: str) -> dict[str, Any]:
    if chosen_settings.login == "password":
        return {"password": secret, "client_keys": None, "preferred_auth": "password,keyboard-interactive"}
    try:
        key = asyncssh.import_private_key(secret)
    except (asyncssh.KeyImportError, ValueError) as error:
        raise SourceTrouble(Trouble.BAD_SECRET, "The sealed secret is no private key; set it again.") from error
    return {"password": None, "client_keys": [key], "preferred_auth": "publickey"}


# The first that fits. Texts are ours: what a server says may be made to fool whoever reads it.
_TROUBLES: tuple[tuple[type[Exception], Trouble, str], ...] = (
    (
        asyncssh.HostKeyNotVerifiable,
        Trouble.HOST_KEY_DIFFERS,
        "The server showed another key than the pinned one; nothing was sent to it. Ask its operator for the key.",
    ),
    (
        asyncssh.KeyExchangeFailed,
        Trouble.HOST_KEY_DIFFERS,
        "The server offers no key of the pinned kind. Ask its operator which key is its own.",
    ),
    (asyncssh.PermissionDenied, Trouble.LOGIN_REFUSED, "The server refused user or secret; set the secret again."),
    (asyncssh.SFTPNoSuchFile, Trouble.FOLDER_MISSING, "The folder is not there on the server; correct `folder`."),
    (asyncssh.SFTPNoSuchPath, Trouble.FOLDER_MISSING, "The folder is not there on the server; correct `folder`."),
    (asyncssh.SFTPPermissionDenied, Trouble.NOT_ALLOWED, "The user may not do that on the server."),
    (TimeoutError, Trouble.TOO_SLOW, "The server did not finish in time; what is left is asked for again."),
    (asyncssh.ConnectionLost, Trouble.BROKE_OFF, "The connection broke off; what is left is asked for again."),
    (asyncssh.SFTPError, Trouble.BROKE_OFF, "The server refused a request; what is left is asked for again."),
    (asyncssh.ChannelOpenError, Trouble.NOT_ALLOWED, "The server lets the user in, but offers no SFTP."),
    (asyncssh.Error, Trouble.BROKE_OFF, "The server did not keep to the protocol, or ended the connection."),
    (OSError, Trouble.CANNOT_CONNECT, "Nobody answers at the host and port; check both, and the way there."),
)


def _trouble(error: Exception) -> SourceTrouble | None:
    return next((SourceTrouble(code, text) for kind, code, text in _TROUBLES if isinstance(error, kind)), None)


async def _entries(client: SFTPClient, place: Place, limits: Limits) -> tuple[list[Seen], bool]:
    """What lies there and has come to rest, and whether there is more than was looked at."""
    rested = (system_now().timestamp() - place.settings.settle_seconds) * _NANOSECONDS
    found: list[Seen] = []
    number = 0
    async for entry in client.scandir(cast("Sftp", place.settings).folder):
        number += 1
        if number > limits.listed:
            return found, True
        name = entry.filename
        seen = (
            _as_seen(name, entry.attrs) if isinstance(name, str) and is_wanted(name, place.settings.pattern) else None
        )
        if seen is not None and seen.modified_ns <= rested:
            found.append(seen)
    return found, False


async def _seen(client: SFTPClient, place: Place, name: str) -> Seen | None:
    try:
        return _as_seen(name, await client.lstat(_path(place, name)))
    except _MISSING:
        return None


def _as_seen(name: str, attrs: SFTPAttrs) -> Seen | None:
    """A regular file as the server describes it; None for links, folders, and what it does not describe."""
    if attrs.type != asyncssh.FILEXFER_TYPE_REGULAR or attrs.size is None or attrs.mtime is None:
        return None
    return Seen(name, attrs.size, int(attrs.mtime) * _NANOSECONDS + (attrs.mtime_ns or 0))


def _path(place: Place, name: str) -> str:
    folder = cast("Sftp", place.settings).folder
    return name if folder == "." else f"{folder.rstrip('/')}/{name}"


async def _copied(client: SFTPClient, path: str, part: Part) -> bool:
    """Fetch the rest of a file, as long as it was listed to be; False if it has changed since."""
    async with client.open(path, "rb") as source:
        for offset, length in steps(part):
            piece = await source.read(min(length, PIECE), offset)
            if not piece:
                break
            part.append(cast("bytes", piece))  # opened as binary
        now = _as_seen(part.seen.name, await source.stat())
    if part.missing or now is None or now[1:] != part.seen[1:]:
        part.discard()
        return False
    part.finish()
    return True


async def _do(client: SFTPClient, place: Place, chore: Chore) -> None:
    path = _path(place, chore.seen.name)
    if chore.deed is Deed.DELETE:
        await client.remove(path)
    if chore.deed is not Deed.MOVE:
        return
    await client.makedirs(chore.folder, exist_ok=True)
    target = f"{chore.folder.rstrip('/')}/{chore.seen.name}"
    if await client.lexists(target):
        target = f"{target}.{chore.seen.modified_ns}"
    await client.rename(path, target)
