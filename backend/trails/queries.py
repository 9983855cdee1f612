"""Reads of trails. All need the company's fence."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from accounts import queries as accounts
from calendars import queries as calendars
from calendars.hours import week_spans
from calendars.working_time import WorkingTime
from core.actor import Actor
from trails import errors
from trails.grounds import Grounds, Renewal, Rule, Terms, Word, consented, timeline
from trails.models import Access, Consent, ConsentText, Day, PointBatch, Policy, Segment
from trails.purposes import Purpose

VIEWERS = ("manager", "dispatcher")
"""Roles that make a superior; which of them may look, and for what, the policy says."""
_DAY = timedelta(days=1)

# All that is known of an employee's grounds, in one statement.
_GROUNDS = """
with employee as (
  select u.id, u.org_unit_id, coalesce(o.path, '{}') as path
  from accounts_user u left join accounts_org_unit o on o.id = u.org_unit_id where u.id = %(user)s
)
select json_build_object(
  'unit', (select org_unit_id from employee),
  'path', (select path from employee),
  'zone', (select time_zone from accounts_company where id = %(company)s),
  'policies', (select json_agg(p) from trails_policy p, employee e where p.org_unit_id = any (e.path)),
  'words', (select json_agg(json_build_array(round(extract(epoch from c.occurred_at) * 1000), t.text_version))
            from trails_consent c left join trails_consent_text t on t.id = c.text_id where c.user_id = %(user)s),
  'renewals', (select json_agg(json_build_array(round(extract(epoch from t.effective_at) * 1000), t.text_version))
               from trails_consent_text t where t.company_id = %(company)s and t.renews))
"""


# The last positions of all whose units open them, and the actor's own, as finished JSON; and whom that shows.
_POSITIONS = """
with seen as (
  select p.*, o.live_s from trails_open_units(%(top)s, %(now)s, %(purpose)s, %(roles)s) o
  join accounts_user u on u.org_unit_id = o.unit_id and u.is_active
  join trails_last_position p on p.user_id = u.id
  where o.tracks and p.at > %(now)s - make_interval(days => o.days + 1) and u.id <> %(me)s
  union all
  select p.*, 300 from trails_last_position p where p.user_id = %(me)s
)
select coalesce(json_agg(row_to_json(r))::text, '[]'), array_agg(r.user_id) filter (where r.user_id <> %(me)s)::text
from (
  select s.user_id,
         case when s.verified and s.at > %(now)s - make_interval(secs => s.live_s)
              then 'live' else 'last_known' end as state,
         greatest(0, floor(extract(epoch from %(now)s - s.at) / 60))::int as age_minutes,
         to_char(s.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, s.verified,
         s.lat_e7 / 1e7::float8 as lat, s.lon_e7 / 1e7::float8 as lon, s.accuracy_m
  from seen s order by s.at desc) r
"""
# The days whose figures their units open, both by the policy then and by the one now.
_FIGURES = """
select d.id from trails_open_units(%s, %s, %s, %s) o
join accounts_user u on u.org_unit_id = o.unit_id
join trails_day d on d.user_id = u.id
join trails_policy p on p.id = d.policy_id
cross join lateral (
  select w.days from jsonb_to_recordset(p.purposes) w(purpose text, days int) where w.purpose = %s) w
where d.day >= %s - least(o.days, w.days)
"""


def take_turn(user_id: UUID, batch_id: UUID | None = None) -> None:
    """Wait until nobody else changes what may be stored, or is, of this employee, nor takes this batch (one query).

    Holds until the transaction's end.
    """
    with connection.cursor() as cursor:
        cursor.execute("select trails_take_turn(%s, %s)", [user_id, batch_id])


def load_grounds(company_id: UUID, user_id: UUID, from_ms: int, to_ms: int) -> Grounds:
    """What allows to track an employee; his working hours are exact between the two moments. Five queries."""
    with connection.cursor() as cursor:
        cursor.execute(_GROUNDS, {"company": company_id, "user": user_id})
        found: dict[str, Any] = cursor.fetchone()[0]
    unit = found["unit"] and UUID(found["unit"])
    first, last = (datetime.fromtimestamp(ms / 1000, UTC).date() for ms in (from_ms, to_ms))
    working = calendars.working_times(company_id, [unit], first - _DAY, last + _DAY)[unit]
    rules: dict[UUID, list[Rule]] = {}
    for policy in found["policies"] or ():
        rules.setdefault(UUID(policy["org_unit_id"]), []).append(_rule(policy, working))
    return Grounds(
        timeline([UUID(id_) for id_ in found["path"]], rules),
        consented((Word(*word) for word in found["words"] or ()), (Renewal(*text) for text in found["renewals"] or ())),
        ZoneInfo(found["zone"]),
    )


def to_terms(policy: Policy) -> Terms:
    """What a policy says of what there is, as a value."""
    purposes = {Purpose(item["purpose"]): item["days"] for item in policy.purposes}
    return Terms(policy.tracks, purposes, frozenset(policy.viewer_roles), policy.gap_after_s)


def list_terms(at: datetime) -> dict[UUID, Terms]:
    """By org unit, the terms in force for its people at a moment; units without any are left out (one query)."""
    rows = Policy.objects.raw(
        "select p.*, o.id as unit_id from accounts_org_unit o cross join lateral trails_policy_of(o.path, %s) p", [at]
    )
    return {row.unit_id: to_terms(row) for row in rows}  # type: ignore[attr-defined]


def list_words(user_id: UUID) -> tuple[list[Word], list[Renewal]]:
    """What an employee has said of his consent, and the texts that asked for it anew (two queries)."""
    said = Consent.objects.filter(user_id=user_id).values_list("occurred_at", "text__text_version")
    asked = ConsentText.objects.filter(renews=True).values_list("effective_at", "text_version")
    return [Word(_ms(at), version) for at, version in said], [Renewal(_ms(at), version) for at, version in asked]


def noon_ms(day: date) -> int:
    """A moment of this day in every time zone, Unix ms."""
    return round(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp() * 1000)


def find_batch(company_id: UUID, batch_id: UUID) -> PointBatch | None:
    """The receipt of a batch, or None."""
    return PointBatch.objects.filter(company_id=company_id, id=batch_id).first()


def list_recorded() -> list[tuple[Policy, UUID | None]]:
    """Under which policies days were recorded, and in which org units those people are now (two queries)."""
    pairs = Day.objects.filter(policy_id__isnull=False).values_list("policy_id", "user__org_unit_id").distinct()
    found = list(pairs)
    policies = Policy.objects.in_bulk({policy_id for policy_id, _ in found})
    return [(policies[policy_id], unit) for policy_id, unit in found]


def list_to_derive(before: date, limit: int) -> list[tuple[UUID, UUID]]:
    """Days that are over and whose figures are out of date: of whom, and which row (one query)."""
    rows = Day.objects.filter(day__lt=before, derived_at__isnull=True, closed_at__isnull=True, points__gt=0)
    return list(rows.order_by("day", "id").values_list("user_id", "id")[:limit])


def find_day_to_derive(row_id: UUID) -> Day | None:
    """That day with its policy, if its figures are still out of date."""
    rows = Day.objects.select_related("policy").filter(id=row_id, derived_at__isnull=True, closed_at__isnull=True)
    return rows.first()


def list_days(user_id: UUID, days: Iterable[date]) -> dict[date, Day]:
    """Of these days of an employee, those that are known, by day (one query)."""
    return {row.day: row for row in Day.objects.filter(user_id=user_id, day__in=list(days))}


def list_days_between(user_id: UUID, first: date, last: date) -> dict[date, Day]:
    """The days of an employee that are known, by day, both ends included (one query)."""
    return {row.day: row for row in Day.objects.filter(user_id=user_id, day__range=(first, last))}


def find_day(user_id: UUID, day: date) -> Day | None:
    """One day of an employee with its policy, or None."""
    return Day.objects.select_related("policy").filter(user_id=user_id, day=day).first()


def list_segments(user_id: UUID, day: date) -> Sequence[Segment]:
    """The stored points of one day of an employee (one query)."""
    return list(Segment.objects.filter(user_id=user_id, day=day).order_by("started_at", "batch_id"))


def list_segments_from(user_id: UUID, first: date) -> Sequence[Segment]:
    """The stored points of an employee from one day on (one query)."""
    return list(Segment.objects.filter(user_id=user_id, day__gte=first).order_by("started_at", "batch_id"))


def list_policies() -> QuerySet[Policy]:
    """All policies of the company."""
    return Policy.objects.all()


def list_texts() -> QuerySet[ConsentText]:
    """All consent texts of the company."""
    return ConsentText.objects.all()


def list_consents(actor: Actor, user_id: UUID | None) -> QuerySet[Consent]:
    """An employee's words on his consent: one's own, or those of somebody below. Raises trails.not_found."""
    if user_id is not None:
        require_in_sight(actor, user_id)
    return Consent.objects.filter(user_id=user_id or actor.user_id)


def list_accesses(actor: Actor) -> QuerySet[Access]:
    """The looks at the actor's own trail."""
    return Access.objects.filter(user_id=actor.user_id)


def require_in_sight(actor: Actor, user_id: UUID) -> None:
    """Nobody's trail is anybody's business but his own and his superiors'. Raises trails.not_found."""
    if user_id == actor.user_id:
        return
    if not (actor.has_role(*VIEWERS) and accounts.is_superior(actor, user_id)):
        raise errors.TrailNotFound("user_id")


def last_positions(actor: Actor, purpose: Purpose | None, at: datetime) -> tuple[str, str | None]:
    """The last positions that the actor may see for a purpose, and his own, the newest first (one query).

    As finished JSON; and of whom, without himself, as an array of PostgreSQL's (None: of nobody).
    """
    top = actor.org_unit_id if purpose and actor.has_role(*VIEWERS) else None
    values = {"top": top, "now": at, "purpose": purpose, "roles": sorted(actor.roles), "me": actor.user_id}
    with connection.cursor() as cursor:
        cursor.execute(_POSITIONS, values)
        found: tuple[str, str | None] = cursor.fetchone()
        return found


def list_figures(
    actor: Actor,
    purpose: Purpose | None,
    *,
    user_id: UUID | None,
    from_date: date | None,
    to_date: date | None,
    at: datetime,
) -> QuerySet[Day]:
    """The days with their figures that the actor may see for a purpose, and his own; the days are both included."""
    own = Q(user_id=actor.user_id)
    if purpose and actor.org_unit_id and actor.has_role(*VIEWERS):
        today = accounts.get_company_day(actor.company_id, at)
        values = [actor.org_unit_id, at, purpose, sorted(actor.roles), purpose, today]
        own |= Q(id__in=RawSQL(_FIGURES, values))  # noqa: S611  a constant of this room, its values are parameters
    asked = {"user_id": user_id, "day__gte": from_date, "day__lte": to_date}
    rows = Day.objects.filter(own, derived_at__isnull=False)
    return rows.filter(**{name: value for name, value in asked.items() if value is not None})


def _ms(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)


def _rule(row: dict[str, Any], calendar: WorkingTime) -> Rule:
    """A policy's row, as JSON has it. calendar: the working time where it does not state its own."""
    policy = Policy(**{name: row[name] for name in ("tracks", "purposes", "viewer_roles", "gap_after_s")})
    working = calendar if row["hours"] is None else WorkingTime(calendar.zone, week_spans(row["hours"]), {})
    effective_ms = _ms(datetime.fromisoformat(row["effective_at"]))
    return Rule(UUID(row["id"]), effective_ms, to_terms(policy), working)
