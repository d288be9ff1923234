"""Under which system account the server runs, and how it reaches its files.

PostgreSQL refuses to run as root. Started by root, the server therefore runs as an unprivileged account. When the
checkout lies below a folder which that account may not enter (a home with mode 0700), neither the folder's mode nor
the place of the data is changed: the server keeps the one capability that lets it pass (see capabilities(7)). The
files themselves stay protected by owner and mode.
"""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from mvne_cli.embedded.errors import EmbeddedPostgresError

EXISTING_ACCOUNTS = ("postgres", "nobody")
OWN_ACCOUNT = "mvne-postgres"

# The first is enough; containers often withhold it and grant the second.
_PASSING_CAPABILITIES = ("dac_read_search", "dac_override")

_PROBE = 'cd "$1" && exec "$2" --version'


@dataclass(frozen=True, slots=True)
class Account:
    """The account that owns the data; `prefix` is the command that lets it pass closed parent folders."""

    uid: int
    gid: int
    switch: bool
    prefix: tuple[str, ...] = ()

    def run(self, command: Sequence[str | Path]) -> "subprocess.CompletedProcess[str]":
        """Run to the end as this account; output is captured as text."""
        uid, gid, groups = self._ids()
        return subprocess.run(
            self._argv(command),
            user=uid,
            group=gid,
            extra_groups=groups,
            cwd="/",
            env=_environment(),
            umask=0o077,
            capture_output=True,
            text=True,
            check=False,
        )

    def start(self, command: Sequence[str | Path], output: IO[bytes]) -> "subprocess.Popen[bytes]":
        """Start as this account, in a session of its own so that a Ctrl-C in the terminal does not reach it."""
        uid, gid, groups = self._ids()
        return subprocess.Popen(
            self._argv(command),
            user=uid,
            group=gid,
            extra_groups=groups,
            cwd="/",
            env=_environment(),
            umask=0o077,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def give(self, path: Path) -> None:
        """Make a file or folder this account's own."""
        if self.switch:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def _ids(self) -> tuple[int | None, int | None, list[int] | None]:
        if self.switch and not self.prefix:
            return self.uid, self.gid, []
        return None, None, None

    def _argv(self, command: Sequence[str | Path]) -> list[str]:
        return [*self.prefix, *map(str, command)]


def account_for(data: Path) -> Account:
    """Choose the account for `data`: whoever owns it already, else an existing unprivileged one."""
    if os.geteuid() != 0:
        _refuse_foreign_files(data)
        return Account(os.geteuid(), os.getegid(), switch=False)
    owner = _existing_owner(data)
    if owner is None:
        entry = _unprivileged_entry()
        owner = (entry.pw_uid, entry.pw_gid)
    _refuse_unmapped(owner[0])
    return Account(*owner, switch=True)


def able_to_reach(account: Account, data: Path, postgres: Path) -> tuple[Account, str]:
    """The account with what it needs to enter `data` and run `postgres`, and what `postgres --version` printed."""
    complaints = []
    for candidate in _candidates(account):
        probe = candidate.run(["/bin/sh", "-c", _PROBE, "sh", data, postgres])
        if probe.returncode == 0:
            return candidate, probe.stdout.strip()
        complaints.append(probe.stderr.strip())
    raise EmbeddedPostgresError(
        "POSTGRES_UNREACHABLE",
        f"The account with uid {account.uid} cannot run {postgres} in {data}: {' / '.join(complaints)}. "
        "Start as an ordinary user, or move the checkout to a folder that this account may enter.",
    )


def _candidates(account: Account) -> Iterator[Account]:
    yield account
    setpriv = shutil.which("setpriv")
    if not account.switch or setpriv is None:
        return
    for capability in _PASSING_CAPABILITIES:
        identity = (setpriv, f"--reuid={account.uid}", f"--regid={account.gid}", "--clear-groups")
        grants = (f"--inh-caps=-all,+{capability}", f"--ambient-caps=-all,+{capability}")
        # Without this bit access(2), which PostgreSQL asks about its own program file, ignores the capability.
        fixup = ("--securebits=+no_setuid_fixup",)
        yield Account(account.uid, account.gid, switch=True, prefix=(*identity, *grants, *fixup, "--"))


def _refuse_foreign_files(data: Path) -> None:
    if data.exists() and data.stat().st_uid != os.geteuid():
        raise EmbeddedPostgresError(
            "POSTGRES_FOREIGN_FILES",
            f"The data in {data} belong to another account (uid {data.stat().st_uid}): they were made by a start "
            "as root or as another user. Start as that user or as root, or begin anew with `make reset`.",
        )


def _refuse_unmapped(uid: int) -> None:
    """In a user namespace (user_namespaces(7)) only mapped accounts can be taken on."""
    rows = [tuple(map(int, row.split())) for row in Path("/proc/self/uid_map").read_text(encoding="utf-8").splitlines()]
    if not any(first <= uid < first + count for first, _, count in rows):
        raise EmbeddedPostgresError(
            "POSTGRES_NO_ACCOUNT",
            f"PostgreSQL does not run as root, and this container knows no account but root (uid {uid} is not mapped). "
            "Start outside it as an ordinary user, or map more accounts into the container.",
        )


def _existing_owner(path: Path) -> tuple[int, int] | None:
    """The unprivileged owner of `path` or of the folder it will be made in; None if that is root or unknown."""
    nearest = next(place for place in (path, *path.parents) if place.exists())
    status = nearest.stat()
    if status.st_uid == 0:
        return None
    if nearest == path:
        return status.st_uid, status.st_gid
    try:
        return status.st_uid, pwd.getpwuid(status.st_uid).pw_gid
    except KeyError:  # a folder mounted into a container often belongs to nobody known there
        return None


def _unprivileged_entry() -> pwd.struct_passwd:
    for name in (*EXISTING_ACCOUNTS, OWN_ACCOUNT):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    useradd = shutil.which("useradd") or "/usr/sbin/useradd"
    command = [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", OWN_ACCOUNT]
    try:
        subprocess.run(command, check=True, capture_output=True)
        return pwd.getpwnam(OWN_ACCOUNT)
    except (OSError, subprocess.CalledProcessError, KeyError) as error:
        raise EmbeddedPostgresError(
            "POSTGRES_NO_ACCOUNT",
            "PostgreSQL does not run as root, and this machine has no account `postgres` or `nobody` and refused to "
            f"create one ({error}). Start as an ordinary user.",
        ) from error


def _environment() -> dict[str, str]:
    """Nothing of the caller's: PGPORT, PGDATA or a locale of his would change the server."""
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
