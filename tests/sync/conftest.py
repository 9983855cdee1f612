"""Fixtures of the sync tests."""

from collections.abc import Iterator

import pytest

from tests.web_server import free_port, web_server


@pytest.fixture
def tiny_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a request ask for pages of a single row; the server's own minimum would hold several."""
    monkeypatch.setattr("sync.pull.MIN_PAGE_BYTES", 1)


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """The address of a web server of two workers on this process's database."""
    port = free_port()
    with web_server(port, workers=2):
        yield f"http://127.0.0.1:{port}"
