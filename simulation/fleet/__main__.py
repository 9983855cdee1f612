"""`python -m simulation.fleet`, or `make simulate`: a fleet of reference clients against a server, and its proof.

Without --server it starts a server of its own and throws it away afterwards. Ends with 0 when everything was proven, 1
when not, 2 when the run could not take place.
"""

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from rich.console import Console

from roundsman_client.errors import ClientError
from simulation.fleet.evidence import Evidence
from simulation.fleet.figures import Json, take_figures
from simulation.fleet.handset import NeverThrough
from simulation.fleet.monday import MondayRun, take_monday
from simulation.fleet.processes import Cost
from simulation.fleet.progress import Progress
from simulation.fleet.report import write_report
from simulation.fleet.run import Run
from simulation.fleet.server import OwnServer, ServerFailed, company_code, own_server
from simulation.fleet.setting import Monday, Server, Setting
from simulation.fleet.summary import print_summary
from simulation.fleet.watcher import Costs
from simulation.fleet.wires import DriverFailed
from simulation.fleet.words import Words
from simulation.office import OfficeRefused

_PROJECT = Path(__file__).resolve().parents[2]
_MEMORY = Path("/dev/shm")  # noqa: S108  a file system in memory, where there is one
_ROOM_BYTES = 3 * 2**30
_DEVICES_A_COMPANY = 250


def main(arguments: list[str]) -> int:
    """Run what the arguments describe; returns the exit code."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    console = Console(width=None if sys.stdout.isatty() else 140)
    progress = Progress(console)
    progress.line(f"  seed / 随机种子: {options.seed}")
    try:
        with ExitStack() as leaving:
            return _run(options, progress, console, leaving)
    except (ClientError, OfficeRefused, ServerFailed, DriverFailed, NeverThrough, OSError) as trouble:
        progress.line(f"✗ The run ended early / 提前中止: {trouble} (seed {options.seed})")
        return 2
    except KeyboardInterrupt:
        return 130


def _run(options: argparse.Namespace, progress: Progress, console: Console, leaving: ExitStack) -> int:
    folder = _folder_of_phones(options.folder, leaving)
    setting, monday = _setting(options), _monday(options)
    companies = monday.companies if monday else 1
    servers, costs = _servers(options, companies, progress, leaving)
    run: Run | MondayRun
    if monday:
        run = MondayRun(monday, servers, costs, folder, progress)
    else:
        run = Run(setting, servers[0], costs, folder, progress)
    proven = run.live()
    evidence = Evidence(run.evidence_file)
    figures: Json = {"proven": proven, "setting": asdict(monday or setting), "seconds": progress.seconds}
    figures |= take_figures(evidence, run.spent)
    if monday:
        figures["monday"] = take_monday(evidence)
    evidence.close()
    print_summary(figures, console)
    title = Words("Monday morning", "周一早晨") if monday else Words("A fleet in the field", "外勤车队模拟")
    report = write_report(figures, options.report, title)
    progress.line(f"Report / 报告: {report}")
    return 0 if proven else 1


def _servers(
    options: argparse.Namespace, companies: int, progress: Progress, leaving: ExitStack
) -> tuple[list[Server], Costs]:
    """The server, once for each company, and how to ask what it costs."""
    if options.server:
        given = Server(options.server, options.company, options.admin, options.password)
        return [given] * companies, dict
    folder = Path(leaving.enter_context(tempfile.TemporaryDirectory(prefix="fleet-server-", dir=_var())))
    with progress.step("A server of its own", "专用服务器") as step:
        own: OwnServer = leaving.enter_context(own_server(folder, options.workers, companies))
        step.note = own.at.url
    servers = [Server(own.at.url, company_code(number), own.at.admin, own.at.password) for number in range(companies)]

    def costs() -> Mapping[str, Cost]:
        return own.cost()

    return servers, costs


def _folder_of_phones(given: Path | None, leaving: ExitStack) -> Path:
    """Where the phones' files lie: in memory where that is large enough, for a phone's own disk is not under test."""
    if given is not None:
        given.mkdir(parents=True, exist_ok=True)
        for left in given.glob("*.sqlite*"):
            left.unlink()
        return given
    spacious = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM_BYTES
    place = _MEMORY if spacious else _var()
    return Path(leaving.enter_context(tempfile.TemporaryDirectory(prefix="roundsman-fleet-", dir=place)))


def _var() -> Path:
    var = Path(os.environ.get("ROUNDSMAN_VAR") or _PROJECT / "var")
    var.mkdir(parents=True, exist_ok=True)
    return var


def _setting(options: argparse.Namespace) -> Setting:
    return Setting(
        reps=options.reps,
        days=options.days,
        seed=options.seed,
        offline=options.offline,
        faults=options.faults,
        deaths=options.deaths,
        tablets=options.tablets,
        wrong_clocks=options.wrong_clocks,
        old_apps=options.old_apps,
        absent=options.absent,
        backlog=options.backlog,
        drivers=options.drivers,
    )


def _monday(options: argparse.Namespace) -> Monday | None:
    if not options.monday:
        return None
    companies = 1 if options.server else max(1, round(options.monday / _DEVICES_A_COMPANY))
    return Monday(
        options.monday,
        options.seed,
        within_s=options.within,
        companies=companies,
        sample=min(options.sample, options.monday),
        drivers=options.drivers,
    )


def _parser() -> argparse.ArgumentParser:
    cores = max(1, min(4, os.cpu_count() or 1))
    now = datetime.now().astimezone()
    parser = argparse.ArgumentParser(prog="make simulate", description=__doc__)
    fleet = parser.add_argument_group("the fleet")
    fleet.add_argument("--reps", type=int, default=200)
    fleet.add_argument("--days", type=int, default=5)
    fleet.add_argument("--offline", type=_share, default=0.3, help="share of the working time without a network")
    fleet.add_argument("--faults", type=_share, default=0.05, help="share of the requests that meet a fault")
    fleet.add_argument("--deaths", type=_share, default=0.05, help="share of the requests that an app does not survive")
    fleet.add_argument("--tablets", type=_share, default=0.1, help="share of the reps with a second device")
    fleet.add_argument("--wrong-clocks", type=_share, default=0.2, help="share of the devices whose clock is wrong")
    fleet.add_argument("--old-apps", type=_share, default=0.2, help="share of the phones that know only schema 1")
    fleet.add_argument("--absent", type=int, default=1, help="phones that are away for 30 days")
    fleet.add_argument("--backlog", type=int, default=5_000, help="commands that each of those brings back")
    monday = parser.add_argument_group("Monday morning, instead of days")
    monday.add_argument("--monday", type=int, default=0, metavar="DEVICES")
    monday.add_argument("--within", type=float, default=60.0, metavar="SECONDS", help="in which all of them come")
    monday.add_argument("--sample", type=int, default=60, help="replicas that are compared row by row")
    server = parser.add_argument_group("the server")
    server.add_argument("--server", help="base address of a running one, instead of one started here")
    server.add_argument("--company", default="demo", help="its company")
    server.add_argument("--admin", default="admin1", help="an administrator of that company")
    server.add_argument("--password", default="roundsman-demo", help="his password")
    server.add_argument("--workers", type=int, default=2, help="processes of a server started here")
    parser.add_argument("--drivers", type=int, default=cores, help="processes that drive the phones")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--folder", type=Path, help="where the phones' files stay; by default they are thrown away")
    parser.add_argument("--report", type=Path, default=_var() / "fleet" / f"{now:%Y%m%d-%H%M%S}", help="its folder")
    return parser


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError("must be between 0 and 1")
    return value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
