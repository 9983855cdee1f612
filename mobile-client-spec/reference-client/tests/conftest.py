"""Makes the package and the tests' own modules importable, however pytest is started, and the common fixtures."""

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

_HERE = Path(__file__).parent
for folder in (_HERE, _HERE.parent):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from fake_server import FakeServer  # noqa: E402

from roundsman_client.client import Client  # noqa: E402
from roundsman_client.clock import FakeClock  # noqa: E402

OpenPhone = Callable[..., Client]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(datetime(2026, 11, 21, 1, 0, tzinfo=UTC))


@pytest.fixture
def server(clock: FakeClock) -> FakeServer:
    """A server with one user, alice, and her own scope."""
    return FakeServer(clock)


@pytest.fixture
def open_phone(tmp_path: Path, server: FakeServer, clock: FakeClock) -> Iterator[OpenPhone]:
    """Opens the phone's store: called again, it is the same phone after its app was killed."""
    opened: list[Client] = []

    def open_(name: str = "phone", transport: object = None) -> Client:
        phone = Client(tmp_path / f"{name}.sqlite", clock=clock, transport=transport or server)  # type: ignore[arg-type]
        opened.append(phone)
        return phone

    yield open_
    for phone in opened:
        phone.close()


@pytest.fixture
def phone(open_phone: OpenPhone) -> Client:
    """Alice's phone, signed in."""
    client = open_phone()
    client.sign_in("demo", "alice", "secret-of-alice", "Pixel")
    return client
