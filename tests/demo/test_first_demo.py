"""`make demo`, `make demo-reset` and `make day` as processes, in a folder of their own: the first demo has a day lived
in it, the second has it behind it."""

import json
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.migrated import copy_migrated, without_database
from tests.web_server import BACKEND, free_port

Start = Callable[..., "subprocess.Popen[str]"]

pytestmark = pytest.mark.slow


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An installation with a state and an embedded database of its own, without real tracks."""
    own = {"ROUNDSMAN_VAR": str(tmp_path / "var"), "ROUNDSMAN_SHARED_DATA": str(tmp_path), "PORT": str(free_port())}
    return without_database() | own | {"ROUNDSMAN_WORKERS": "1", "ROUNDSMAN_DEMO_DAY": "2"}


@pytest.fixture
def start(environment: dict[str, str]) -> Iterator[Start]:
    """Starts a module of the project with arguments; what still runs at the end is ended."""
    started: list[subprocess.Popen[str]] = []

    def start_(module: str, *arguments: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=BACKEND,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield start_
    for process in started:
        process.terminate()
        process.communicate(timeout=60)


def read_until(process: "subprocess.Popen[str]", words: str) -> str:
    """What the process has printed up to the line with `words`; fails when it ends before."""
    assert process.stdout is not None
    seen = ""
    for line in process.stdout:
        seen += line
        if words in line:
            return seen
    raise AssertionError(seen)


def test_the_demo_starts_keeps_its_data_and_is_thrown_away(
    start: Start, environment: dict[str, str], tmp_path: Path
) -> None:
    """The first has visits to show, the second starts at once with the same, and a reset ends it and leaves nothing."""
    database = tmp_path / "var" / "postgres"
    copy_migrated(tmp_path / "var")
    first = start("config.demo")
    shown = read_until(first, "demo-reset 清除数据")
    for word in ("PostgreSQL", "演示公司", "roundsman-demo", "rep1 … rep6", environment["PORT"], "PROVEN: 3 replicas"):
        assert word in shown, shown
    example = re.sub(r"\n +", "\n", shown[shown.index("TOKEN=") : shown.index("Log / 日志")])
    listed = subprocess.run(["sh", "-c", example], capture_output=True, text=True, check=True, timeout=60).stdout
    assert len(json.loads(listed)["items"]) == 3

    another = start("config.demo")
    assert "runs already" in another.communicate(timeout=60)[0]
    assert another.returncode == 1

    first.send_signal(signal.SIGINT)
    assert "data is kept" in first.communicate(timeout=60)[0]
    assert first.returncode == 0
    assert not (database / "postmaster.pid").exists()

    again = start("config.demo")
    shown = read_until(again, "demo-reset 清除数据")
    assert "nothing to add" in shown and "PROVEN" not in shown
    with urllib.request.urlopen(f"http://127.0.0.1:{environment['PORT']}/health/ready", timeout=30) as answer:
        assert answer.status == 200
    reset = start("config.demo", "reset")
    assert "yes / 是" in reset.communicate(timeout=60)[0]
    assert again.wait(timeout=60) == 0
    assert not database.exists()


def test_a_reset_leaves_a_stranger_alone_whose_pid_was_written_long_ago(start: Start, tmp_path: Path) -> None:
    (tmp_path / "var" / "demo").mkdir(parents=True)
    stranger = subprocess.Popen(["sleep", "600"])
    (tmp_path / "var" / "demo" / "running.json").write_text(f'{{"pid": {stranger.pid}, "started": "1"}}')
    reset = start("config.demo", "reset")
    assert "none was running" in reset.communicate(timeout=60)[0]
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_day_starts_a_server_of_its_own_and_leaves_nothing_running(start: Start, tmp_path: Path) -> None:
    copy_migrated(tmp_path / "var")
    day = start("config.demo_day", "--reps", "2", "--seed", "3")
    shown = day.communicate(timeout=120)[0]
    assert day.returncode == 0, shown
    assert "PROVEN: 3 replicas" in shown
    assert not (tmp_path / "var" / "postgres" / "postmaster.pid").exists()

    interrupted = start("config.demo_day", "--reps", "2")
    read_until(interrupted, "PostgreSQL")
    interrupted.send_signal(signal.SIGINT)
    interrupted.communicate(timeout=60)
    assert interrupted.returncode == 130
    assert not (tmp_path / "var" / "postgres" / "postmaster.pid").exists()
