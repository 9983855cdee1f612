"""A server for the fleet, on the database of this test process."""

import os
from collections.abc import Iterator

import pytest

from accounts.commands.companies import create_company
from core.ids import uuid7
from simulation.fleet.setting import Server
from tests.personas import PASSWORD
from tests.web_server import free_port, web_server


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A running server with a company that has an administrator and nobody else."""
    code = f"fleet-{os.getpid()}-{uuid7().hex[-6:]}"
    create_company(code, "车队 Fleet", admin="admin1", password=PASSWORD)
    port = free_port()
    with web_server(port, workers=2):
        yield Server(f"http://127.0.0.1:{port}", code, "admin1", PASSWORD)
