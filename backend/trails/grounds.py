"""What allows to track an employee, and when: a policy of his org unit, his own consent, his working hours.

All three must hold at the moment of a point, whenever it arrives.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from calendars.working_time import WorkingTime
from trails.gaps import Due, Reason
from trails.purposes import Retention, both, point_days
from trails.spans import Span, Spans, intersect, join, subtract

EVER: Span = (-(2**62), 2**62)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Terms:
    """What a policy says of what there is: what for and how long it is kept, who may look, how it is read."""

    tracks: bool
    purposes: Retention
    viewer_roles: frozenset[str]
    gap_after_s: int


@dataclass(frozen=True)
class Rule:
    """A policy as a value. effective_ms: from when on, Unix ms. working: when its people work."""

    id: UUID
    effective_ms: int
    terms: Terms
    working: WorkingTime


@dataclass(frozen=True, slots=True)
class Period:
    """A time in which one policy was in force, or none. Unix ms."""

    from_ms: int
    to_ms: int
    rule: Rule | None


@dataclass(frozen=True, slots=True)
class Word:
    """An employee's word on his consent. text_version: what he agreed to; None: he withdraws."""

    at_ms: int
    text_version: int | None


@dataclass(frozen=True, slots=True)
class Renewal:
    """A text that ends the consents to earlier versions."""

    at_ms: int
    version: int


@dataclass(frozen=True)
class Grounds:
    """Everything that allows to track one employee. zone: in which his company counts its days."""

    periods: Sequence[Period]
    consented: Spans
    zone: ZoneInfo

    def rule_at(self, at_ms: int) -> Rule | None:
        """The policy in force at a moment."""
        return next((period.rule for period in self.periods if period.from_ms <= at_ms < period.to_ms), None)

    def under_policy(self, spans: Spans) -> Spans:
        """When a policy lets his unit be tracked at all."""
        return intersect(spans, join((p.from_ms, p.to_ms) for p in self.periods if p.rule and p.rule.terms.tracks))

    def at_work(self, spans: Spans) -> Spans:
        """When he works, by the hours of the policy in force."""
        found: list[Span] = []
        for period in self.periods:
            if period.rule:
                for part in intersect(spans, [(period.from_ms, period.to_ms)]):
                    found += intersect([part], _working(period.rule.working, part))
        return join(found)

    def kept_spans(self, day: date, now_ms: int) -> Spans:
        """The parts of a day whose points are still kept; those in which nobody was tracked among them."""
        return [
            part
            for period in self.periods
            for part in intersect([self.span_of(day)], [(period.from_ms, period.to_ms)])
            if not (period.rule and period.rule.terms.tracks and self._is_closed(period.rule.terms, part, day, now_ms))
        ]

    def _is_closed(self, then: Terms, part: Span, day: date, now_ms: int) -> bool:
        return self.age_days(day, now_ms) > point_days(self.kept_since(then, part[0], now_ms))

    def due(self, span: Span) -> Due:
        """When he is tracked, and why not at other times, the gravest reason first."""
        policy, consent, work = self.under_policy([span]), intersect([span], self.consented), self.at_work([span])
        excused = {
            Reason.TRACKING_OFF: subtract([span], policy),
            Reason.NO_CONSENT: subtract([span], consent),
            Reason.OFF_SHIFT: subtract([span], work),
        }
        return Due(intersect(intersect(policy, consent), work), excused)

    def kept_since(self, then: Terms, at_ms: int, now_ms: int) -> Retention:
        """For how long each purpose keeps what was recorded under `then` at a moment.

        The shortest of what was promised then and of every policy since: what was given up once is not taken back.
        """
        kept = then.purposes
        for period in self.periods:
            if period.rule and period.to_ms > at_ms and period.from_ms <= now_ms:
                kept = both(kept, period.rule.terms.purposes)
        return kept

    def age_days(self, day: date, now_ms: int) -> int:
        """How many days ago a day was."""
        return (self.day_of(now_ms) - day).days

    def day_of(self, at_ms: int) -> date:
        """The company's day at a moment."""
        return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(self.zone).date()

    def span_of(self, day: date) -> Span:
        """From when to when a day of the company lasts, Unix ms."""
        return _midnight_ms(day, self.zone), _midnight_ms(day + _DAY, self.zone)


def timeline(path: Sequence[UUID], rules: Mapping[UUID, Sequence[Rule]]) -> list[Period]:
    """Which policy was in force when: the latest of the nearest unit on the way up that had one.

    path: the units from the root to the employee's own. rules: each unit's, in any order.
    """
    named = [sorted(rules.get(unit, ()), key=lambda rule: rule.effective_ms) for unit in reversed(path)]
    edges = sorted({EVER[0], EVER[1], *(rule.effective_ms for of_unit in named for rule in of_unit)})
    periods = []
    for start, end in pairwise(edges):
        in_force = (next((rule for rule in reversed(of_unit) if rule.effective_ms <= start), None) for of_unit in named)
        periods.append(Period(start, end, next((rule for rule in in_force if rule), None)))
    return periods


def consented(words: Iterable[Word], renewals: Iterable[Renewal]) -> Spans:
    """When an employee's consent held: from his word on, up to his withdrawal or to a text that asks for it anew.

    The words may come in any order: what counts is when they were said.
    """
    spoken = sorted(words, key=lambda word: (word.at_ms, word.text_version is None, word.text_version or 0))
    asked = list(renewals)
    found = []
    for number, word in enumerate(spoken):
        if word.text_version is None:
            continue
        ends = [EVER[1], *(later.at_ms for later in spoken[number + 1 :])]
        ends += [max(word.at_ms, text.at_ms) for text in asked if text.version > word.text_version]
        found.append((word.at_ms, min(ends)))
    return join(found)


def _working(working: WorkingTime, span: Span) -> Spans:
    day = working.local_day(datetime.fromtimestamp(span[0] / 1000, UTC))
    last = working.local_day(datetime.fromtimestamp(span[1] / 1000, UTC))
    found = []
    while day <= last:
        found += [(_ms(start), _ms(end)) for start, end in working.stretches(day)]
        day += _DAY
    return join(found)


def _midnight_ms(day: date, zone: ZoneInfo) -> int:
    return _ms(datetime.combine(day, time(), zone))


def _ms(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)
