"""Fixtures of the sync tests."""

import pytest


@pytest.fixture
def tiny_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a request ask for pages of a single row; the server's own minimum would hold several."""
    monkeypatch.setattr("sync.pull.MIN_PAGE_BYTES", 1)
