"""Working time: which instants are worked, how much lies between two, and when so much will have passed.

Pure: plain values in and out, no database and no clock. Whoever asks brings the calendar's resolved hours.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from calendars.hours import DAY_MINUTES, Span

SEARCHED_DAYS = 731
"""So many days ahead the next working instant is looked for: no calendar rests longer than two years."""
_DAY = timedelta(days=1)


class WorkingTime:
    """A calendar that is ready to be asked.

    zone: the local time that the hours are in. week: the spans of Monday to Sunday. exceptions: the spans of days that
    differ (none: nobody works). A working day is a day with any hours. A time that the clocks skip means the moment of
    the skip, one that they repeat its first occurrence.
    """

    def __init__(
        self, zone: ZoneInfo, week: Sequence[tuple[Span, ...]], exceptions: Mapping[date, tuple[Span, ...]]
    ) -> None:
        self.zone = zone
        self._week = week
        self._exceptions = exceptions
        self._stretches: dict[date, list[tuple[datetime, datetime]]] = {}

    def hours_on(self, day: date) -> tuple[Span, ...]:
        """The spans worked on a local day, in minutes after midnight."""
        if day in self._exceptions:
            return self._exceptions[day]
        return self._week[day.weekday()]

    def is_working_day(self, day: date) -> bool:
        """Whether anything is worked on a local day."""
        return bool(self.hours_on(day))

    def working_days(self, first: date, last: date) -> Iterator[date]:
        """The working days from `first` to `last`, both included."""
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            if self.is_working_day(day):
                yield day

    def count_working_days(self, first: date, last: date) -> int:
        """How many working days lie between two days, both included; 0 when `last` comes before `first`."""
        return sum(1 for _ in self.working_days(first, last))

    def local_day(self, instant: datetime) -> date:
        """The day that it is at an instant, here."""
        return instant.astimezone(self.zone).date()

    def stretches(self, day: date) -> list[tuple[datetime, datetime]]:
        """The worked stretches of a local day as instants in UTC."""
        found = self._stretches.get(day)
        if found is None:
            instants = [(self.at(day, start), self.at(day, end)) for start, end in self.hours_on(day)]
            found = self._stretches[day] = [(start, end) for start, end in instants if start < end]
        return found

    def is_working(self, instant: datetime) -> bool:
        """Whether an instant is worked; the last instant of a stretch is not."""
        stretches = self.stretches(self.local_day(instant))
        index = bisect_right(stretches, instant, key=lambda stretch: stretch[0]) - 1
        return index >= 0 and instant < stretches[index][1]

    def next_working_instant(self, instant: datetime) -> datetime | None:
        """The instant itself if it is worked, else when work begins again; None if it does not for two years."""
        for start, end in self._ahead(instant):
            if instant < end:
                return max(instant, start)
        return None

    def working_minutes(self, start: datetime, end: datetime) -> float:
        """How many minutes are worked between two instants; negative when `end` comes before `start`."""
        if end < start:
            return -self.working_minutes(end, start)
        day, last = self.local_day(start), self.local_day(end)
        worked = timedelta()
        while day <= last:
            for begin, finish in self.stretches(day):
                worked += max(timedelta(), min(end, finish) - max(start, begin))
            day += _DAY
        return worked / timedelta(minutes=1)

    def add_working_minutes(self, instant: datetime, minutes: float) -> datetime | None:
        """When `minutes` (not negative) of work will have passed; None if nobody works for two years before that.

        The earliest such instant: the end of a stretch, not the beginning of the next.
        """
        left = timedelta(minutes=minutes)
        if not left:
            return instant
        while True:
            start = self.next_working_instant(instant)
            if start is None:
                return None
            end = next(finish for begin, finish in self.stretches(self.local_day(start)) if start < finish)
            if left <= end - start:
                return start + left
            left -= end - start
            instant = end

    def at(self, day: date, minute: int) -> datetime:
        """The instant, in UTC, of a minute after local midnight; 1440 is the next midnight."""
        if minute == DAY_MINUTES:
            day, minute = day + _DAY, 0
        local = datetime.combine(day, time(minute // 60, minute % 60), self.zone)
        instant = local.astimezone(UTC)
        if instant.astimezone(self.zone).replace(tzinfo=None) != local.replace(tzinfo=None):
            return self._skip_before(instant)
        return instant

    def _skip_before(self, instant: datetime) -> datetime:
        """The moment, to the second, of the clock change within the hours before `instant`."""
        late, offset = instant, instant.astimezone(self.zone).utcoffset()
        early = instant - _DAY
        while late - early > timedelta(seconds=1):
            middle = early + (late - early) // 2
            if middle.astimezone(self.zone).utcoffset() == offset:
                late = middle
            else:
                early = middle
        return late.replace(microsecond=0)

    def _ahead(self, instant: datetime) -> Iterator[tuple[datetime, datetime]]:
        day = self.local_day(instant)
        for number in range(SEARCHED_DAYS):
            yield from self.stretches(day + timedelta(days=number))
