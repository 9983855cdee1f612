"""The TypeScript of the phone's client and of the pages: its types, and its own tests in Node.js."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = ROOT / "mobile-client-spec" / "typescript-client"

needs_packages = pytest.mark.skipif(
    not (PROJECT / "node_modules").exists(),
    reason="npm packages are not installed: scripts/install-web.sh says why",
)


@needs_packages
@pytest.mark.parametrize("script", ["check", "test"])
def test_the_typescript_project_passes_its(script: str) -> None:
    run = subprocess.run(
        [ROOT / "scripts" / "with-node.sh", "npm", "--prefix", PROJECT, "--silent", "run", script],
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_lock_file_names_no_address() -> None:
    """A machine installs from the registry it is set up for; what may be installed is said by the hashes."""
    lock = (PROJECT / "package-lock.json").read_text()
    assert '"integrity"' in lock
    assert '"resolved"' not in lock
    assert "://" not in lock.replace("https://github.com/sponsors", "").replace("https://opencollective.com", "")
