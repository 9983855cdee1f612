"""Reads for what has to be done on visits. All need the company's fence."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import F, QuerySet

from core import grants
from core.actor import Actor
from visits.actions import Action, Tally, Traits, Type, choose_type, is_done, list_required
from visits.models.photos import Photo
from visits.models.scores import VisitScore


@dataclass(frozen=True)
class Facts:
    """A visit with all that decides what it asks for, and what was done on it. type_id: that somebody said.

    was_asked: what was asked of it when it was closed, and of which type it was then; None before that.
    """

    id: UUID
    customer_id: UUID
    rep_id: UUID
    visit_date: date
    type_id: UUID | None
    traits: Traits
    tally: Tally
    forms: list[dict[str, Any]]
    was_asked: tuple[UUID | None, list[Action]] | None

    def asked(self, types: Mapping[UUID, Type]) -> tuple[UUID | None, list[Action]]:
        """Of which type the visit is, and what that asks for. types: not needed of what was closed before."""
        if self.was_asked is not None:
            return self.was_asked
        type_ = types[self.type_id] if self.type_id is not None else choose_type(types.values(), self.traits)
        return (None, []) if type_ is None else (type_.id, list_required(type_, self.traits))

    def told(self, actions: Iterable[Action]) -> dict[str, Any]:
        """What became of these actions, and of the forms, as it is stored and shown."""
        judged = [(action, is_done(action, self.tally)) for action in actions]
        return {
            "actions": [action.model_dump(mode="json") | {"done": done} for action, done in judged],
            "required": len(judged),
            "done": sum(done for _, done in judged),
            "forms": self.forms,
            "percent": self._percent(),
        }

    def _percent(self) -> str | None:
        """The mean of the forms' scores, rounded half up to one decimal of the exact value."""
        tenths = [int(Decimal(form["percent"]) * 10) for form in self.forms if form["percent"] is not None]
        if not tenths:
            return None
        return str(Decimal((2 * sum(tenths) + len(tenths)) // (2 * len(tenths))).scaleb(-1))


def lock_closed(visit_ids: Iterable[UUID]) -> list[UUID]:
    """Which of these visits are closed; all are held, so that whatever is recorded meanwhile is counted after this.

    One query.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, state from visits_visit where id = any(%s::uuid[]) order by id for no key update",
            [list(set(visit_ids))],
        )
        return [id_ for id_, state in cursor.fetchall() if state == "closed"]


def list_facts(visit_ids: Iterable[UUID]) -> list[Facts]:
    """What decides about these visits (one query)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select v.id, v.customer_id, v.rep_id, v.visit_date, v.visit_type_id, c.customer_class, c.channel, u.roles,
              (select coalesce(json_object_agg(p.caption, p.n), '{}')::text from (
                 select btrim(caption) as caption, count(*) as n from visits_photo
                 where visit_id = v.id and kind = 'photo' and withdrawn_at is null group by 1) p),
              (select count(*) from visits_photo
               where visit_id = v.id and kind = 'signature' and withdrawn_at is null),
              (select count(*) from visits_competitor_observation where visit_id = v.id and withdrawn_at is null),
              (select count(*) from visits_visit_log where visit_id = v.id),
              (select coalesce(json_agg(json_build_object('form_id', a.form_id, 'answer_id', a.id,
                 'complete', a.complete, 'percent', a.percent::text) order by a.form_id), '[]')::text
               from visits_form_answer a where a.visit_id = v.id and a.counts),
              s.id is not null, s.visit_type_id, s.actions::text
            from visits_visit v
            left join visits_visit_score s on s.id = v.id
            join customers_customer c on c.id = v.customer_id
            join accounts_user u on u.id = v.rep_id
            where v.id = any(%s::uuid[])
            order by v.id
            """,
            [list(visit_ids)],
        )
        return [_facts(row) for row in cursor.fetchall()]


def _facts(row: tuple[Any, ...]) -> Facts:
    id_, customer_id, rep_id, day, type_id, customer_class, channel, roles, *counted = row
    photos, signatures, observations, logs, answered, known, known_type, known_actions = counted
    forms = orjson.loads(answered)
    complete = frozenset(UUID(form["form_id"]) for form in forms if form["complete"])
    tally = Tally(orjson.loads(photos), complete, signatures, observations, logs)
    traits = Traits(customer_class, channel, frozenset(roles))
    actions = [Action.model_validate(action) for action in orjson.loads(known_actions)] if known else []
    was_asked = (known_type, actions) if known else None
    return Facts(id_, customer_id, rep_id, day, type_id, traits, tally, forms, was_asked)


def list_photo_visits(photo_ids: Iterable[UUID]) -> set[UUID]:
    """The visits that these photos are of (one query)."""
    return set(Photo.objects.filter(id__in=list(photo_ids)).values_list("visit_id", flat=True))


def list_scores(actor: Actor, *, complete: bool | None = None, **asked: Any) -> QuerySet[VisitScore]:
    """The scores of visits at customers that the actor may see and that fit; the days are both included."""
    renamed = {"from_date": "visit_date__gte", "to_date": "visit_date__lte"}
    exact = {renamed.get(name, name): value for name, value in asked.items() if value is not None}
    rows = VisitScore.objects.filter(grants.visible(actor, "customer_id"), **exact)
    if complete is None:
        return rows
    return rows.filter(done__gte=F("required")) if complete else rows.filter(done__lt=F("required"))
