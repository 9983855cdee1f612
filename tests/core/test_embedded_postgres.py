"""The embedded PostgreSQL: real servers, real processes, and nothing of the user's is touched."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from core.postgres.embedded import EmbeddedServer, EmbeddedServerError

BACKEND = Path(__file__).resolve().parents[2] / "backend"
SMALL = {"shared_buffers": "16MB", "fsync": "off", "max_connections": "20"}
MakeServer = Callable[..., EmbeddedServer]


@pytest.fixture
def make_server() -> Iterator[MakeServer]:
    """Returns a function that makes servers; whatever it made is stopped at the end."""
    made: list[EmbeddedServer] = []

    def make(data_dir: Path, **settings: str) -> EmbeddedServer:
        made.append(EmbeddedServer(data_dir, settings=SMALL | settings))
        return made[-1]

    yield make
    for server in made:
        server.stop()


@pytest.fixture
def foreign() -> Iterator[subprocess.Popen[bytes]]:
    """A process that has nothing to do with us."""
    process = subprocess.Popen(["sleep", "600"])
    yield process
    process.kill()
    process.wait()


def ask(server: EmbeddedServer, statement: str) -> str:
    with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
        cursor = connection.execute(statement)
        row = cursor.fetchone() if cursor.description else None
        return str(row[0]) if row else ""


def modes_above(path: Path) -> dict[Path, tuple[int, int, int]]:
    """The mode, owner and group of every folder above `path`."""
    return {folder: (s.st_mode, s.st_uid, s.st_gid) for folder in path.parents for s in [folder.stat()]}


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def test_a_server_listens_on_a_closed_socket_only(tmp_path: Path, make_server: MakeServer) -> None:
    server = make_server(tmp_path / "pg")
    server.hold()
    assert ask(server, "SHOW listen_addresses") == ""
    assert stat.S_IMODE(server.data_dir.stat().st_mode) == 0o700
    assert stat.S_IMODE((server.data_dir / ".s.PGSQL.5432").stat().st_mode) == 0o700
    tcp = Path(f"/proc/{server.running_pid()}/net/tcp").read_text()
    assert f":{5432:04X} " not in tcp
    server.release()
    assert server.running_pid() is None


def test_data_stays_when_the_server_is_started_again(tmp_path: Path, make_server: MakeServer) -> None:
    make_server(tmp_path / "pg").hold()
    first = make_server(tmp_path / "pg")
    ask(first, "CREATE TABLE kept AS SELECT 42 AS answer")
    first.stop()
    assert first.running_pid() is None
    again = make_server(tmp_path / "pg")
    again.hold()
    assert ask(again, "SELECT answer FROM kept") == "42"


def test_folders_above_keep_mode_and_owner(tmp_path: Path, make_server: MakeServer) -> None:
    closed = tmp_path / "closed" / "project"
    closed.mkdir(parents=True)
    closed.chmod(0o700)
    closed.parent.chmod(0o700)
    before = modes_above(closed / "var")
    server = make_server(closed / "var" / "pg")
    server.hold()
    assert ask(server, "SELECT 1") == "1"
    server.stop()
    assert modes_above(closed / "var") == before


@pytest.mark.parametrize("leftover", ["running", "zombie"])
def test_a_reused_pid_in_the_pid_file_is_left_alone(
    tmp_path: Path, make_server: MakeServer, foreign: subprocess.Popen[bytes], leftover: str
) -> None:
    server = make_server(tmp_path / "pg")
    server.hold()
    pid_files = [server.data_dir / "postmaster.pid", server.data_dir / ".s.PGSQL.5432.lock"]
    contents = [path.read_text().splitlines() for path in pid_files]
    server.stop()
    if leftover == "zombie":
        stranger = subprocess.Popen(["true"])
        wait_until(lambda: " Z " in Path(f"/proc/{stranger.pid}/stat").read_text())
    else:
        stranger = foreign
    for path, lines in zip(pid_files, contents, strict=True):
        path.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
    again = make_server(tmp_path / "pg")
    assert again.running_pid() is None
    again.stop()  # nothing of ours runs, so nothing is signalled
    assert foreign.poll() is None
    again.hold()
    assert ask(again, "SELECT 1") == "1"
    again.stop()
    assert foreign.poll() is None
    if leftover == "zombie":
        stranger.wait()


def test_a_server_of_another_directory_is_left_alone(tmp_path: Path, make_server: MakeServer) -> None:
    other = make_server(tmp_path / "other")
    other.hold()
    mine = make_server(tmp_path / "mine")
    mine.hold()
    lines = (mine.data_dir / "postmaster.pid").read_text().splitlines()
    mine.stop()
    (mine.data_dir / "postmaster.pid").write_text("\n".join([str(other.running_pid()), *lines[1:]]) + "\n")
    mine.hold()
    mine.stop()
    assert ask(other, "SELECT 1") == "1"


def test_a_killed_server_recovers_what_was_committed(tmp_path: Path, make_server: MakeServer) -> None:
    server = make_server(tmp_path / "pg", fsync="on")
    server.hold()
    ask(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    pid = server.running_pid()
    assert pid
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: server.running_pid() is None)
    server.hold()
    assert ask(server, "SELECT answer FROM kept") == "42"


HOLDER = """
import sys, time
from pathlib import Path
from core.postgres.embedded import EmbeddedServer
server = EmbeddedServer(Path(sys.argv[1]), settings={"shared_buffers": "16MB", "fsync": "off"})
server.hold()
print(server.running_pid(), flush=True)
sys.stdin.readline()
server.release()
"""


def start_holder(data_dir: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(data_dir)],
        env=os.environ | {"PYTHONPATH": str(BACKEND)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def read_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_processes_starting_together_share_one_server_and_the_last_stops_it(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path / "pg", settings=SMALL)
    holders = [start_holder(server.data_dir) for _ in range(3)]
    pids = {read_line(holder) for holder in holders}
    assert pids == {str(server.running_pid())}
    for holder in holders[:-1]:
        holder.communicate("leave\n", timeout=30)
        assert server.running_pid() is not None
    holders[-1].communicate("leave\n", timeout=30)
    assert server.running_pid() is None


def test_a_holder_killed_hard_does_not_keep_the_server_for_ever(tmp_path: Path, make_server: MakeServer) -> None:
    server = make_server(tmp_path / "pg")
    killed = start_holder(server.data_dir)
    read_line(killed)
    killed.kill()
    killed.communicate()
    assert server.running_pid() is not None  # it outlives its holder …
    server.hold()
    server.release()
    assert server.running_pid() is None  # … and ends with the next one


@pytest.mark.parametrize("name", ["with space", "上海, 浦东", "long" * 30, "per%cent 'quote'"])
def test_any_path_will_do(tmp_path: Path, make_server: MakeServer, name: str) -> None:
    server = make_server(tmp_path / name / "pg")
    server.hold()
    assert ask(server, "SHOW data_directory") == str(server.data_dir)


def test_a_folder_with_something_else_in_it_is_not_touched(tmp_path: Path, make_server: MakeServer) -> None:
    (tmp_path / "pg").mkdir()
    (tmp_path / "pg" / "diary.txt").write_text("mine")
    server = make_server(tmp_path / "pg")
    with pytest.raises(EmbeddedServerError, match="not touched"):
        server.hold()
    server.destroy()
    assert [path.name for path in (tmp_path / "pg").iterdir()] == ["diary.txt"]


def test_a_half_made_cluster_is_made_anew(tmp_path: Path, make_server: MakeServer) -> None:
    (tmp_path / "pg.new").mkdir()
    (tmp_path / "pg.new" / "PG_VERSION").write_text("18")
    server = make_server(tmp_path / "pg")
    server.hold()
    assert ask(server, "SELECT 1") == "1"


def test_a_failed_start_says_why(tmp_path: Path, make_server: MakeServer) -> None:
    server = make_server(tmp_path / "pg", shared_buffers="nonsense")
    with pytest.raises(EmbeddedServerError, match="shared_buffers"):
        server.hold()


def test_destroy_removes_the_data(tmp_path: Path, make_server: MakeServer) -> None:
    server = make_server(tmp_path / "pg")
    server.hold()
    server.destroy()
    assert server.running_pid() is None
    assert not server.data_dir.exists()
