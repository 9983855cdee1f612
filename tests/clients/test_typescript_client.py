"""The TypeScript client keeps the protocol's rules: the conformance tool drives it in Node.js and in Chromium."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SPEC = ROOT / "mobile-client-spec"
PROJECT = SPEC / "typescript-client"
WITH_NODE = str(ROOT / "scripts" / "with-node.sh")
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")

needs_packages = pytest.mark.skipif(
    not (PROJECT / "node_modules").exists(),
    reason="npm packages are not installed: scripts/install-web.sh says why",
)
needs_chromium = pytest.mark.skipif(
    not (os.environ.get("CHROMIUM") or any(map(shutil.which, BROWSERS))),
    reason="there is no Chromium in PATH, nor named by CHROMIUM",
)


@pytest.fixture(scope="module")
def adapters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built adapters."""
    folder = tmp_path_factory.mktemp("adapters")
    build = [WITH_NODE, "node", PROJECT / "tools" / "conformance.mjs", folder]
    built = subprocess.run(build, capture_output=True, text=True)
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


@needs_packages
@pytest.mark.parametrize(
    ("adapter", "lacks"),
    [
        pytest.param("node.mjs", set(), id="node"),
        # The page is killed where the app is restarted. The browser is not: to start it anew each time takes minutes.
        pytest.param("chromium.mjs", {"kill"}, id="chromium", marks=needs_chromium),
    ],
)
def test_the_client_keeps_every_rule(adapter: str, lacks: set[str], adapters: Path, tmp_path: Path) -> None:
    rules = play(f"{adapters / adapter}", tmp_path)
    assert any(rule["status"] == "passed" for rule in rules)
    left = {rule["id"]: rule["lacking"] for rule in rules if rule["status"] != "passed" and rule["level"] == "MUST"}
    assert all(lacking and set(lacking) <= lacks for lacking in left.values()), left


@needs_packages
@needs_chromium
def test_a_browser_that_is_killed_has_all_of_a_page_or_nothing(adapters: Path, tmp_path: Path) -> None:
    rules = play(f"{adapters / 'chromium.mjs'} {tmp_path / 'profile'}", tmp_path, "--only", "killed-while-storing")
    assert {rule["status"] for rule in rules} == {"passed"}


def play(adapter: str, folder: Path, *options: str) -> list[dict[str, Any]]:
    """What the conformance tool says of each rule."""
    result = folder / "result.json"
    tool = [sys.executable, "-m", "roundsman_conformance", "serve", "--json", str(result), *options]
    command = [*tool, "--adapter", f"{WITH_NODE} node {adapter}"]
    run = subprocess.run(command, cwd=SPEC / "conformance", capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    rules: list[dict[str, Any]] = json.loads(result.read_text())["rules"]
    return rules
