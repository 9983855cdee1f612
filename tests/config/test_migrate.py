"""`manage.py migrate` where there is nothing yet: no database, no roles, no server."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.web_server import BACKEND


@pytest.mark.slow
def test_the_first_migration_makes_everything(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    for arguments in (("migrate",), ("migrate", "--check")):
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments, "--verbosity", "0"],
            cwd=BACKEND.parent,
            env=kept | {"ROUNDSMAN_VAR": str(tmp_path / "var")},
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )
        assert done.returncode == 0, done.stderr
