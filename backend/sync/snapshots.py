"""Snapshots of transaction ids, and why a cursor is bounded by what was delivered.

A snapshot is PostgreSQL's `pg_snapshot`: `xmin:xmax:xip,…`. A transaction is visible in it when its id is below xmax
and not in the list of those that were in progress.
"""

from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Snapshot:
    """xmin: every lower id was finished. xmax: every id from here on had not begun. running: those in between."""

    xmin: int
    xmax: int
    running: tuple[int, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "Snapshot":
        """Read PostgreSQL's text form. Raises ValueError for anything else."""
        xmin, xmax, running = text.split(":")
        found = cls(int(xmin), int(xmax), tuple(int(xid) for xid in running.split(",") if xid))
        ordered = all(one < other for one, other in pairwise(found.running))
        inside = all(found.xmin <= xid < found.xmax for xid in found.running)
        if not (0 < found.xmin <= found.xmax < 2**64 and ordered and inside):
            raise ValueError("not a snapshot")
        return found

    def __str__(self) -> str:
        return f"{self.xmin}:{self.xmax}:{','.join(map(str, self.running))}"

    def sees(self, xid: int) -> bool:
        """Whether transaction `xid` is visible: PostgreSQL's `pg_visible_in_snapshot`."""
        return xid < self.xmin or (xid < self.xmax and xid not in self.running)

    def bounded(self, highest: int) -> "Snapshot":
        """This snapshot cut off above `highest`, the highest id that the phone has ever been sent.

        After a crash the ids of transactions that were rolled back are used again. A raw snapshot counts them as seen
        and would hide the new rows; nothing up to a delivered, hence flushed, id can be used again.
        """
        limit = max(1, highest + 1)
        if limit % 2**32 == 0:
            limit += 1  # no transaction ever has such an id, and PostgreSQL does not read it
        if limit >= self.xmax:
            return self
        running = tuple(xid for xid in self.running if xid < limit)
        return Snapshot(min(self.xmin, limit), limit, running)
