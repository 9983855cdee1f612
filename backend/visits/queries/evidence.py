"""Reads of evidence, its rules and its judgements. All need the company's fence."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import Q, QuerySet

from accounts import queries as account_queries
from core import grants
from core.actor import Actor
from core.geodesy import Coordinates
from core.ids import as_array
from visits import errors
from visits.evidence import BUILT_IN, Rules, RuleSet
from visits.journeys import Sighting, Stay, find_overlaps
from visits.models.evidence import EvidenceRules, Judgement, Recomputation
from visits.models.visits import CheckIn, Visit

WINDOW = timedelta(hours=24)
"""Sightings further apart tell nothing: within a day one gets anywhere."""
_BEFORE, _AFTER = 20, 500


def get_rules(version: int | None = None) -> RuleSet:
    """The rules in force, or those of a version. Raises visits.rules_not_found (one query, none for the built-in)."""
    if version == BUILT_IN.version:
        return BUILT_IN
    with connection.cursor() as cursor:  # not by the ORM: every check-in asks, and most companies have no row
        cursor.execute(
            "select version, rules::text from visits_evidence_rules where version = coalesce(%s, version)"
            " order by version desc limit 1",
            [version],
        )
        found = cursor.fetchone()
    if found is not None:
        return _rule_set(*found)
    if version is not None:
        raise errors.RulesNotFound("version", version=version)
    return BUILT_IN


def lock_day(ids: Iterable[UUID], rep_id: UUID, limit: int) -> tuple[dict[UUID, Visit], RuleSet]:
    """The visits of these ids and the last ones, up to `limit`, that a rep has open; the rules in force (one query).

    The visits by id, locked in the order of their ids. The rep's day is held as well: two phones of his that
    deliver at once are judged one after the other, so that each sees the other's sightings.
    """
    names = [field.attname for field in Visit._meta.concrete_fields]
    # By hand, for every check-in asks: the ORM's preparations for a raw query cost more than its rows.
    with connection.cursor() as cursor:
        cursor.execute(
            f"select r.version, r.rules::text, {', '.join(f'v.{name}' for name in names)} from (select) once"
            " left join (select version, rules from visits_evidence_rules order by version desc limit 1) r on true"
            " left join (select * from visits_visit where id = any(%s::uuid[] || array(select id from visits_visit"
            " where rep_id = %s and state = 'open' order by checked_in_at desc limit %s))"
            " and (select pg_advisory_xact_lock(hashtextextended('visits.day:' || %s::text, 0)) is not null)"
            " order by id for no key update) v on true",
            [as_array(ids), rep_id, limit, rep_id],
        )
        rows = cursor.fetchall()
    visits = [Visit.from_db("default", names, row[2:]) for row in rows if row[2] is not None]
    version, rules = rows[0][:2]
    return {visit.id: visit for visit in visits}, BUILT_IN if version is None else _rule_set(version, rules)


def lock_rules(company_id: UUID) -> int:
    """The highest version of the company's rules, held until the transaction ends: nobody else adds one meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended('visits.rules:' || %s::text, 0))", [company_id])
    return get_rules().version


def list_rules() -> QuerySet[EvidenceRules]:
    """The company's own versions, the latest first."""
    return EvidenceRules.objects.order_by("-version")


def list_customer_evidence(customer_ids: Iterable[UUID]) -> QuerySet[CheckIn]:
    """All evidence at these customers, rep by rep, in the order of its time."""
    return CheckIn.objects.filter(visit__customer_id__in=list(customer_ids)).order_by("rep_id", "occurred_at", "id")


def behind(evidence: QuerySet[CheckIn], last: tuple[UUID, datetime, UUID] | None) -> QuerySet[CheckIn]:
    """What follows after the row with this rep, time and id, in the order of `list_evidence`."""
    if last is None:
        return evidence
    rep_id, at, id_ = last
    later = Q(occurred_at__gt=at) | Q(occurred_at=at, id__gt=id_)
    return evidence.filter(Q(rep_id__gt=rep_id) | Q(rep_id=rep_id) & later)


def count_judged_since(moment: datetime, ids: Iterable[UUID]) -> int:
    """How many of these were judged by the rules anew since this moment."""
    return CheckIn.objects.filter(id__in=list(ids), cause="rules", decided_at__gte=moment).count()


def list_overlapping(visit: Visit) -> list[UUID]:
    """The rep's other visits that took place at the same time, in the order of their beginning (one query)."""
    others = Visit.objects.filter(rep_id=visit.rep_id, checked_in_at__isnull=False).exclude(id=visit.id)
    others = others.filter(Q(checked_out_at__gt=visit.checked_in_at) | Q(checked_out_at__isnull=True, state="open"))
    if visit.checked_out_at is not None:
        others = others.filter(checked_in_at__lt=visit.checked_out_at)
    stays = [Stay(visit.id, visit.checked_in_at, visit.checked_out_at)]
    stays += [Stay(*row) for row in others.values_list("id", "checked_in_at", "checked_out_at")[:_AFTER]]
    return find_overlaps(stays).get(visit.id, [])


def list_sightings(rep_id: UUID, begin: datetime, end: datetime) -> tuple[list[Sighting], set[UUID]]:
    """Where a rep was measured around this time, and which of these sightings are blamed for a jump (one query).

    The last ones of the day before `begin`, and those up to a day after `end`.
    """
    columns = "id, seen_at, lat, lon, accuracy_m, verdict_details -> 'findings' ? 'impossible_speed'"
    measured = f"select {columns} from visits_check_in where rep_id = %s and seen_at"
    with connection.cursor() as cursor:
        cursor.execute(
            f"({measured} between %s and %s order by seen_at desc limit {_BEFORE})"
            f" union all ({measured} > %s and seen_at <= %s order by seen_at limit {_AFTER})",
            [rep_id, begin - WINDOW, begin, rep_id, begin, end + WINDOW],
        )
        rows = cursor.fetchall()
    sightings = [Sighting(id_, at, Coordinates(lat, lon), accuracy) for id_, at, lat, lon, accuracy, _ in rows]
    return sightings, {row[0] for row in rows if row[5]}


def lock_check_ins(ids: Iterable[UUID]) -> dict[UUID, CheckIn]:
    """The evidence of these ids, by id, locked in the order of the ids (one query, none without ids)."""
    wanted = list(ids)
    rows = CheckIn.objects.select_for_update(no_key=True).filter(id__in=wanted).order_by("id") if wanted else ()
    return {row.id: row for row in rows}


def get_check_in(actor: Actor, check_in_id: UUID) -> CheckIn:
    """Evidence at a customer that the actor may see. Raises visits.evidence_not_found."""
    row = find_seen(actor, check_in_id)
    if row is None:
        raise errors.EvidenceNotFound("id")
    return row


def find_seen(actor: Actor, check_in_id: UUID) -> CheckIn | None:
    """Evidence at a customer that the actor may see, or None."""
    return CheckIn.objects.filter(grants.visible(actor, "customer_id"), id=check_in_id).first()


def list_judgements(check_in_id: UUID) -> QuerySet[Judgement]:
    """The judgements that were replaced, the oldest first."""
    return Judgement.objects.filter(check_in_id=check_in_id).order_by("replaced_at", "id")


def list_evidence(
    actor: Actor,
    *,
    from_date: date,
    to_date: date,
    rep_id: UUID | None = None,
) -> QuerySet[CheckIn]:
    """Evidence of these days of the company's calendar, both included, rep by rep, in the order of its time.

    An administrator's: of all. A manager's: of his subordinates and himself.
    """
    begin, end = account_queries.get_days_bounds(actor.company_id, from_date, to_date)
    rows = CheckIn.objects.filter(occurred_at__gte=begin, occurred_at__lt=end).order_by("rep_id", "occurred_at", "id")
    if not actor.has_role("admin"):
        rows = rows.filter(rep_id__in=[*account_queries.list_subordinate_ids(actor), actor.user_id])
    if rep_id is not None:
        rows = rows.filter(rep_id=rep_id)
    return rows


def list_recomputations(actor: Actor) -> QuerySet[Recomputation]:
    """The recomputations that the actor asked for, an administrator's all, the latest first."""
    rows = Recomputation.objects.order_by("-requested_at")
    return rows if actor.has_role("admin") else rows.filter(requested_by_id=actor.user_id)


def get_recomputation(actor: Actor, id_: UUID) -> Recomputation:
    """A recomputation that the actor asked for, an administrator any. Raises visits.recomputation_not_found."""
    row = Recomputation.objects.filter(id=id_).first()
    if row is None or (row.requested_by_id != actor.user_id and not actor.has_role("admin")):
        raise errors.RecomputationNotFound("id")
    return row


def _rule_set(version: int, rules: str) -> RuleSet:
    return RuleSet(version, Rules.model_validate(orjson.loads(rules)))
