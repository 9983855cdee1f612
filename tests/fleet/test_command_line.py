"""`python -m simulation.fleet` as a process: with its own server, and what it says where nothing can take place."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from simulation.fleet.processes import cost_of
from tests.web_server import BACKEND, free_port

PROJECT = BACKEND.parent


def simulate(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    paths = [str(PROJECT), str(PROJECT / "mobile-client-spec" / "reference-client")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths), "ROUNDSMAN_VAR": str(tmp_path / "var")}
    return subprocess.run(
        [sys.executable, "-m", "simulation.fleet", *arguments],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )


@pytest.mark.slow
def test_it_brings_its_own_server_and_leaves_the_report_alone(tmp_path: Path) -> None:
    small = ("--reps", "2", "--days", "1", "--absent", "0", "--drivers", "1", "--workers", "1", "--seed", "4")
    done = simulate(tmp_path, *small, "--report", str(tmp_path / "report"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "PROVEN / 已证明" in done.stdout and "seed / 随机种子: 4" in done.stdout
    figures = json.loads((tmp_path / "report" / "figures.json").read_text())
    assert figures["proven"] and figures["cost"]["web"]["cpu_s"] > 0 and figures["cost"]["postgres"]["memory_mb"] > 0
    assert {row["kind"] for row in figures["requests"]} >= {"sync", "refresh", "sign-in", "rest"}
    assert "<svg" in (tmp_path / "report" / "report.html").read_text()
    assert list((tmp_path / "var").iterdir()) == [], "something of the server stayed"


def test_where_nobody_answers_it_says_so(tmp_path: Path) -> None:
    done = simulate(tmp_path, "--server", f"http://127.0.0.1:{free_port()}", "--reps", "2", "--seed", "9")
    assert done.returncode == 2
    assert "The run ended early / 提前中止" in done.stdout and "(seed 9)" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("wrong", [("--offline", "1.5"), ("--faults", "-1"), ("--reps", "many")])
def test_options_that_make_no_sense_are_refused(tmp_path: Path, wrong: tuple[str, str]) -> None:
    done = simulate(tmp_path, *wrong)
    assert done.returncode == 2 and wrong[0] in done.stderr


def test_the_cost_of_processes_has_all_below_them() -> None:
    spin = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'for _ in range(3_000_000): pass']); input()"
    process = subprocess.Popen([sys.executable, "-c", spin], stdin=subprocess.PIPE)
    before = cost_of(os.getpid())
    while (cost := cost_of(process.pid)).cpu_s < 0.05:
        assert process.poll() is None
    assert cost.memory_mb > 5
    assert cost_of(os.getpid()).memory_mb > before.memory_mb / 2
    process.communicate(b"\n")
    assert cost_of(process.pid) == (0.0, 0.0)
