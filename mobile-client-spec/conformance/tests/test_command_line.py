"""The tool as a team uses it: a process as adapter, exit codes, the table, JSON and JUnit."""

import json
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from in_process import LIBRARY, SPEC

from roundsman_conformance.cli import main

ADAPTER = f"{sys.executable} -m roundsman_client.adapter"
RUN = ["serve", "--adapter", ADAPTER, "--timeout", "20"]


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Adapters are started as processes, which find the reference client by this."""
    monkeypatch.setenv("PYTHONPATH", str(SPEC / "reference-client"))


def test_scenarios_that_kill_the_app_pass(capsys: pytest.CaptureFixture[str]):
    named = [name for scenario in LIBRARY.scenarios if "kill" in scenario.needs for name in ("--only", scenario.id)]
    assert main([*RUN, *(named or ["--only", "first-sync"])]) == 0, capsys.readouterr().out
    assert "not tested" not in capsys.readouterr().out.replace("0 not tested", "")


def test_the_result_for_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    result, junit = tmp_path / "result.json", tmp_path / "junit.xml"
    assert main([*RUN, "--only", "lost-answer", "--json", str(result), "--junit", str(junit)]) == 0
    rules = {rule["id"]: rule["status"] for rule in json.loads(result.read_text())["rules"]}
    assert rules["OUT-4"] == "passed"
    cases = {case.get("name") for case in ElementTree.parse(junit).getroot()}  # noqa: S314 - written just now
    assert cases == rules.keys()
    assert "OUT-4    MUST    passed" in capsys.readouterr().out


def test_the_list_in_chinese(capsys: pytest.CaptureFixture[str]):
    assert main(["serve", "--list", "--only", "OUT-4", "--language", "zh-Hans"]) == 0
    assert "lost-answer：应答丢失" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["serve"],
        ["serve", "--only", "no-such-thing", "--list"],
        ["serve", "--adapter", "/no/such/program"],
        ["serve", "--adapter-url", "http://127.0.0.1:9"],
        ["serve", "--scenarios", "/no/such/folder", "--list"],
    ],
)
def test_a_run_that_cannot_start_says_why(arguments: list[str], capsys: pytest.CaptureFixture[str]):
    assert main(arguments) == 2
    assert capsys.readouterr().err


@pytest.mark.parametrize(
    ("program", "rule"),
    [
        # Hangs in the middle of a call.
        ("import time; time.sleep(60)", None),
        # Ends in the middle of a scenario.
        (
            "import sys, json\n"
            "for line in sys.stdin:\n"
            "    call = json.loads(line)\n"
            "    if call['call'] == 'sync': sys.exit(3)\n"
            "    print('just talking', flush=True)\n"
            "    result = {'capabilities': [], 'client': 'dies'}\n"
            "    print(json.dumps({'n': call['n'], 'result': result}), flush=True)",
            "OUT-4",
        ),
    ],
)
def test_a_client_that_hangs_or_dies_is_reported(
    program: str, rule: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    script = tmp_path / "adapter.py"
    script.write_text(program)
    arguments = ["serve", "--adapter", f"{sys.executable} {script}", "--timeout", "1", "--only", "lost-answer"]
    assert main(arguments) == (1 if rule else 2)
    said = capsys.readouterr()
    assert (rule or "no reply") in said.out + said.err


def test_it_runs_from_its_folder_without_being_installed():
    command = [sys.executable, "-m", "roundsman_conformance", "serve", "--list"]
    done = subprocess.run(command, cwd=SPEC / "conformance", capture_output=True, text=True, check=True, timeout=30)
    assert "lost-answer" in done.stdout
