"""Hours of a day and of a week as people write them: work hours of calendars, opening hours of sites.

Times are wall-clock times `HH:MM` of a local day; `24:00` is its end. What passes midnight is written as two stretches:
`22:00` to `24:00` of one day and `00:00` to `06:00` of the next.
"""

from itertools import pairwise
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from core.payloads import Payload

TimeOfDay = Annotated[str, StringConstraints(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
Span = tuple[int, int]
"""From and to, in minutes after local midnight."""
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY_MINUTES = 1440


def to_minutes(time: str) -> int:
    """`09:30` as minutes after midnight."""
    hours, minutes = time.split(":")
    return int(hours) * 60 + int(minutes)


def to_time(minutes: int) -> str:
    """Minutes after midnight as `09:30`."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


class Hours(Payload):
    """A stretch of a day, from its first minute up to, but without, its last."""

    start: TimeOfDay = Field(description="HH:MM", examples=["09:00"])
    end: TimeOfDay = Field(description="HH:MM, after `start`; 24:00 is the end of the day", examples=["12:00"])

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.span[0] >= self.span[1]:
            raise ValueError("hours must end after they begin")
        return self

    @property
    def span(self) -> Span:
        """In minutes after midnight."""
        return to_minutes(self.start), to_minutes(self.end)


def _in_order(day: list[Hours]) -> list[Hours]:
    for earlier, later in pairwise(day):
        if later.span[0] < earlier.span[1]:
            raise ValueError("hours of a day must be in their order and must not overlap")
    return day


DayHours = Annotated[
    list[Hours],
    Field(max_length=8, description="the hours of the day, in their order; none: nobody works, or it is closed"),
    AfterValidator(_in_order),
]


class WeeklyHours(Payload):
    """The hours of a week, several stretches a day (a lunch break lies between two); a day left out has none."""

    monday: DayHours = []
    tuesday: DayHours = []
    wednesday: DayHours = []
    thursday: DayHours = []
    friday: DayHours = []
    saturday: DayHours = []
    sunday: DayHours = []

    def as_json(self) -> dict[str, Any]:
        """As it is stored and published: every day named."""
        return self.model_dump(mode="json")


def day_spans(stored: list[dict[str, str]]) -> tuple[Span, ...]:
    """Stored hours of a day in minutes, stretches that touch joined."""
    joined: list[Span] = []
    for hours in stored:
        start, end = to_minutes(hours["start"]), to_minutes(hours["end"])
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return tuple(joined)


def week_spans(stored: dict[str, list[dict[str, str]]]) -> tuple[tuple[Span, ...], ...]:
    """Stored hours of a week in minutes, Monday first."""
    return tuple(day_spans(stored.get(name, [])) for name in WEEKDAYS)


def overlap(a: tuple[Span, ...], b: tuple[Span, ...]) -> tuple[Span, ...]:
    """What two days have in common."""
    common = ((max(one[0], other[0]), min(one[1], other[1])) for one in a for other in b)
    return tuple(sorted(span for span in common if span[0] < span[1]))
