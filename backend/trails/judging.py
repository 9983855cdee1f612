"""Which points of a batch may be stored. The others are counted by reason and forgotten."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import numpy as np

from core.errors import DomainError
from trails import errors
from trails.gaps import State
from trails.grounds import Grounds
from trails.spans import contains, intersect, join
from trails.track import Floats, Ints, Mask

REASONS: tuple[type[DomainError], ...] = (
    errors.PositionInvalid,
    errors.AccuracyInvalid,
    errors.InFuture,
    errors.DayClosed,
    errors.TrackingOff,
    errors.NoConsent,
    errors.OutsideHours,
    errors.PointRepeated,
)
"""The first that holds is the one that counts."""
OLDEST_DAYS = 735
"""Nothing is kept longer than two years; what is older need not be looked at."""
_FUTURE_MS = 1_000
"""As much as field times of commands are forgiven."""
_DAY_MS = 86_400_000
_STORED = -1


@dataclass(frozen=True)
class Points:
    """The points of a batch, as far as they could be read. at_ms: Unix ms; lat_e7, lon_e7: 1e-7 degrees, WGS-84.

    located: the position was readable. accuracy_m: NaN where it was not.
    """

    at_ms: Ints
    lat_e7: Ints
    lon_e7: Ints
    accuracy_m: Floats
    located: Mask

    def __len__(self) -> int:
        return len(self.at_ms)

    def take(self, which: Mask | Ints) -> "Points":
        """Some of the points."""
        return Points(
            self.at_ms[which], self.lat_e7[which], self.lon_e7[which], self.accuracy_m[which], self.located[which]
        )


@dataclass(frozen=True, slots=True)
class Saying:
    """What a phone said of its tracking, and when."""

    at_ms: int
    state: State


@dataclass(frozen=True)
class DayPart:
    """What of a batch is stored of one day, in the order of time."""

    points: Points
    sayings: list[Saying]


@dataclass(frozen=True)
class Judgement:
    """What becomes of a batch: the parts of days to store, and of each day how many points are not, by reason."""

    days: dict[date, DayPart]
    discarded: dict[date, Counter[str]]


def judge(
    points: Points, sayings: Collection[Saying], grounds: Grounds, now_ms: int, closed: Collection[date] = ()
) -> Judgement:
    """Judge every point on the grounds of its own moment. closed: days whose points have been deleted already."""
    days = _days(points, sayings, grounds, now_ms)
    spans = join(grounds.span_of(day) for day in days)
    allowed = {
        errors.TrackingOff: grounds.under_policy(spans),
        errors.NoConsent: intersect(spans, grounds.consented),
        errors.OutsideHours: grounds.at_work(spans),
        errors.DayClosed: join(span for day in days if day not in closed for span in grounds.kept_spans(day, now_ms)),
    }
    good: dict[type[DomainError], Mask] = {kind: contains(within, points.at_ms) for kind, within in allowed.items()}
    good[errors.PositionInvalid] = points.located
    good[errors.AccuracyInvalid] = points.accuracy_m > 0
    good[errors.InFuture] = points.at_ms <= now_ms + _FUTURE_MS
    reason = np.full(len(points), _STORED)
    for number in reversed(range(len(REASONS))):
        if REASONS[number] in good:
            reason[~good[REASONS[number]]] = number
    _mark_repeated(points, reason)
    spoken = [
        saying
        for saying in sorted(sayings, key=lambda saying: saying.at_ms)
        if saying.at_ms <= now_ms + _FUTURE_MS
        and all(any(start <= saying.at_ms < end for start, end in within) for within in allowed.values())
    ]
    return _by_day(points, reason, spoken, days, grounds, grounds.day_of(now_ms))


def moments(points: Points, sayings: Collection[Saying], now_ms: int) -> tuple[int, int]:
    """The first and the last moment of a batch that can be kept; the present, where none can."""
    found = _moments(points, sayings, now_ms)
    return (int(found.min()), int(found.max())) if len(found) else (now_ms, now_ms)


def _moments(points: Points, sayings: Collection[Saying], now_ms: int) -> Ints:
    """All of them, but for those that are too old to be kept or yet to come: clocks may say anything."""
    found = np.append(points.at_ms, np.array([saying.at_ms for saying in sayings], dtype=np.int64))
    return found[(found > now_ms - OLDEST_DAYS * _DAY_MS) & (found <= now_ms + _FUTURE_MS)]


def _days(points: Points, sayings: Collection[Saying], grounds: Grounds, now_ms: int) -> list[date]:
    """The company's days that the batch touches."""
    utc_days = np.unique(_moments(points, sayings, now_ms) // _DAY_MS).tolist()
    return sorted({grounds.day_of(edge) for day in utc_days for edge in (day * _DAY_MS, (day + 1) * _DAY_MS - 1)})


def _mark_repeated(points: Points, reason: Ints) -> None:
    """Of good points of one moment, the first is kept."""
    good = np.flatnonzero(reason == _STORED)
    order = good[np.argsort(points.at_ms[good], kind="stable")]
    again = np.append(False, np.diff(points.at_ms[order]) == 0)[: len(order)]
    reason[order[again]] = REASONS.index(errors.PointRepeated)


def _by_day(
    points: Points, reason: Ints, spoken: list[Saying], days: list[date], grounds: Grounds, today: date
) -> Judgement:
    parts: dict[date, DayPart] = {}
    discarded: dict[date, Counter[str]] = {}
    counted = np.zeros(len(points), dtype=bool)
    for day in days:
        start, end = grounds.span_of(day)
        here = (points.at_ms >= start) & (points.at_ms < end)
        counted |= here
        stored = np.flatnonzero(here & (reason == _STORED))
        stored = stored[np.argsort(points.at_ms[stored], kind="stable")]
        said = [saying for saying in spoken if start <= saying.at_ms < end]
        if len(stored) or said:
            parts[day] = DayPart(points.take(stored), said)
        _count(discarded, day, reason[here])
    _count(discarded, today, reason[~counted])
    return Judgement(parts, discarded)


def _count(discarded: dict[date, Counter[str]], day: date, reason: Ints) -> None:
    numbers, times = np.unique(reason[reason != _STORED], return_counts=True)
    if len(numbers):
        counts = zip(numbers.tolist(), times.tolist(), strict=True)
        discarded.setdefault(day, Counter()).update({REASONS[number].code: count for number, count in counts})
