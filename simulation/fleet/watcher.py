"""Watches what a run costs while it lasts."""

import time
from collections import Counter
from collections.abc import Callable, Mapping

from simulation.fleet.processes import Cost, cost_of

Costs = Callable[[], Mapping[str, Cost]]
"""What the server's parts have cost so far; nothing where it runs elsewhere."""


class Watcher:
    """Watches what the processes cost. A look takes some milliseconds, so it is taken every few seconds."""

    _EVERY_S = 3.0

    def __init__(self, costs: Costs, ours: Mapping[str, list[int]]) -> None:
        self._costs = costs
        self._ours = ours
        self._before = costs()
        self._looked = 0.0
        self.spent: dict[str, Cost] = {}
        """By part, since the beginning: CPU, and the most memory that was seen."""

    def describe(self, tally: Counter[str]) -> str:
        """How things stand, in a line; looks at the processes on the way."""
        if time.monotonic() - self._looked >= self._EVERY_S:
            self._looked = time.monotonic()
            self.look()
        words = f"{tally['devices']} devices 设备, {tally['commands']:,} commands 命令, {tally['syncs']:,} syncs 同步"
        return words + (f", {tally['done']} done 完成" if tally["done"] else "")

    def look(self) -> None:
        """Look at the processes now."""
        present = dict(self._costs()) | {name: _together(pids) for name, pids in self._ours.items()}
        for name, cost in present.items():
            before = self._before.get(name, Cost())
            most = max(cost.memory_mb, self.spent.get(name, Cost()).memory_mb)
            self.spent[name] = Cost(cost.cpu_s - before.cpu_s, most)


def _together(pids: list[int]) -> Cost:
    total = Cost()
    for pid in pids:
        total = total.plus(cost_of(pid))
    return total
