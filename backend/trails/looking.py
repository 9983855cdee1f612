"""Looking at somebody's trail: what it may be looked at for, and the look itself, which he will read of."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.clock import now
from trails import errors, queries
from trails.commands.looks import note_look
from trails.jobs import tell_later
from trails.purposes import OPENS, Purpose, View
from trails.reading import DayGrounds, load_day, read_day
from trails.schemas import LookQuery, TrailDayQuery
from trails.spans import intersect


class Closed(StrEnum):
    """Why a day opens for nothing."""

    NOT_SUPERIOR = "not_superior"
    IN_FUTURE = "in_future"
    TRACKING_OFF = "tracking_off"
    NO_CONSENT = "no_consent"
    NOT_FOR_YOU = "not_for_you"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Opening:
    """What a day of an employee opens for. closed: why for nothing."""

    purposes: list[Purpose]
    closed: Closed | None = None


def look_at_day(actor: Actor, user_id: UUID, day: date, asked: TrailDayQuery, at: datetime) -> dict[str, Any]:
    """One day of an employee; of somebody else's, a look that is logged and told to him.

    Raises trails.not_found, trails.purpose_missing, trails.purpose_not_allowed, trails.day_expired.
    """
    queries.require_in_sight(actor, user_id)
    found = read_day(actor, user_id, day, asked, at)
    log_look(actor, [user_id], View.DAY, asked, (day, day))
    return found


def log_look(actor: Actor, users: Iterable[UUID], view: View, asked: LookQuery, days: tuple[date, date] | None) -> None:
    """Note the look at others; nobody is noted who looks at himself."""
    others = {user for user in users if user != actor.user_id}
    if others and asked.purpose is not None and days is not None:
        text = "{" + ",".join(map(str, sorted(others))) + "}"
        tell_later(actor.company_id, note_look(actor, text, view, asked.purpose, asked.note, now(), days))


def find_opening(actor: Actor, user_id: UUID, day: date, at: datetime) -> Opening:
    """What the actor may look at a day of somebody else for. Nothing of the day itself is read: it is no look."""
    try:
        queries.require_in_sight(actor, user_id)
    except errors.TrailNotFound:
        return Opening([], Closed.NOT_SUPERIOR)
    known = load_day(actor, user_id, day, at)
    if day > known.grounds.day_of(known.now_ms):
        return Opening([], Closed.IN_FUTURE)
    if known.row is None and (why := _why_nothing(known)) is not None:
        return Opening([], why)
    terms = known.present or known.then
    if terms is None or actor.roles.isdisjoint(terms.viewer_roles):
        return Opening([], Closed.NOT_FOR_YOU if terms else Closed.TRACKING_OFF)
    kept = {purpose: days for purpose, days in known.kept().items() if View.DAY in OPENS[purpose]}
    age = known.grounds.age_days(day, known.now_ms)
    purposes = [purpose for purpose in Purpose if kept.get(purpose, -1) >= age]
    if purposes:
        return Opening(purposes)
    return Opening([], Closed.EXPIRED if kept else Closed.NOT_FOR_YOU)


def _why_nothing(known: DayGrounds) -> Closed | None:
    """Why no point of the day can have been stored, if so."""
    if not known.grounds.under_policy([known.span]):
        return Closed.TRACKING_OFF
    return None if intersect([known.span], known.grounds.consented) else Closed.NO_CONSENT
