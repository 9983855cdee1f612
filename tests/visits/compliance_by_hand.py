"""Compliance worked out due visit by due visit, in plain Python: what the one query must equal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from tests.visits.planning import ZONE


@dataclass
class World:
    """Everything that compliance follows from. gone: customers and the day since when they are archived or lost.

    logs: results by visit, in their order. rules: first day and parameters, by version.
    """

    dues: list[Any] = field(default_factory=list)
    visits: list[Any] = field(default_factory=list)
    logs: dict[UUID, list[str]] = field(default_factory=dict)
    absences: list[Any] = field(default_factory=list)
    gone: dict[UUID, date] = field(default_factory=dict)
    rules: list[tuple[date, Mapping[str, Any]]] = field(default_factory=list)


class Judged(NamedTuple):
    """What became of a due visit."""

    outcome: str
    reason: str
    visit_id: UUID | None
    rep_id: UUID


OUTCOMES = {
    "in_time": "valid", "late": "valid", "made": "pending", "open": "pending",
    "closed": "excluded", "customer_gone": "excluded", "rep_absent": "excluded",
}  # fmt: skip


def judge(world: World, due: Any, today: date) -> Judged:
    """What became of a due visit, and whose it is."""
    rule = rule_of(world, due)
    made = sorted((v for v in at_customer(world, due)), key=moment)
    in_time = [v for v in made if due.window_from <= v.visit_date <= due.window_to]
    end = due.window_to + timedelta(days=rule["grace_days"])
    late = [v for v in made if due.window_to < v.visit_date <= end]
    counting = [v for v in in_time if fault(world, v, rule) is None]
    spare = [v for v in late if fault(world, v, rule) is None and not is_needed(world, due, v)]
    standing = counting[-1] if counting else spare[0] if spare else None
    reason, shown = _reason(world, due, rule, standing, in_time, late, today)
    return Judged(OUTCOMES.get(reason, "missed"), reason, shown and shown.id, credited(world, due, rule, standing))


def _reason(
    world: World,
    due: Any,
    rule: Mapping[str, Any],
    standing: Any,
    in_time: Sequence[Any],
    late: Sequence[Any],
    today: date,
) -> tuple[str, Any]:
    closed = [v for v in in_time if fault(world, v, rule) == "closed"]
    shown = standing or (closed or in_time or late or [None])[-1]
    if today <= due.window_to + timedelta(days=rule["grace_days"]):
        return ("made" if standing else "open"), shown
    if standing:
        return ("in_time" if standing in in_time else "late"), shown
    if closed:
        return "closed", shown
    if "customer_gone" in rule["leave_out"] and world.gone.get(due.customer_id, date.max) <= due.window_to:
        return "customer_gone", shown
    away = [a for a in world.absences if a.rep_id == due.rep_id and a.from_date <= due.due_on <= a.to_date]
    if "rep_absent" in rule["leave_out"] and any(a.substitute_id is None for a in away):
        return "rep_absent", shown
    if shown is None:
        return "not_visited", shown
    why = fault(world, shown, rule) or "needed_elsewhere"
    return ("not_visited" if why == "closed" else why), shown


def fault(world: World, visit: Any, rule: Mapping[str, Any]) -> str | None:
    """What keeps a visit from counting."""
    last = world.logs.get(visit.id, [None])[-1]
    if rule["check_in_verdicts"] and visit.check_in_verdict not in rule["check_in_verdicts"]:
        return "verdict"
    if last == "closed" and "closed" in rule["leave_out"]:
        return "closed"
    needs_end = rule["check_out_required"] or rule["check_out_verdicts"] or rule["min_dwell_minutes"]
    if visit.checked_out_at is None:
        if needs_end:
            return "not_checked_out"
    elif rule["check_out_verdicts"] and visit.check_out_verdict not in rule["check_out_verdicts"]:
        return "verdict"
    elif visit.checked_out_at - visit.checked_in_at < timedelta(minutes=rule["min_dwell_minutes"] or -(10**6)):
        return "too_short"
    return "no_log" if rule["log_required"] and last is None else None


def is_needed(world: World, due: Any, visit: Any) -> bool:
    """Whether a late visit is needed by another due visit of its customer."""
    others = [one for one in world.dues if one.customer_id == due.customer_id]
    if any(one.window_to < visit.visit_date and (one.window_to, one.id) > (due.window_to, due.id) for one in others):
        return True
    for one in others:
        if one.window_from <= visit.visit_date <= one.window_to:
            rule = rule_of(world, one)
            within = [v for v in at_customer(world, one) if one.window_from <= v.visit_date <= one.window_to]
            if not any(moment(v) > moment(visit) and fault(world, v, rule) is None for v in within):
                return True
    return False


def credited(world: World, due: Any, rule: Mapping[str, Any], standing: Any) -> UUID:
    """Whose the due visit is."""
    rep_id: UUID = due.rep_id
    if rule["credit"] == "owed_by":
        return rep_id
    if standing is not None:
        return standing.rep_id if standing.for_rep_id == rep_id else rep_id
    handed = [v for v in world.visits if v.id == due.id and v.for_rep_id == rep_id and v.withdrawn is None]
    return handed[0].rep_id if handed else rep_id


def rule_of(world: World, due: Any) -> Mapping[str, Any]:
    """The rules by which a due visit is judged: the last ones set that apply on its day."""
    return [rules for first, rules in world.rules if first <= due.due_on][-1]


def at_customer(world: World, due: Any) -> list[Any]:
    """The visits that somebody made at the customer."""
    return [v for v in world.visits if v.customer_id == due.customer_id and v.checked_in_at is not None]


def moment(visit: Any) -> tuple[datetime, UUID]:
    """Its place in the order of visits."""
    return visit.checked_in_at, visit.id


def local_day(instant: datetime) -> date:
    """The day of the company's calendar."""
    return instant.astimezone(ZONE).date()
