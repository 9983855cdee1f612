"""The process that runs jobs: beside the web server by default, so that a small installation needs nothing else."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from config.parentage import end_with_parent

_MANAGE = Path(__file__).resolve().parents[2] / "manage.py"
_PATIENCE_S = 10


@contextmanager
def job_worker() -> Iterator[None]:
    """Run jobs in a process of their own for as long as the block lasts, unless ROUNDSMAN_JOBS is 0.

    A larger installation runs `manage.py procrastinate worker` where it likes; several share the work.
    """
    if os.environ.get("ROUNDSMAN_JOBS", "1") == "0":
        yield
        return
    process = subprocess.Popen(
        [sys.executable, str(_MANAGE), "procrastinate", "worker", "--concurrency", "2"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C in the terminal is for the server, which then ends this one in good order
        preexec_fn=end_with_parent,
    )
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=_PATIENCE_S)
        process.kill()
        process.wait()
