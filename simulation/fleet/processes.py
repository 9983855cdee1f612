"""What processes cost: CPU and memory of a process with all below it, as Linux counts them."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

_TICKS = os.sysconf("SC_CLK_TCK")


class Cost(NamedTuple):
    """CPU used so far, in seconds (of processes that ended too, if they were waited for), and memory in use, in MB.

    Memory is the proportional share where the system tells it: pages that processes share are counted once.
    """

    cpu_s: float = 0.0
    memory_mb: float = 0.0

    def plus(self, other: "Cost") -> "Cost":
        """Both together."""
        return Cost(self.cpu_s + other.cpu_s, self.memory_mb + other.memory_mb)


def cost_of(pid: int) -> Cost:
    """What the process and all its descendants cost. Those that end meanwhile are left out."""
    total = Cost()
    for member in (pid, *_below(pid)):
        total = total.plus(_cost_of_one(member))
    return total


def _below(pid: int) -> Iterable[int]:
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        fields = _fields(status)
        if fields:
            children.setdefault(int(fields[1]), []).append(int(status.parent.name))
    found, queue = [], [pid]
    while queue:
        for child in children.get(queue.pop(), ()):
            found.append(child)
            queue.append(child)
    return found


def _cost_of_one(pid: int) -> Cost:
    fields = _fields(Path(f"/proc/{pid}/stat"))
    if not fields:
        return Cost()
    ticks = sum(int(fields[place]) for place in (11, 12, 13, 14))  # user, system, and both of children waited for
    return Cost(ticks / _TICKS, _memory_mb(pid))


def _fields(stat: Path) -> list[str]:
    """The fields behind the name, which may hold anything: state, parent, … ; none when the process has ended."""
    try:
        return stat.read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _memory_mb(pid: int) -> float:
    for name, mark in (("smaps_rollup", "Pss:"), ("status", "VmRSS:")):
        try:
            lines = Path(f"/proc/{pid}/{name}").read_text().splitlines()
        except OSError:
            continue
        for line in lines:
            if line.startswith(mark):
                return int(line.split()[1]) / 1024
    return 0.0
