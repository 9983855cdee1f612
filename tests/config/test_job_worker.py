"""Jobs run beside the server, and end with it."""

import time
from collections.abc import Callable
from pathlib import Path

from django.db import connection
from procrastinate.contrib.django import app

from sync.jobs import purge_tombstones
from tests.web_server import free_port, web_server


def status_of(job_id: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("select status from procrastinate_jobs where id = %s", [job_id])
        return str(cursor.fetchone()[0])


def workers_of(pid: int) -> list[Path]:
    """Processes for jobs that the server `pid` has started."""
    return [
        path.parent
        for path in Path("/proc").glob("[0-9]*/stat")
        if path.read_text().rsplit(")", 1)[1].split()[1] == str(pid)
        and b"procrastinate" in (path.parent / "cmdline").read_bytes()
    ]


def wait_for(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def test_a_deferred_job_is_done_and_the_worker_ends_with_the_server() -> None:
    assert app.tasks[purge_tombstones.name] is purge_tombstones
    job_id = purge_tombstones.defer(timestamp=0)
    with web_server(free_port(), jobs=True) as server:
        wait_for(lambda: status_of(job_id) == "succeeded", "the job was not done")
        (worker,) = workers_of(server.pid)
        server.kill()  # without a chance to say goodbye
    wait_for(lambda: not worker.exists() or b"procrastinate" not in (worker / "cmdline").read_bytes(), "still there")
