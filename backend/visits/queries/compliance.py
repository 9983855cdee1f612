"""Reads of compliance and its rules: one statement for figures of any period and grouping. All need the fence.

The statement goes out from due visits. For each of them it looks up, by index, the one visit that stands for it or
comes nearest to doing so; everything else follows from that visit, the customer and the rep's absences.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from accounts.queries import get_company_day
from core.actor import Actor
from core.errors import InvalidInput
from core.rest import read_cursor, write_cursor
from core.writing import to_json
from visits import compliance
from visits.compliance import RuleSpan, RuleVersion
from visits.models.compliance import ComplianceRules

COUNTS = ("due", "valid", "late", "missed", "excluded", "pending", "pending_made")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which due visits: those of days, both included, of a rep, an org unit and below, a class, a cycle, a customer.

    customer_class: `none` for customers without one.
    """

    from_date: date
    to_date: date
    rep_id: UUID | None = None
    org_unit_id: UUID | None = None
    customer_class: str | None = None
    cycle_id: UUID | None = None
    customer_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Reckoning:
    """Who asks, by which rules, on which day of the company's calendar."""

    actor: Actor
    spans: Sequence[RuleSpan]
    today: date


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Figures of each group over all days, of each bucket of days over all groups, and of all together.

    Each holds the counts of `COUNTS`. groups: by the group's key as text, None where a customer has no class and a rep
    no org unit; an org unit's figures include those below it.
    """

    groups: Mapping[str | None, Mapping[str, int]]
    periods: Mapping[date, Mapping[str, int]]
    total: Mapping[str, int]


def list_rules() -> QuerySet[ComplianceRules]:
    """The company's own versions, the latest first."""
    return ComplianceRules.objects.order_by("-version")


def list_versions() -> list[RuleVersion]:
    """The company's own versions (one query)."""
    rows = ComplianceRules.objects.values_list("version", "applies_from", "rules")
    return [RuleVersion(number, day, compliance.ComplianceRules.model_validate(rules)) for number, day, rules in rows]


def lock_rules(company_id: UUID) -> int:
    """The highest version of the company's rules, held until the transaction ends: nobody else adds one meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended('visits.compliance:' || %s::text, 0))", [company_id]
        )
    return list_rules().values_list("version", flat=True).first() or compliance.BUILT_IN.version


def reckon(actor: Actor, at: datetime, tried: RuleVersion | None = None) -> Reckoning:
    """How due visits are judged at `at` (two queries). tried: a version that the company does not have."""
    versions = list_versions() if tried is None else [*list_versions(), tried]
    return Reckoning(actor, compliance.spans(versions), get_company_day(actor.company_id, at))


def count_due(reckoning: Reckoning, asked: Asked, by: str | None, period: str | None) -> list[dict[str, Any]]:
    """Figures of each group and bucket, in their order, and of all together last (one query).

    by: `rep`, `org_unit`, `customer_class`, `cycle`; an org unit's figures include those below it. period: `day`,
    `week`, `month`. Each row: key, period (the first day of the bucket), and the counts.
    """
    parts = [_TOTAL]
    if by is not None or period is not None:
        parts.insert(0, _units("n.period") if by == "org_unit" else _GROUPS)
    sql = f"""
        {_counted(reckoning, asked, by, period)}
        select * from ({" union all ".join(parts)}) answer order by total, period, key nulls last"""
    return _rows(sql, _parameters(reckoning, asked))


def break_down(reckoning: Reckoning, asked: Asked, by: str, period: str) -> Breakdown:
    """Figures by group, by bucket and of all together (one query). by, period: as for `count_due`."""
    groups = _units("null::date") if by == "org_unit" else _OVERALL
    sql = f"""
        {_counted(reckoning, asked, by, period)}
        select 1 as part, * from ({groups}) of_groups
        union all select 2, * from ({_OF_PERIODS}) of_periods
        union all select 3, * from ({_TOTAL}) of_all order by part, period, key nulls last"""
    rows = _rows(sql, _parameters(reckoning, asked))
    return Breakdown(
        {row["key"]: _counts(row) for row in rows if row["part"] == 1},
        {row["period"]: _counts(row) for row in rows if row["part"] == 2},
        _counts(rows[-1]),
    )


def figures(row: Mapping[str, Any]) -> dict[str, Any]:
    """The counts of a row, and the share of valid ones among the due: None where nothing was due."""
    return _counts(row) | {"rate": round(row["valid"] / row["due"], 4) if row["due"] else None}


def _counts(row: Mapping[str, Any]) -> dict[str, int]:
    return {name: row[name] for name in COUNTS}


def _counted(reckoning: Reckoning, asked: Asked, by: str | None, period: str | None) -> str:
    """What stands before `select`: the due visits that are asked for, judged, and counted by group and bucket."""
    return f"""
        with {_with(reckoning, asked)}, judged as materialized (
          select rep_id, customer_class, cycle_id, due_on, outcome, reason from ({_every(reckoning, asked)}) every),
        counted as (
          select {_KEYS[by]} as key, {_PERIODS[period]} as period,
            count(*) filter (where outcome in ('valid', 'missed')) as due,
            count(*) filter (where outcome = 'valid') as valid,
            count(*) filter (where reason = 'late') as late,
            count(*) filter (where outcome = 'missed') as missed,
            count(*) filter (where outcome = 'excluded') as excluded,
            count(*) filter (where outcome = 'pending') as pending,
            count(*) filter (where reason = 'made') as pending_made
          from judged j {"left join accounts_user u on u.id = j.rep_id" if by == "org_unit" else ""}
          group by 1, 2)"""


def list_due(
    reckoning: Reckoning,
    asked: Asked,
    *,
    outcomes: Collection[str] | None = None,
    reason: str | None = None,
    cursor: str | None = None,
    limit: int,
    latest_first: bool = False,
) -> tuple[list[dict[str, Any]], str | None]:
    """One page of due visits with what became of them and why, by day and id; and the cursor of the following one.

    One query. Raises core.invalid_input for a cursor of another list.
    """
    day, id_ = _read_place(cursor) if cursor else (None, None)
    beyond = ("<" if latest_first else ">") if cursor else None
    order = "due_on desc, id desc" if latest_first else "due_on, id"
    sql = f"""
        with {_with(reckoning, asked)}, judged as ({_judged(reckoning, asked, beyond)})
        select * from judged where (%(outcomes)s::text[] is null or outcome = any(%(outcomes)s))
          and (%(reason)s::text is null or reason = %(reason)s)
        order by {order} limit %(limit)s"""
    more = {
        "outcomes": outcomes and list(outcomes),
        "reason": reason,
        "limit": limit + 1,
        "after_day": day,
        "after_id": id_,
    }
    found = _rows(sql, _parameters(reckoning, asked) | more)
    shown = found[:limit]
    return shown, write_cursor([shown[-1]["due_on"], shown[-1]["id"]]) if len(found) > limit else None


def _read_place(cursor: str) -> tuple[date, str]:
    day, id_ = read_cursor(cursor, 2)
    try:
        return date.fromisoformat(day), id_
    except (TypeError, ValueError):
        raise InvalidInput("cursor", reason="not a cursor of this list") from None


_RULE = """
rule as (
  select * from jsonb_to_recordset(%(spans)s::jsonb) as r(
    first date, last date, version integer, check_out_required boolean, check_in_verdicts text[],
    check_out_verdicts text[], min_dwell_minutes integer, log_required boolean, grace_days integer, leave_out text[],
    credit text))"""

_PEOPLE = """
people as (
  select u.id from accounts_user u left join accounts_org_unit o on o.id = u.org_unit_id
  where (%(everybody)s::boolean or u.id = %(self)s or o.path @> array[%(unit)s::uuid])
    and (%(rep_id)s::uuid is null or u.id = %(rep_id)s)
    and (%(org_unit_id)s::uuid is null or o.path @> array[%(org_unit_id)s::uuid])),
owing as (
  select id from people
  union
  select for_rep_id from visits_visit where for_rep_id is not null and rep_id in (select id from people))"""


def _fault(visit: str, log: str, rule: str) -> str:
    """What keeps a visit with its last log from counting by a rule; null when nothing does.

    The evidence comes first, so that nobody finds an outlet closed from afar.
    """
    return f"""
      case when {visit}.check_in_verdict <> all({rule}.check_in_verdicts) then 'verdict'
        when {log}.result = 'closed' and 'closed' = any({rule}.leave_out) then 'closed'
        when {visit}.checked_out_at is null and ({rule}.check_out_required or {rule}.min_dwell_minutes > 0
          or {rule}.check_out_verdicts is not null) then 'not_checked_out'
        when {visit}.check_out_verdict <> all({rule}.check_out_verdicts) then 'verdict'
        when {rule}.min_dwell_minutes > 0 and {visit}.checked_out_at - {visit}.checked_in_at
          < make_interval(mins => {rule}.min_dwell_minutes) then 'too_short'
        when {rule}.log_required and {log}.result is null then 'no_log' end"""


def _last_log(visit: str, log: str, rule: str) -> str:
    """A visit's last log, where a rule asks for it; whether the outlet was closed only where some log says so, which
    hardly any does."""
    return f"""
      left join lateral (
        select result from visits_visit_log
        where visit_id = {visit}.id and ({rule}.log_required or 'closed' = any({rule}.leave_out) and exists (
          select from visits_visit_log said where said.visit_id = {visit}.id and said.result = 'closed'))
        order by occurred_at desc, id desc limit 1) {log} on true"""


# A visit after the window is needed elsewhere when another window of the customer ended nearer to it, or when it lies
# in one that has no later visit that counts.
_NEEDED = f"""
      exists (
        select from visits_due_visit e where e.customer_id = d.customer_id and e.window_to < v.visit_date
          and (e.window_to, e.id) > (d.window_to, d.id))
      or exists (
        select from visits_due_visit e join rule er on e.due_on between er.first and er.last
        where e.customer_id = d.customer_id and v.visit_date between e.window_from and e.window_to and not exists (
          select from visits_visit w {_last_log("w", "wl", "er")}
          where w.customer_id = d.customer_id and w.visit_date between e.window_from and e.window_to
            and (w.checked_in_at, w.id) > (v.checked_in_at, v.id) and {_fault("w", "wl", "er")} is null))"""

# The visit that stands for a due one: the last that counts in its window, else the first that counts afterwards; else
# the one that says why there is none.
_STANDING = f"""
  left join lateral (
    select c.* from (
      select v.id, v.rep_id, v.for_rep_id, v.visit_date, v.checked_in_at, v.visit_date <= d.window_to as in_time,
        case when own.fault is not null then own.fault
          when v.visit_date > d.window_to and ({_NEEDED}) then 'needed_elsewhere' end as fault
      from visits_visit v {_last_log("v", "l", "r")} cross join lateral (
        select {_fault("v", "l", "r")} as fault offset 0) own
      where v.customer_id = d.customer_id and v.checked_in_at is not null
        and v.visit_date between d.window_from and d.window_to + r.grace_days
      offset 0) c -- so that each fault is worked out once
    order by
      case when c.fault is null then case when c.in_time then 0 else 1 end
        when c.fault = 'closed' and c.in_time then 2 when c.in_time then 3 else 4 end,
      case when c.fault is null and not c.in_time then c.checked_in_at end, c.checked_in_at desc, c.id
    limit 1) s on true"""

_REASON = """
  cross join lateral (select case
    when d.window_to + r.grace_days >= %(today)s
      then case when s.id is not null and s.fault is null then 'made' else 'open' end
    when s.id is not null and s.fault is null then case when s.in_time then 'in_time' else 'late' end
    when s.fault = 'closed' and s.in_time then 'closed'
    when 'customer_gone' = any(r.leave_out) and (
      (c.archived_at at time zone k.time_zone)::date <= d.window_to
      or c.stage = 'lost' and (coalesce((c.edits -> 'stage' ->> 'at')::timestamptz, c.created_at)
        at time zone k.time_zone)::date <= d.window_to) then 'customer_gone'
    when 'rep_absent' = any(r.leave_out) and exists (
      select from visits_absence a where a.rep_id = d.rep_id and a.substitute_id is null
        and d.due_on between a.from_date and a.to_date) then 'rep_absent'
    else coalesce(nullif(s.fault, 'closed'), 'not_visited') end as reason offset 0) why"""

# The figures of a whole company read its customers once and hash them, rather than look each up for each due visit.
_EACH_CUSTOMER = "join customers_customer c"
_ALL_CUSTOMERS = (
    "join (select id, customer_class, archived_at, stage, edits, created_at from customers_customer offset 0) c"
)
_JUDGED = f"""
  select d.id, d.customer_id, c.customer_class, d.cycle_id, d.rep_id as owed_by_id, d.window_from, d.window_to,
    d.due_on, s.id as visit_id, s.rep_id as made_by_id, s.visit_date as made_on, r.version as rule_version, why.reason,
    case when why.reason in ('in_time', 'late') then 'valid' when why.reason in ('made', 'open') then 'pending'
      when why.reason in ('closed', 'customer_gone', 'rep_absent') then 'excluded' else 'missed' end as outcome,
    case when r.credit = 'owed_by' then d.rep_id
      when s.id is not null and s.fault is null
        then case when s.for_rep_id = d.rep_id then s.rep_id else d.rep_id end
      else coalesce((select h.rep_id from visits_visit h
        where h.id = d.id and h.for_rep_id = d.rep_id and h.withdrawn is null), d.rep_id) end as rep_id
  from visits_due_visit d
  join accounts_company k on k.id = d.company_id
  join rule r on d.due_on between r.first and r.last
  {_EACH_CUSTOMER} on c.id = d.customer_id
  {_STANDING}
  {_REASON}
  where d.due_on between %(from_date)s and %(to_date)s"""

_KEYS = {
    None: "null",
    "rep": "j.rep_id",
    "org_unit": "u.org_unit_id",
    "customer_class": "j.customer_class",
    "cycle": "j.cycle_id",
}
_PERIODS = {
    None: "null::date",
    "day": "j.due_on",
    "week": "date_trunc('week', j.due_on)::date",
    "month": "date_trunc('month', j.due_on)::date",
}
_SUMS = ", ".join(f"coalesce(sum({name}), 0)::bigint as {name}" for name in COUNTS)
_TOTAL = f"select null as key, null::date as period, {_SUMS}, true as total from counted"
_GROUPS = f"select key::text, period, {', '.join(COUNTS)}, false as total from counted"
_OVERALL = f"select key::text, null::date as period, {_SUMS}, false as total from counted group by key"
_OF_PERIODS = f"select null as key, period, {_SUMS}, false as total from counted group by period"


def _units(period: str) -> str:
    """The figures of org units, those below them included. period: the bucket's column, or what stands for it."""
    return f"""
      select o.id::text as key, {period} as period, {_SUMS}, false as total
      from counted n left join accounts_org_unit own on own.id = n.key
      left join accounts_org_unit o on o.id = any(own.path)
        and (%(everybody)s::boolean or o.path @> array[%(unit)s::uuid] or o.id = own.id)
      group by 1, 2"""


def _is_limited(reckoning: Reckoning, asked: Asked) -> bool:
    return not reckoning.actor.has_role("admin") or asked.rep_id is not None or asked.org_unit_id is not None


def _with(reckoning: Reckoning, asked: Asked) -> str:
    return f"{_RULE}, {_PEOPLE}" if _is_limited(reckoning, asked) else _RULE


def _every(reckoning: Reckoning, asked: Asked) -> str:
    """All that is asked for, judged."""
    sql, team = _judged(reckoning, asked), reckoning.actor.has_role("admin", "manager", "dispatcher")
    whole = team and (asked.rep_id, asked.org_unit_id, asked.customer_id) == (None, None, None)
    return sql.replace(_EACH_CUSTOMER, _ALL_CUSTOMERS) if whole else sql


def _judged(reckoning: Reckoning, asked: Asked, beyond: str | None = None) -> str:
    """The due visits asked for that may be seen, judged. beyond: `>` or `<`, on which side of the last known one."""
    sql = _JUDGED
    if asked.customer_class is not None:
        sql += " and c.customer_class is not distinct from nullif(%(customer_class)s, 'none')"
    if asked.cycle_id is not None:
        sql += " and d.cycle_id = %(cycle_id)s"
    if asked.customer_id is not None:
        sql += " and d.customer_id = %(customer_id)s"
    if beyond:
        sql += f" and (d.due_on, d.id) {beyond} (%(after_day)s::date, %(after_id)s::uuid)"
    if not _is_limited(reckoning, asked):
        return sql
    # Arrays, for joined with people the due visits would all be judged before a page of them is cut.
    if not any(span.rules.credit == "made_by" for span in reckoning.spans):
        return sql + " and d.rep_id = any(array(select id from people))"
    # Whose it is depends on who stood in: look at whatever may be theirs, then keep what is.
    sql += " and d.rep_id = any(array(select id from owing))"
    return f"select * from ({sql}) t where t.rep_id = any(array(select id from people))"


def _parameters(reckoning: Reckoning, asked: Asked) -> dict[str, Any]:
    actor = reckoning.actor
    spans = [
        {"first": span.first, "last": span.last, "version": span.version} | span.rules.model_dump(mode="json")
        for span in reckoning.spans
    ]
    return {
        "spans": to_json(spans),
        "today": reckoning.today,
        "everybody": actor.has_role("admin"),
        "self": actor.user_id,
        "unit": actor.org_unit_id if actor.has_role("manager", "dispatcher") else None,
        "from_date": asked.from_date,
        "to_date": asked.to_date,
        "rep_id": asked.rep_id,
        "org_unit_id": asked.org_unit_id,
        "customer_class": asked.customer_class,
        "cycle_id": asked.cycle_id,
        "customer_id": asked.customer_id,
    }


def _rows(sql: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
