"""The TypeScript client keeps the protocol's rules: the conformance tool drives it in Node.js and in Chromium."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

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
        pytest.param("chromium.mjs", {"kill"}, id="chromium", marks=needs_chromium),
    ],
)
def test_the_client_keeps_every_rule(adapter: str, lacks: set[str], adapters: Path, tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    tool = [sys.executable, "-m", "roundsman_conformance", "serve", "--json", str(result)]
    command = f"{WITH_NODE} node {adapters / adapter}"
    run = subprocess.run([*tool, "--adapter", command], cwd=SPEC / "conformance", capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    rules = json.loads(result.read_text())["rules"]
    assert any(rule["status"] == "passed" for rule in rules)
    left = {rule["id"]: rule["lacking"] for rule in rules if rule["status"] != "passed" and rule["level"] == "MUST"}
    assert all(set(lacking) <= lacks for lacking in left.values()), left
