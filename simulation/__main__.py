"""`python -m simulation --server http://127.0.0.1:8000 --company demo`: one day in the field, and its proof.

Ends with 0 when everything was proven, 1 when not, 2 when the day could not take place.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from roundsman_client.errors import ClientError
from simulation import cast
from simulation.day import Day, Setting
from simulation.office import OfficeRefused
from simulation.phone import NeverThrough
from simulation.show import Show

_PROJECT = Path(__file__).resolve().parents[1]


def main(arguments: list[str]) -> int:
    """Run the day that the arguments describe; returns the exit code."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    show = Show(Console())
    with tempfile.TemporaryDirectory(prefix="roundsman-day-") as spare:
        folder = options.folder or Path(spare)
        folder.mkdir(parents=True, exist_ok=True)
        for store in folder.glob("*.sqlite*"):
            store.unlink()
        setting = Setting(
            options.server, options.company, options.password, options.reps, options.tracks, folder, options.seed
        )
        show.line(f"  seed / 随机种子: {options.seed}")
        day = Day(setting, show)
        try:
            return 0 if day.run() else 1
        except (ClientError, OfficeRefused, NeverThrough, ConnectionError) as trouble:
            show.line(f"✗ The day ended early / 提前中止: {trouble} (seed {options.seed})")
            return 2
        except KeyboardInterrupt:
            return 130
        finally:
            day.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m simulation", description=__doc__)
    parser.add_argument("--server", required=True, help="base address of a running server")
    parser.add_argument("--company", default="demo", help="code of a company made by `manage.py load_demo CODE`")
    parser.add_argument("--password", default=cast.PASSWORD, help="of all its users")
    parser.add_argument("--reps", type=int, default=4, choices=range(2, len(cast.REPS) + 1), metavar="2-6")
    parser.add_argument("--tracks", type=Path, default=_shared_tracks(), help="folder of GeoLife's PLT files")
    parser.add_argument("--folder", type=Path, help="where the phones' SQLite files stay; those of an earlier day go")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    return parser


def _shared_tracks() -> Path:
    """The real tracks, if they are here: `geolife` in ROUNDSMAN_SHARED_DATA or in `shared/data` beside the project."""
    shared = os.environ.get("ROUNDSMAN_SHARED_DATA") or _PROJECT.parent / "shared" / "data"
    return Path(shared) / "geolife"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
