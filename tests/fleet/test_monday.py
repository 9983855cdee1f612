"""A small Monday: more devices at once than the server can take, on a server with one thread and little patience."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from accounts.commands.companies import create_company
from core.ids import uuid7
from simulation.fleet.evidence import Evidence
from simulation.fleet.monday import MondayRun, take_monday
from simulation.fleet.progress import Progress
from simulation.fleet.setting import Monday, Server
from tests.personas import PASSWORD
from tests.web_server import free_port, web_server

DEVICES = 40


@pytest.fixture(scope="module")
def narrow_server() -> Iterator[list[Server]]:
    """A server that turns callers away early, with two companies."""
    port = free_port()
    codes = [f"monday-{uuid7().hex[-8:]}" for _ in range(2)]
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("ROUNDSMAN_THREADS", "1")
        patched.setenv("ROUNDSMAN_QUEUE_S", "0.1")
        for code in codes:
            create_company(code, "周一 Monday", admin="admin1", password=PASSWORD)
        with web_server(port):
            yield [Server(f"http://127.0.0.1:{port}", code, "admin1", PASSWORD) for code in codes]


def test_nobody_is_lost_and_the_crowd_is_spread(
    narrow_server: list[Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monday = Monday(DEVICES, 3, within_s=0.3, unsent=4, companies=2, sample=6, drivers=1, looks_again_s=2.0)
    printed = StringIO()
    run = MondayRun(monday, narrow_server, dict, tmp_path, Progress(Console(file=printed, width=140)))
    proven = run.live()
    evidence = Evidence(run.evidence_file)
    wrong = evidence.read("select * from finding")
    figures = take_monday(evidence)
    examined = dict(evidence.read("select check_, times from examined"))
    evidence.close()
    assert proven, (wrong, printed.getvalue())
    assert examined["commands"] >= DEVICES * monday.unsent
    assert examined["replicas"] > 0
    assert figures["came"] == DEVICES
    assert figures["turned_away"] > 0, "the door was never shut"
    assert figures["asked"] > DEVICES / 2, "hardly anybody was asked to stay away"
    assert figures["failed_share"] == 0
    assert sum(figures["again"]) == DEVICES
    assert sum(count for _, _, count in figures["asked_for"]) == figures["asked"]
