"""A web worker leaves what it has loaded out of the garbage collector's rounds."""

import subprocess
import sys

from tests.web_server import BACKEND

_WORKER = """
import asyncio, gc
from config.rsgi import application
loop = asyncio.new_event_loop()
application.__rsgi_init__(loop)
print(gc.get_freeze_count(), gc.get_threshold()[0])
"""


def test_what_a_worker_has_loaded_is_looked_through_no_more() -> None:
    done = subprocess.run([sys.executable, "-c", _WORKER], cwd=BACKEND, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    frozen, young = map(int, done.stdout.split())
    assert frozen > 100_000 and young > 10_000
