"""How the run and its drivers talk: orders one way, how things stand the other way."""

import os
import signal
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Mapping
from enum import StrEnum
from multiprocessing.connection import Connection

_TOLD_EVERY_S = 0.5


class Order(StrEnum):
    """What the run asks of a driver."""

    JOIN = "join"
    """Sign in everywhere and pull."""
    LIVE = "live"
    """Live through all days."""
    REST = "rest"
    """Sync until all is sent and all is here."""
    SETTLE = "settle"
    """Have the managers decide about most of what is parked."""
    WEEKEND = "weekend"
    """Record what is sent on Monday."""
    MONDAY = "monday"
    """Come online within a minute, and once more when nothing is left to do."""
    EXAMINE = "examine"
    """Compare with the server."""
    END = "end"


def obey(
    run: Connection,
    steps: Mapping[Order, Callable[..., None]],
    tally: Callable[[], Counter[str]],
    close: Callable[[], None],
) -> None:
    """Do as the run says until `END`, and end this process when the run is gone.

    Meanwhile it tells twice a second how things stand. What goes wrong is told as well, with its trace.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    lock = threading.Lock()

    def send(what: str, told: object) -> None:
        try:
            with lock:
                run.send((what, told))
        except OSError:
            os._exit(1)  # the run is gone

    def tell() -> None:
        while True:
            threading.Event().wait(_TOLD_EVERY_S)
            send("tally", tally())

    threading.Thread(target=tell, daemon=True, name="tell").start()
    while True:
        try:
            order, *values = run.recv()
        except EOFError:
            os._exit(1)
        if order == Order.END:
            close()
            return
        try:
            steps[order](*values)
        except Exception as error:  # whatever it is, the run has to end with it
            send("failed", f"{error!r}\n{traceback.format_exc()}")
        else:
            send("done", tally())
