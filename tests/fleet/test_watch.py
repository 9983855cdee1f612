"""The watch inside of a phone's file: a version that goes back is noted, for the phone's whole life."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from roundsman_client.protocol import Row
from roundsman_client.replica import Replica
from roundsman_client.store import Store
from simulation.fleet.watch import count_watched, list_regressions, watch_versions

NOW = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A phone's file, watched."""
    path = tmp_path / "phone.sqlite"
    store = Store(path)
    store.remember("epoch", "first")
    store.close()
    watch_versions(path)
    return path


def take(path: Path, *versions: int, epoch: str = "first") -> None:
    """The app starts, takes a customer in these versions, one after the other, and ends."""
    store = Store(path)
    store.remember("epoch", epoch)
    for version in versions:
        Replica(store).apply([Row("scope", "customer", "c1", version, "0" * 16, {})])
    store.close()


def test_versions_that_rise_or_stay_are_right(file: Path) -> None:
    take(file, 1, 2, 2, 5)
    assert list_regressions(file) == []
    assert count_watched(file) == 1


def test_a_version_that_goes_back_is_found_also_after_a_restart(file: Path) -> None:
    take(file, 4)
    take(file, 3, 4)
    assert list_regressions(file) == ["customer c1 went back from version 4 to 3"]


def test_it_is_remembered_while_the_row_is_away(file: Path) -> None:
    take(file, 4)
    store = Store(file)
    Replica(store).leave("scope")
    store.close()
    take(file, 3)
    assert len(list_regressions(file)) == 1


def test_a_new_history_may_count_anew(file: Path) -> None:
    take(file, 4)
    take(file, 1, 2, epoch="second")
    assert list_regressions(file) == []
    take(file, 1, epoch="second")
    assert len(list_regressions(file)) == 1


def test_watching_twice_changes_nothing(file: Path) -> None:
    watch_versions(file)
    take(file, 2, 1)
    assert len(list_regressions(file)) == 1
