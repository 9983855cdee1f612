"""A PostgreSQL cluster as the very first `manage.py migrate` leaves it, made once for a state of the code.

A first migration costs many seconds of CPU, so that tests of whole installations begin with a copy of this one.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.postgres_plugin import ROOT, code_digest

_KEPT = ROOT / "var" / "test" / "migrated"
_PATIENCE_S = 280


def without_database() -> dict[str, str]:
    """The environment of an installation that brings its own PostgreSQL."""
    return {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}


def migrate(var: Path, *options: str) -> None:
    """Run `manage.py migrate` as an installation whose state is in `var`."""
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", *options, "--verbosity", "0"],
        cwd=ROOT,
        env=without_database() | {"ROUNDSMAN_VAR": str(var)},
        capture_output=True,
        text=True,
        timeout=_PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def copy_migrated(var: Path) -> None:
    """Put a migrated cluster where an installation whose state is in `var` has its own."""
    var.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time():
        kept = _KEPT / code_digest()
        if not kept.exists():
            _make(kept)
        # Its files belong to the user that PostgreSQL runs as.
        subprocess.run(["cp", "-a", kept / "postgres", var / "postgres"], check=True)


def _make(kept: Path) -> None:
    for old in _KEPT.iterdir():
        shutil.rmtree(old)
    draft = _KEPT / "draft"
    migrate(draft)
    draft.rename(kept)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    _KEPT.mkdir(parents=True, exist_ok=True)
    with _KEPT.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
