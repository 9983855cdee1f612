"""What a person sees of the day: a line per step with its time, progress where there is a terminal, the table."""

import time
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from simulation.phone import Phone
from simulation.plot import Check
from simulation.proof import Findings

_LINE = 88
_ABREAST = 5
_PACE_S = 0.03
"""On a terminal each tick stays so long, to be read; the work itself takes a millisecond."""
_STATUSES = {
    "applied": "applied 已执行",
    "merged": "merged 已合并",
    "refused": "refused 已拒绝",
    "parked": "still parked 待处理",
}


class Device(NamedTuple):
    """A phone with what was found of it."""

    phone: Phone
    findings: Findings


class Step:
    """A step under way. note: what its line says in the end beside its name."""

    def __init__(self, progress: Progress | None, total: int | None) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=total) if progress else None
        self.note = ""

    def tick(self, text: str) -> None:
        """One more is done; seen on a terminal only."""
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, advance=1, description=text)
            time.sleep(_PACE_S)


class Show:
    """Prints for people; the same words with and without a terminal."""

    def __init__(self, console: Console) -> None:
        self.console = console

    @contextmanager
    def step(self, english: str, chinese: str, total: int | None = None) -> Iterator[Step]:
        """One line when the step is done, with its time; progress meanwhile."""
        begun = time.monotonic()
        if self.console.is_terminal:
            columns = (TextColumn("  {task.description:<48.48}"), BarColumn(), MofNCompleteColumn())
            with Progress(*columns, console=self.console, transient=True) as progress:
                step = Step(progress, total)
                yield step
        else:
            step = Step(None, total)
            yield step
        label = f"✓ {english} / {chinese}" + (f": {step.note}" if step.note else "")
        gap = max(1, _LINE - Text(label).cell_len)
        self.line(f"{label}{' ' * gap}{time.monotonic() - begun:6.1f} s")

    def line(self, text: str = "") -> None:
        """One line as it is, however long."""
        self.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def devices(self, devices: Sequence[Device]) -> None:
        """The table: a column for each device, so many as fit on a line."""
        today = {command.id for device in devices for command in device.phone.recorded}
        for first in range(0, len(devices), _ABREAST):
            self._table(devices[first : first + _ABREAST], today)
        self.line()

    def _table(self, devices: Sequence[Device], today: Container[str]) -> None:
        table = Table(box=None, padding=(0, 1), show_edge=False)
        table.add_column("", no_wrap=True)
        for device in devices:
            table.add_column(device.phone.name.replace(" ", "\n"), justify="right", no_wrap=True)
        for label, cells in _rows(devices, today):
            table.add_row(label, *cells)
        self.line()
        self.console.print(table)

    def checks(self, checks: Sequence[Check]) -> None:
        """What must be true, with a mark each."""
        for check in checks:
            self.line(f"{'✓' if check.holds else '✗'} {check.english}\n  {check.chinese}")

    def faults(self, devices: Sequence[Device]) -> None:
        """What is wrong, device by device."""
        for device in devices:
            for fault in device.findings.replica + device.findings.commands:
                self.line(f"✗ {device.phone.name}: {fault}")


def _rows(devices: Sequence[Device], today: Container[str]) -> Iterator[tuple[str, list[str]]]:
    phones = [device.phone for device in devices]
    verdicts = [phone.client.verdicts() for phone in phones]
    statuses = [Counter(verdict.status for verdict in each) for each in verdicts]
    yield "commands 命令", [str(len(phone.recorded)) for phone in phones]
    for status, words in _STATUSES.items():
        yield f"  {words}", [str(count[status]) for count in statuses]
    later = [sum(verdict.settled_at is not None for verdict in each) for each in verdicts]
    yield "  parked first 曾待处理", [str(count) for count in later]
    conflicts = [[row for row in phone.client.conflicts() if row.data["command_id"] in today] for phone in phones]
    yield "conflicts 冲突", [str(len(each)) for each in conflicts]
    yield "  restored 已恢复", [str(sum(row.data["state"] == "restored" for row in each)) for each in conflicts]
    yield "rows held 持有行数", [f"{device.findings.rows:,}" for device in devices]
    yield "round trips 往返次数", [str(phone.traffic.round_trips) for phone in phones]
    yield "bytes up 上行字节", [f"{phone.traffic.bytes_up:,}" for phone in phones]
    yield "bytes down 下行字节", [f"{phone.traffic.bytes_down:,}" for phone in phones]
    yield "network faults 网络故障", [str(_faults(phone)) for phone in phones]
    yield "= fresh first pull 等于新拉取", [_mark(not device.findings.replica) for device in devices]
    yield "one verdict each 裁决唯一", [_mark(not device.findings.commands) for device in devices]


def _faults(phone: Phone) -> int:
    """The faults on the network; being offline is none."""
    return sum(count for name, count in phone.network.seen.items() if name != "offline")


def _mark(good: bool) -> str:
    return "✓" if good else "✗"
