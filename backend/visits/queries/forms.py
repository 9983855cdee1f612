"""Reads of answer sets and of their results. All need the company's fence."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Avg, Count, Max, Min, Q, QuerySet

from accounts import queries as account_queries
from core import grants
from core.actor import Actor
from visits.models.forms import FormAnswer, FormResult
from visits.queries.photos import caption_lines
from visits.schemas.forms import ResultFilters

_AVERAGE = Decimal("0.000001")


def list_answers(visit_id: UUID) -> QuerySet[FormAnswer]:
    """The answer sets of a visit, replaced ones included."""
    return FormAnswer.objects.filter(visit_id=visit_id)


def find_counting(visit_ids: Iterable[UUID]) -> dict[tuple[UUID, UUID], FormAnswer]:
    """The answer sets of these visits that count, by visit and form (one query)."""
    rows = FormAnswer.objects.filter(visit_id__in=list(visit_ids), counts=True)
    return {(row.visit_id, row.form_id): row for row in rows}


def list_results_of(answer_ids: Iterable[UUID]) -> list[FormResult]:
    """The results of these answer sets (one query, none without ids)."""
    wanted = list(answer_ids)
    return list(FormResult.objects.filter(answer_id__in=wanted).only("id")) if wanted else []


def list_results(actor: Actor, asked: ResultFilters) -> QuerySet[FormResult]:
    """The results at customers that the actor may see and that fit."""
    exact = {
        "form_id": asked.form_id,
        "question_id": asked.question_id,
        "answered_on__gte": asked.from_date,
        "answered_on__lte": asked.to_date,
        "rep_id": asked.rep_id,
        "customer_id": asked.customer_id,
    }
    rows = FormResult.objects.filter(grants.visible(actor, "customer_id"))
    if asked.org_unit_id is not None:
        rows = rows.filter(rep_id__in=account_queries.list_unit_user_ids(asked.org_unit_id))
    return rows.filter(**{name: value for name, value in exact.items() if value is not None})


def after(rows: QuerySet[FormResult], day: Any, id_: Any) -> QuerySet[FormResult]:
    """What follows after the result with this day and id, the latest first."""
    return rows.filter(Q(answered_on__lt=day) | Q(answered_on=day, id__gt=id_))


def summarise(rows: QuerySet[FormResult]) -> list[dict[str, Any]]:
    """What results come to, question by question (one query, whatever the period).

    The database counts by question and choice; a question of numbers, days or texts is one such group.
    """
    groups = rows.order_by().values("form_id", "question_id", "measure", "type", "choice", "yes")
    counted = groups.annotate(
        n=Count("id"),
        answers=Count("id", filter=Q(is_first=True)),
        average=Avg("number"),
        least=Min("number"),
        greatest=Max("number"),
        first_day=Min("day"),
        last_day=Max("day"),
    )
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for group in counted.order_by("form_id", "question_id", "measure"):
        key = tuple(group[name] for name in ("form_id", "question_id", "measure", "type"))
        blank = {"answers": 0, "choices": {}, "yes": 0, "no": 0}
        entry = found.setdefault(key, group | blank)
        entry["answers"] += group["answers"]
        if group["choice"] is not None:
            entry["choices"][group["choice"]] = group["n"]
        if group["yes"] is not None:
            entry["yes" if group["yes"] else "no"] = group["n"]
    return [_told(entry) for entry in found.values()]


def sum_up(rows: QuerySet[FormResult]) -> dict[str, Any]:
    """The answer sets that these results stand in (one query).

    sets: how many. complete: those that miss nothing. percent: the mean of their scores, one decimal; None without one.
    """
    sets = FormAnswer.objects.filter(id__in=rows.order_by().values("answer_id"))
    total = sets.aggregate(sets=Count("id"), complete=Count("id", filter=Q(complete=True)), percent=Avg("percent"))
    mean = total["percent"]
    return total | {"percent": None if mean is None else mean.quantize(Decimal("0.1"), ROUND_HALF_UP)}


def _told(entry: dict[str, Any]) -> dict[str, Any]:
    average = entry["average"]
    rounded = None if average is None else average.quantize(_AVERAGE, ROUND_HALF_UP)
    return {name: value for name, value in entry.items() if name not in ("choice", "n")} | {"average": rounded}


def list_caption_lines(ids: Iterable[UUID]) -> Mapping[UUID, Sequence[str]]:
    """What is written onto photos in answer sets: when (company's time), at whose, by whom (one query)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select f.id, to_char(a.occurred_at at time zone c.time_zone, 'YYYY-MM-DD HH24:MI:SS'),
                   a.occurred_verified, null, null, null, false, s.name, k.name, u.name
            from files_attachment f
            join visits_form_answer a on a.visit_id = f.subject_id
              and a.files @> jsonb_build_array(jsonb_build_object('id', f.id::text))
            join accounts_company c on c.id = a.company_id
            join visits_visit v on v.id = a.visit_id
            join customers_customer k on k.id = a.customer_id
            left join customers_site s on s.id = v.site_id
            left join accounts_user u on u.id = a.author_id
            where f.source = 'visit_form' and f.id = any(%s)
            """,
            [list(ids)],
        )
        return {row[0]: caption_lines(*row[1:]) for row in cursor.fetchall()}
