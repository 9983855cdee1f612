"""What the address of the compliance page asks for: the days, how they are broken down, and of whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from console.list_page import read_choice, read_word
from console.voice import Voice
from console.weeks import read_day
from core.errors import InvalidInput
from visits.queries.compliance import Asked
from visits.schemas.compliance import LONGEST_BY_DAY, LONGEST_DAYS

SPANS = ("week", "month", "quarter", "days")
GROUPS = {"team": "org_unit", "rep": "rep", "class": "customer_class", "cycle": "cycle"}
"""What the figures can be grouped by, with the query's word for it."""
CLASSES = ("A", "B", "C", "D", "none")
SORTS = ("name", "rate", "due", "missed")
_STEPS = ("day", "week", "month")
_MEMBERS = {"team": "org_unit_id", "rep": "rep_id", "class": "customer_class", "cycle": "cycle_id"}


@dataclass(frozen=True)
class Question:
    """A reading of the page. first, last: its days, both included. step: what a place of the trend stands for.

    words: what the figures are narrowed to, by the filter's name.
    """

    span: str
    first: date
    last: date
    by: str
    step: str
    sort: str
    words: Mapping[str, str]
    asked: Asked

    @property
    def steps(self) -> list[str]:
        """What a place of the trend can stand for: few enough of them, and more than one where that can be."""
        days = (self.last - self.first).days + 1
        return [step for step, least, most in zip(_STEPS, (1, 8, 32), (LONGEST_BY_DAY, 400, 400), strict=True)
                if least <= days <= most]  # fmt: skip

    def query(self, **changes: object) -> str:
        """The address's query with these members changed, None taken out."""
        days = {"since": self.first, "until": self.last} if self.span == "days" else {"day": self.first}
        members: dict[str, object] = {"span": self.span, **days, "by": self.by, "step": self.step, "sort": self.sort}
        members |= self.words
        return urlencode({name: value for name, value in (members | changes).items() if value})

    def moved(self, direction: int) -> str:
        """The query of the days before these (-1), or after them (1)."""
        if self.span == "days":
            length = direction * ((self.last - self.first).days + 1)
            return self.query(since=self.first + timedelta(days=length), until=self.last + timedelta(days=length))
        return self.query(day=self.first - timedelta(days=1) if direction < 0 else self.last + timedelta(days=1))

    def due_visits(self, **more: object) -> str:
        """The address of the due visits behind a figure."""
        members: dict[str, object] = {"since": self.first, "until": self.last, **self.words} | more
        query = urlencode({name: value for name, value in members.items() if value})
        return f"{_due_visits()}?{query}"

    def bucket_after(self, begin: date) -> date:
        """When the trend's next place begins."""
        return (
            _month_after(begin, 1) if self.step == "month" else begin + timedelta(days=7 if self.step == "week" else 1)
        )

    def bucket(self, begin: date) -> tuple[date, date]:
        """The days of the trend's place that begins on a day, as far as they are asked for."""
        return max(begin, self.first), min(self.bucket_after(begin) - timedelta(days=1), self.last)


@cache
def _due_visits() -> str:
    """Looked up once: a page of reps leads there four hundred times."""
    return reverse("console:compliance.visits")


def read(query: QueryDict, voice: Voice) -> Question:
    """What the address asks for; this month by team where it asks for nothing. Raises core.invalid_input."""
    span = _one_of(query, "span", SPANS, "month", voice)
    by = _one_of(query, "by", tuple(GROUPS), "team", voice)
    words = {name: word for name in _MEMBERS if (word := read_word(query, name, voice))}
    members: dict[str, Any] = {_MEMBERS[name]: read_choice(query, name, voice) for name in words if name != "class"}
    if "class" in words:
        members["customer_class"] = _one_of(query, "class", CLASSES, "", voice)
    first, last = _read_days(query, span, voice)
    step = _one_of(query, "step", _STEPS, "", voice)
    sort = _one_of(query, "sort", (*SORTS, *(f"-{name}" for name in SORTS)), "", voice)
    found = Question(span, first, last, by, step, sort or _first_sort(by), words, Asked(first, last, **members))
    return found if step in found.steps else _with_step(found)


def _first_sort(by: str) -> str:
    """Of many, those who need help come first; teams and classes have an order of their own."""
    return "rate" if by in ("rep", "cycle") else "name"


def _with_step(found: Question) -> Question:
    """With the finest step that leaves a trend to be taken in at a glance."""
    longest = {"week": "day", "month": "week", "quarter": "week"}
    days = (found.last - found.first).days + 1
    step = longest.get(found.span) or ("day" if days <= 14 else "week" if days <= 120 else "month")
    return Question(found.span, found.first, found.last, found.by, step, found.sort, found.words, found.asked)


def _one_of(query: QueryDict, name: str, choices: tuple[str, ...], otherwise: str, voice: Voice) -> str:
    word = read_word(query, name, voice)
    if word and word not in choices:
        raise InvalidInput(name, reason=voice.say("list.bad_choice"))
    return word or otherwise


def _read_days(query: QueryDict, span: str, voice: Voice) -> tuple[date, date]:
    """The first and the last day. Raises core.invalid_input."""
    if span == "days":
        until = read_day(query.get("until", ""), "until", voice)
        since = read_day(query.get("since", str(until.replace(day=1))), "since", voice)
        if not 0 <= (until - since).days < LONGEST_DAYS:
            raise InvalidInput("until", reason=voice.say("compliance.bad_days"))
        return since, until
    day = read_day(query.get("day", ""), "day", voice)
    if span == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    first = day.replace(day=1) if span == "month" else day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return first, _month_after(first, 1 if span == "month" else 3) - timedelta(days=1)


def _month_after(day: date, count: int) -> date:
    """The first day of the month so many months later."""
    months = day.year * 12 + day.month - 1 + count
    return date(months // 12, months % 12 + 1, 1)
