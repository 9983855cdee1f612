"""A sync in a process of its own that is killed while it runs: an app's end as the system or a flat battery brings it.

The process comes from a fork server, which knows of no threads and no open files; it starts in a few milliseconds.
"""

import contextlib
import multiprocessing
import time
from multiprocessing.connection import Connection
from pathlib import Path

from roundsman_client.client import Client
from roundsman_client.errors import ClientError
from simulation.phone import PhoneClock

_LATEST_S = 0.25
"""A sync of a day's work takes about so long."""
_START_S = 30


def prepare() -> None:
    """Have the fork server know the client before the first process is wanted. Call while there is one thread."""
    multiprocessing.get_context("forkserver").set_forkserver_preload([__name__])


def sync_and_be_killed(store: Path, url: str, clock: PhoneClock, page_bytes: int, part: float) -> None:
    """Let a process sync the phone in `store` and kill it after `part` (0 to 1) of about the time that a sync takes."""
    context = multiprocessing.get_context("forkserver")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_sync, args=(there, store, url, clock, page_bytes), daemon=True)
    process.start()
    there.close()
    with contextlib.suppress(EOFError):
        if here.poll(_START_S):
            here.recv()
            time.sleep(part * _LATEST_S)
    process.kill()
    process.join()
    here.close()


def _sync(begun: Connection, store: Path, url: str, clock: PhoneClock, page_bytes: int) -> None:
    with Client(store, url, clock=clock, page_bytes=page_bytes) as client:
        begun.send(None)
        with contextlib.suppress(ClientError):
            client.sync()
