"""A day as a time line: where bars lie on it. Places and widths are percent of its width, as SVG takes them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.voice import Voice

_HOUR = timedelta(hours=1)
_LEAST_PERCENT = 0.6
"""A moment is still to be seen."""
_NARROW_PERCENT = 5.0
_MOST_LABELS = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """Something that took time. x, width: percent, as text. number: of the entry that tells of it, if any.

    narrow: on a phone there is no room for the number.
    """

    x: str
    width: str
    title: str
    tone: str
    number: int | None = None
    narrow: bool = False


@dataclass(frozen=True, slots=True)
class Hour:
    """A line with its label; minor: not labelled where there is little room."""

    x: str
    label: str
    minor: bool


@dataclass(frozen=True)
class TimeLine:
    """The part of a day that is shown, in whole hours of the reader's zone."""

    begin: datetime
    end: datetime

    @classmethod
    def around(cls, instants: Iterable[datetime], day: tuple[datetime, datetime], voice: Voice) -> "TimeLine":
        """From eight to six, or as much more as there is to show; never more than the day."""
        eight = day[0] + 8 * _HOUR
        known = [eight, eight + 10 * _HOUR, *(min(max(at, day[0]), day[1]) for at in instants)]
        begin, end = (at.astimezone(voice.zone) for at in (min(known), max(known)))
        floor = begin.replace(minute=0, second=0, microsecond=0)
        ceiling = end.replace(minute=0, second=0, microsecond=0)
        return cls(floor, ceiling if ceiling == end else ceiling + _HOUR)

    def x(self, at: datetime) -> float:
        """Where a moment lies."""
        share = (at - self.begin) / (self.end - self.begin)
        return min(max(share, 0.0), 1.0) * 100

    def bar(self, begin: datetime, end: datetime, title: str, tone: str, number: int | None = None) -> Bar:
        """The bar from one moment to another."""
        left = self.x(begin)
        width = max(self.x(end) - left, _LEAST_PERCENT)
        return Bar(percent(min(left, 100 - width)), percent(width), title, tone, number, width < _NARROW_PERCENT)

    def hours(self, voice: Voice) -> list[Hour]:
        """The hours to draw lines at, without the edges."""
        count = round((self.end - self.begin) / _HOUR)
        step = 1 if count <= _MOST_LABELS else 2
        marks = [(number, self.begin + number * _HOUR) for number in range(1, count) if number % step == 0]
        return [Hour(percent(self.x(at)), voice.time(at), number // step % 3 != 0) for number, at in marks]


def percent(value: float) -> str:
    """As SVG takes it."""
    return f"{value:.3f}%"
