"""A rep's trail: the positions that his phone notes between two visits, and a stretch in which it cannot.

Phones note a fix every half minute, as a saving app does, not every one that the receiver gives.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone

from simulation.phone import Phone
from simulation.tracks import Fix, Morning

EVERY = timedelta(seconds=30)
_CHINA = timezone(timedelta(hours=8))
_ACCURACY_M = 12.0
GAP = timedelta(minutes=25)
"""How long it cannot, in the middle of the morning: some mornings last hardly an hour and a half."""


class Walk:
    """One phone's positions over the morning.

    gap: what the phone says of a stretch without any, if there is one. noted: positions so far. stored, discarded: what
    the server said of them.
    """

    def __init__(self, phone: Phone, morning: Morning, gap: str | None = None) -> None:
        self.phone = phone
        self.gap = gap
        self.noted = self.stored = 0
        self.discarded: Counter[str] = Counter()
        self._morning = morning
        self._rest = self._thinned(morning)
        self._next: Fix | None = next(self._rest, None)
        first, last = morning.fixes[0].at, morning.fixes[-1].at
        self._blind_from = first + (last - first - GAP) / 2
        self._told = self._over = gap is None

    def until(self, at: datetime) -> None:
        """Note what the receiver gave up to `at`."""
        while self._next is not None and self._next.at <= at:
            self._note(self._next)
            self._next = next(self._rest, None)

    def days(self) -> list[date]:
        """The calendar days in which the morning lies; it may pass midnight, for it ends when the simulation runs."""
        fixes = self._morning.fixes
        return sorted({fix.at.astimezone(_CHINA).date() for fix in (fixes[0], fixes[-1])})

    def _note(self, fix: Fix) -> None:
        if fix.at < self.phone.now:
            return  # it is just starting again
        self.phone.wait_until(fix.at)
        if self.gap and not self._told and fix.at >= self._blind_from:
            self.phone.client.note_tracking(self.gap)
            self._told = True
        if self._told and not self._over:
            if fix.at < self._blind_from + GAP:
                return
            self.phone.client.note_tracking("tracking")
            self._over = True
        self.phone.client.note_position(fix.lat, fix.lon, _ACCURACY_M)
        self.noted += 1

    @staticmethod
    def _thinned(morning: Morning) -> Iterator[Fix]:
        last = datetime.min.replace(tzinfo=morning.fixes[0].at.tzinfo)
        for fix in morning.fixes:
            if fix.at - last >= EVERY:
                last = fix.at
                yield fix
