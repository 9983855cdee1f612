"""`make demo` and `make demo-reset` as processes, in a folder of their own."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

BACKEND = Path(__file__).resolve().parents[2] / "backend"

Demo = Callable[..., "subprocess.Popen[str]"]

pytestmark = pytest.mark.slow


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An installation with its own state, without a DATABASE_URL, on a free port; no day is lived in it."""
    (tmp_path / "var" / "demo").mkdir(parents=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    return kept | {
        "ROUNDSMAN_VAR": str(tmp_path / "var"),
        "PORT": str(port),
        "ROUNDSMAN_WORKERS": "1",
        "ROUNDSMAN_DEMO_DAY": "0",
    }


@pytest.fixture
def demo(environment: dict[str, str]) -> Iterator[Demo]:
    """Returns a function that starts `python -m config.demo` with arguments; what still runs at the end is ended."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> "subprocess.Popen[str]":
        started.append(_start(environment, *arguments))
        return started[-1]

    yield start
    for process in started:
        process.terminate()
        process.communicate(timeout=60)


def _start(environment: dict[str, str], *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "config.demo", *arguments],
        cwd=BACKEND,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def read_until(process: subprocess.Popen[str], words: str) -> str:
    """Returns what the process has printed up to the line with `words`; fails when it ends before."""
    assert process.stdout is not None
    seen = ""
    for line in process.stdout:
        seen += line
        if words in line:
            return seen
    raise AssertionError(seen)


def test_the_demo_starts_keeps_its_data_and_is_thrown_away(
    demo: Demo, environment: dict[str, str], tmp_path: Path
) -> None:
    database = tmp_path / "var" / "postgres"
    first = demo()
    shown = read_until(first, "demo-reset 清除数据")
    for word in ("PostgreSQL", "演示公司", "roundsman-demo", "rep1 … rep6", environment["PORT"]):
        assert word in shown

    second = demo()
    assert "runs already" in second.communicate(timeout=60)[0]
    assert second.returncode == 1

    first.send_signal(signal.SIGINT)
    assert "data is kept" in first.communicate(timeout=60)[0]
    assert first.returncode == 0
    assert not (database / "postmaster.pid").exists()

    again = demo()
    read_until(again, "demo-reset 清除数据")
    reset = demo("reset")
    assert "yes / 是" in reset.communicate(timeout=60)[0]
    assert again.wait(timeout=60) == 0
    assert not database.exists()


def test_a_reset_leaves_a_stranger_alone_whose_pid_was_written_long_ago(
    demo: Demo, environment: dict[str, str], tmp_path: Path
) -> None:
    stranger = subprocess.Popen(["sleep", "600"])
    (tmp_path / "var" / "demo" / "running.json").write_text(f'{{"pid": {stranger.pid}, "started": "1"}}')
    reset = demo("reset")
    assert "none was running" in reset.communicate(timeout=60)[0]
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()
