"""Every scenario, played by a phone against the real server: its answers are those of the transcript."""

from pathlib import Path

import pytest

from roundsman_conformance.scenario import Scenario, read_library
from tests.scenarios.replay import Replay

FOLDER = Path(__file__).parents[2] / "mobile-client-spec" / "scenarios"
LIBRARY = read_library(FOLDER)


@pytest.fixture(autouse=True)
def tiny_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a request ask for pages of a single row, so that pages can be cut where a scenario cuts them."""
    monkeypatch.setattr("sync.pull.MIN_PAGE_BYTES", 1)


@pytest.mark.parametrize("scenario", LIBRARY.scenarios, ids=lambda scenario: scenario.id)
def test_the_server_answers_as_the_transcript_says(scenario: Scenario) -> None:
    replay = Replay(LIBRARY, scenario)
    replay.run()
    if not scenario.ends_apart:
        assert replay.rows == replay.fresh_rows()
