"""How one reader is spoken to: his language, his time zone, his way of writing days and numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from console.wording import has_text, say
from core.clock import now

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_STEPS = ((86_400, "days"), (3_600, "hours"), (60, "minutes"))


def percent(share: float) -> float:
    """A share of 0 to 1 in percent, to one decimal."""
    return round(100 * share, 1)


@dataclass(frozen=True)
class Voice:
    """locale: `en` or `zh-Hans`. time_zone: IANA."""

    locale: str
    time_zone: str = "UTC"

    @cached_property
    def zone(self) -> ZoneInfo:
        """The reader's time zone."""
        return ZoneInfo(self.time_zone)

    def say(self, key: str, **values: object) -> str:
        """A text of the console."""
        return say(self.locale, key, **values)

    def say_if_known(self, key: str, otherwise: str) -> str:
        """A text of the console, or the word itself where none is declared."""
        return say(self.locale, key) if has_text(key) else otherwise

    def name(self, names: Mapping[str, str] | None) -> str:
        """What the reader calls something that the company named in one language or both; empty where nobody did."""
        mine, other = ("zh", "en") if self.locale == "zh-Hans" else ("en", "zh")
        return (names or {}).get(mine) or (names or {}).get(other) or ""

    def day(self, day: date) -> str:
        """`22 Nov 2026`, or `2026-11-22` in Chinese."""
        return str(day) if self.locale == "zh-Hans" else f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

    def short_day(self, day: date) -> str:
        """`22 Nov`, or `11月22日` in Chinese: where the year is plain from what stands around it."""
        return f"{day.month}月{day.day}日" if self.locale == "zh-Hans" else f"{day.day} {_MONTHS[day.month - 1]}"

    def month(self, month: int) -> str:
        """`Nov`, or `11月` in Chinese."""
        return f"{month}月" if self.locale == "zh-Hans" else _MONTHS[month - 1]

    def month_of(self, day: date) -> str:
        """`Nov 2026`, or `2026年11月` in Chinese."""
        month = self.month(day.month)
        return f"{day.year}年{month}" if self.locale == "zh-Hans" else f"{month} {day.year}"

    def instant(self, instant: datetime) -> str:
        """Day and time of day in the reader's zone, to the minute."""
        local = instant.astimezone(self.zone)
        return f"{self.day(local.date())} {local:%H:%M}"

    def time(self, instant: datetime) -> str:
        """Time of day in the reader's zone, to the minute."""
        return f"{instant.astimezone(self.zone):%H:%M}"

    def today(self) -> date:
        """The day in the reader's zone."""
        return now().astimezone(self.zone).date()

    def ago(self, instant: datetime) -> str:
        """How long ago: `3 min ago`; the day, where it is more than a month."""
        seconds = (now() - instant).total_seconds()
        if seconds > 31 * 86_400:
            return self.day(instant.astimezone(self.zone).date())
        for unit_s, name in _STEPS:
            if seconds >= unit_s:
                return self.say(f"ago.{name}", count=int(seconds // unit_s))
        return self.say("ago.now")

    def number(self, value: float) -> str:
        """With commas between thousands, as both languages write it."""
        return f"{value:,}"

    def share(self, share: float | None) -> str:
        """A share of 0 to 1 as `87.5 %`; a dash for none."""
        return "–" if share is None else f"{percent(share):g} %"

    def distance(self, metres: float) -> str:
        """`12 m`, `1.3 km`, `1,200 km`."""
        if metres < 999.5:
            return f"{round(metres)} m"
        kilometres = metres / 1000
        return f"{kilometres:.1f} km" if kilometres < 99.95 else f"{round(kilometres):,} km"

    def duration(self, seconds: float) -> str:
        """`40 s`, `12 min`, `3 h 5 min`, `13 d 8 h`."""
        if seconds < 90:
            return self.say("duration.seconds", count=round(seconds))
        minutes = round(seconds / 60)
        if minutes < 60:
            return self.say("duration.minutes", count=minutes)
        hours = minutes // 60
        if hours < 48:
            return self.say("duration.hours", count=hours, rest=minutes % 60)
        return self.say("duration.days", count=hours // 24, rest=hours % 24)

    def midnight(self, day: date) -> datetime:
        """When the day begins in the reader's zone."""
        return datetime.combine(day, time(), self.zone)

    def next_midnight(self, day: date) -> datetime:
        """When the day ends in the reader's zone."""
        return self.midnight(day + timedelta(days=1))
