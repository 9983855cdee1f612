"""`manage.py migrate` where there is nothing yet: no database, no roles, no server."""

from pathlib import Path

import pytest

from tests.migrated import copy_migrated, migrate


@pytest.mark.slow
def test_the_first_migration_makes_everything(tmp_path: Path) -> None:
    """The first one is run once for a state of the code; nothing of it is kept if it fails."""
    copy_migrated(tmp_path / "var")
    migrate(tmp_path / "var", "--check")
