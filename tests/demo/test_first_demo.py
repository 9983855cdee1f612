"""`make demo` and `make day` as processes: the first demo has a day lived in it, the second has it behind it."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.web_server import BACKEND, free_port

pytestmark = pytest.mark.slow


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An installation with a state and an embedded database of its own, without real tracks."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    own = {"ROUNDSMAN_VAR": str(tmp_path / "var"), "ROUNDSMAN_SHARED_DATA": str(tmp_path), "PORT": str(free_port())}
    return kept | own | {"ROUNDSMAN_WORKERS": "1", "ROUNDSMAN_JOBS": "0"}


def start(environment: dict[str, str], module: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=BACKEND,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def read_until(process: subprocess.Popen[str], words: str) -> str:
    """What the process has printed up to the line with `words`."""
    assert process.stdout is not None
    seen = ""
    for line in process.stdout:
        seen += line
        if words in line:
            return seen
    raise AssertionError(seen)


def test_the_first_demo_has_visits_to_show_and_the_second_starts_at_once(
    environment: dict[str, str], tmp_path: Path
) -> None:
    first = start(environment, "config.demo")
    shown = read_until(first, "demo-reset 清除数据")
    assert "PROVEN: 5 replicas" in shown
    home = f"http://127.0.0.1:{environment['PORT']}"
    example = re.sub(r"\n +", "\n", shown[shown.index("TOKEN=") : shown.index("Log / 日志")])
    listed = subprocess.run(["sh", "-c", example], capture_output=True, text=True, check=True, timeout=60).stdout
    assert len(json.loads(listed)["items"]) == 3
    first.send_signal(signal.SIGINT)
    assert "data is kept" in first.communicate(timeout=60)[0]
    assert first.returncode == 0

    second = start(environment, "config.demo")
    shown = read_until(second, "demo-reset 清除数据")
    assert "nothing to add" in shown and "PROVEN" not in shown
    with urllib.request.urlopen(f"{home}/health/ready", timeout=30) as answer:
        assert answer.status == 200
    second.send_signal(signal.SIGTERM)
    second.communicate(timeout=60)
    assert not (tmp_path / "var" / "postgres" / "postmaster.pid").exists()


def test_a_day_starts_a_server_of_its_own_and_leaves_nothing_running(
    environment: dict[str, str], tmp_path: Path
) -> None:
    day = start(environment, "config.demo_day", "--reps", "2", "--seed", "3")
    shown = day.communicate(timeout=120)[0]
    assert day.returncode == 0, shown
    assert "PROVEN: 3 replicas" in shown
    assert not (tmp_path / "var" / "postgres" / "postmaster.pid").exists()

    interrupted = start(environment, "config.demo_day", "--reps", "2")
    read_until(interrupted, "seed / 随机种子")
    interrupted.send_signal(signal.SIGINT)
    interrupted.communicate(timeout=60)
    assert interrupted.returncode == 130
    assert not (tmp_path / "var" / "postgres" / "postmaster.pid").exists()
