"""Reading one day for somebody: whether he may, what there is, and how it looks on the wire."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.clock import to_wire
from trails import policies, queries
from trails.grounds import Grounds, Terms
from trails.models import Day
from trails.playback import Played, Stored, play, thin, unpack
from trails.purposes import Retention, View
from trails.schemas import TrailDayQuery
from trails.spans import Span
from trails.track import Track

GAP_AFTER_S = 300
"""Where no policy says it."""
_LATE = timedelta(days=1)
"""A phone may be offline for so long; then what is missing of a day is missing."""


@dataclass(frozen=True)
class DayGrounds:
    """What is known of one day of an employee before anybody looks at it.

    row: of the day, with the policy that it was recorded under; None where nothing came. span: from when to when the
    day lasts, Unix ms. now_ms: when it is asked for.
    """

    row: Day | None
    grounds: Grounds
    span: Span
    now_ms: int

    @property
    def present(self) -> Terms | None:
        """The policy in force now."""
        rule = self.grounds.rule_at(self.now_ms)
        return rule.terms if rule else None

    @property
    def then(self) -> Terms | None:
        """The policy that the day was recorded under."""
        recorded = self.row.policy if self.row else None
        return queries.to_terms(recorded) if recorded else self.present

    def kept(self) -> Retention:
        """For how many days each purpose keeps this day."""
        if self.then is None:
            return {}
        recorded = self.row.policy if self.row else None
        since_ms = max(self.span[0], round(recorded.effective_at.timestamp() * 1000)) if recorded else self.now_ms
        return self.grounds.kept_since(self.then, since_ms, self.now_ms)


def load_day(actor: Actor, user_id: UUID, day: date, at: datetime) -> DayGrounds:
    """The grounds of one day of an employee; a fixed number of queries."""
    noon_ms = queries.noon_ms(day)
    row = queries.find_day(user_id, day)
    grounds = queries.load_grounds(actor.company_id, user_id, noon_ms, noon_ms)
    return DayGrounds(row, grounds, grounds.span_of(day), round(at.timestamp() * 1000))


def read_day(actor: Actor, user_id: UUID, day: date, asked: TrailDayQuery, at: datetime) -> dict[str, Any]:
    """One day of an employee, ready to be answered. A fixed number of queries.

    Raises trails.purpose_missing, trails.purpose_not_allowed, trails.day_expired.
    """
    known = load_day(actor, user_id, day, at)
    if user_id != actor.user_id:
        terms, age = known.present or known.then, known.grounds.age_days(day, known.now_ms)
        policies.may_look(actor, View.DAY, asked.purpose, kept=known.kept(), terms=terms, age_days=age)
    stored = unpack(queries.list_segments(user_id, day))
    played = play_day(stored, known.grounds, known.span, known.now_ms, known.then)
    return _as_wire(user_id, day, known.row, known.span, asked, stored, played)


def play_day(stored: Stored, grounds: Grounds, span: Span, now_ms: int, terms: Terms | None) -> Played:
    """A day of the company, from what is stored of it."""
    return play(
        stored,
        grounds.due(span),
        until_ms=min(span[1], now_ms),
        complete=now_ms > span[1] + round(_LATE.total_seconds() * 1000),
        gap_after_s=terms.gap_after_s if terms else GAP_AFTER_S,
    )


def _as_wire(
    user_id: UUID, day: date, row: Day | None, span: Span, asked: TrailDayQuery, stored: Stored, played: Played
) -> dict[str, Any]:
    line = thin(played.trail, asked.tolerance_m if asked.detail == "simplified" else None)
    return {
        "user_id": user_id,
        "day": day,
        "from_at": _at(span[0]),
        "to_at": _at(span[1]),
        "detail": asked.detail,
        "points_stored": len(stored.track),
        "unverified": stored.unverified,
        "discarded": row.discarded if row else {},
        "points": _columns(line, span[0]),
        "stops": [
            {"lat": _degrees(s.lat), "lon": _degrees(s.lon), "from_at": _at(s.from_ms), "to_at": _at(s.to_ms)}
            for s in played.stops
        ],
        "gaps": [
            {"from_at": _at(gap.from_ms), "to_at": _at(gap.to_ms), "reason": gap.reason, "told": gap.told}
            for gap in played.gaps
        ],
        "mileage": {
            "moved_m": round(played.mileage.moved_m, 1),
            "bridged_m": round(played.mileage.bridged_m, 1),
        },
    }


def _columns(line: Track, begin_ms: int) -> dict[str, list[Any]]:
    return {
        "after_ms": (line.at_ms - begin_ms).tolist(),
        "lat": line.lat.tolist(),
        "lon": line.lon.tolist(),
        "accuracy_m": line.accuracy_m.astype(int).tolist(),
    }


def _degrees(value: float) -> float:
    return round(value, 7)


def _at(at_ms: int) -> str:
    return to_wire(datetime.fromtimestamp(at_ms / 1000, UTC))
