"""One visit: what was planned, what was made of it, and everything that was recorded on the way."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from accounts import queries as account_queries
from console.cells import as_html
from console.form_answers import say_percent, tell_answers
from console.pages.visits import Around, day_address, minutes_of, state_chips
from console.pictures import show_pictures
from console.registry import address_if_any, page
from console.rendering import render, visitor_of, voice_of
from console.verdicts import say_distance, verdict_chip
from console.voice import Voice
from core.actor import Actor
from core.clock import now
from customers import queries as customer_queries
from files import queries as file_queries
from visits.queries import competitors as competitor_queries
from visits.queries import forms as form_queries
from visits.queries import participants as participant_queries
from visits.queries import photos as photo_queries
from visits.queries import scores as score_queries
from visits.queries import tasks as task_queries
from visits.queries import types as type_queries
from visits.queries import visits as queries

RESULT_TONES = {"ordered": "good", "interested": "good", "follow_up": "wait", "not_interested": "warn"}
TASK_TONES = {"open": "wait", "done": "good"}


@dataclass(frozen=True)
class Recorded:
    """Everything about one visit, as it is read; a fixed number of queries."""

    actor: Actor
    visit: Any
    voice: Voice

    @cached_property
    def around(self) -> Around:
        """Its type, its evidence, and when this is."""
        rows = list(type_queries.list_types(archived=True))
        names = {row.id: self.voice.name(row.names) for row in rows}
        evidence = queries.list_evidence_of([self.visit.id])
        return Around({row.id: row.as_type() for row in rows}, names, evidence, self.voice, now(), self.voice.today())

    @cached_property
    def logs(self) -> list[Any]:
        return list(queries.list_logs(self.visit.id).order_by("occurred_at", "id"))

    @cached_property
    def tasks(self) -> list[Any]:
        rows = task_queries.list_tasks(self.actor, of={"visit_id": self.visit.id})
        return list(rows.select_related("assignee").order_by("by", "id"))

    @cached_property
    def photos(self) -> dict[UUID, Any]:
        rows = photo_queries.list_photos(self.visit.id).order_by("occurred_at", "id")
        return {photo.id: photo for photo in rows}

    @cached_property
    def attachments(self) -> list[Any]:
        return list(file_queries.list_attachments(self.actor, self.visit.id).select_related("file").order_by("id"))

    @cached_property
    def observations(self) -> list[Any]:
        rows = competitor_queries.list_observations(self.actor, seen={"visit_id": self.visit.id})
        return list(rows.select_related("competitor_product__competitor").order_by("occurred_at", "id"))

    @cached_property
    def participants(self) -> list[Any]:
        return list(participant_queries.list_participants(self.visit.id).select_related("user").order_by("user__name"))

    @cached_property
    def sites(self) -> dict[UUID, str]:
        """The names of the customer's sites."""
        sites = customer_queries.list_sites([self.visit.customer_id]).get(self.visit.customer_id, [])
        return {site.id: site.name for site in sites}

    @cached_property
    def people(self) -> dict[UUID, str]:
        """The names of everybody who wrote something, or planned it."""
        ids = {log.author_id for log in self.logs} | {row.author_id for row in self.observations}
        ids |= {row.author_id for row in self.answers}
        ids |= {photo.author_id for photo in self.photos.values()} | {self.visit.created_by_id} - {None}
        return {user.id: user.name for user in account_queries.list_users(ids).values()}

    @cached_property
    def answers(self) -> list[Any]:
        """The answer sets to forms, those that count first."""
        return list(form_queries.list_answers(self.visit.id).order_by("-counts", "occurred_at", "id"))

    @cached_property
    def score(self) -> tuple[UUID | None, dict[str, Any]]:
        """Its type, and what that asks for and what was done of it, as phones and the API are told."""
        (facts,) = score_queries.list_facts([self.visit.id])
        type_id, asked = facts.asked(self.around.types)
        return type_id, facts.told(asked)


@page("visits.visit", "visits/<uuid:id>")
def show_visit(request: HttpRequest, id: UUID) -> HttpResponse:
    """One visit in full."""
    visitor, voice = visitor_of(request), voice_of(request)
    assert visitor is not None
    visit = queries.get_described(visitor.actor, id)
    recorded = Recorded(visitor.actor, visit, voice)
    around, percent = recorded.around, recorded.score[1]["percent"]
    return render(
        request,
        "visits_visit.html",
        visit=visit,
        customer_address=address_if_any("customers.customer", {"id": visit.customer_id}),
        chips=[as_html(chip, voice) for chip in state_chips(visit, around.at, around.today)],
        day_address=day_address(visit.rep_id, visit.visit_date),
        plan=_plan(recorded),
        checks=[_check(recorded, direction) for direction in ("in", "out")],
        day_text=voice.day(visit.visit_date),
        stayed=None if (minutes := minutes_of(visit)) is None else voice.duration(minutes * 60),
        facts=[(voice.say(f"visits.fact.{name}"), value) for name, value in _facts(recorded) if value],
        required=_required(recorded),
        percent=percent and say_percent(percent),
        answers=tell_answers(recorded.answers, recorded.people, voice),
        logs=[_log(recorded, log) for log in recorded.logs],
        tasks=[_task(recorded, task, around.today) for task in recorded.tasks],
        pictures=show_pictures(recorded.attachments, recorded.photos, recorded.people, voice),
        observations=[_observation(recorded, row) for row in recorded.observations],
    )


def _plan(recorded: Recorded) -> dict[str, Any]:
    """What was planned, and how it compares."""
    visit, voice = recorded.visit, recorded.voice
    late = None
    if visit.planned_at is not None and visit.checked_in_at is not None:
        seconds = (visit.checked_in_at - visit.planned_at).total_seconds()
        key = "visits.plan.on_time" if abs(seconds) < 60 else f"visits.plan.{'later' if seconds > 0 else 'earlier'}"
        late = voice.say(key, time=voice.duration(abs(seconds)))
    return {
        "day": voice.day(visit.planned_date) if visit.planned_date else None,
        "time": voice.time(visit.planned_at) if visit.planned_at else None,
        "dwell": voice.duration(visit.dwell_minutes * 60) if visit.dwell_minutes else None,
        "compared": late,
        "moved": bool(visit.planned_date and visit.checked_in_at and visit.planned_date != visit.visit_date),
        "cancelled": voice.instant(visit.cancelled_at) if visit.cancelled_at else None,
    }


def _check(recorded: Recorded, direction: str) -> dict[str, Any]:
    """The check-in or the check-out, told in a few words."""
    row, voice = recorded.around.evidence.get((recorded.visit.id, direction)), recorded.voice
    if row is None:
        return {"direction": direction, "row": None}
    site = recorded.sites.get(row.site_id, voice.say("visits.site_unnamed"))
    return {
        "direction": direction,
        "row": row,
        "time": voice.time(row.occurred_at),
        "day": voice.day(row.occurred_at.astimezone(voice.zone).date()),
        "chip": as_html(verdict_chip(row.verdict), voice),
        "distance": say_distance(row.verdict_details, site, voice),
        "overridden": row.cause == "override",
    }


def _facts(recorded: Recorded) -> list[tuple[str, str | None]]:
    visit, voice = recorded.visit, recorded.voice
    type_id = recorded.score[0]
    due = visit.due_from and visit.due_to and f"{voice.day(visit.due_from)} – {voice.day(visit.due_to)}"
    return [
        ("purpose", visit.purpose),
        ("type", recorded.around.names.get(type_id) if type_id else None),
        ("rep", visit.rep.name),
        ("for_rep", visit.for_rep.name if visit.for_rep else None),
        ("team", visit.rep.org_unit.name if visit.rep.org_unit else None),
        ("participants", ", ".join(row.user.name for row in recorded.participants)),
        ("site", visit.site.name if visit.site else None),
        ("address", (visit.site.address if visit.site else "") or visit.customer.address),
        ("origin", voice.say(f"visits.origin.{visit.origin}")),
        ("due", due),
        ("planned_by", recorded.people.get(visit.created_by_id) if visit.planned_date else None),
        ("cancelled", visit.cancel_reason),
    ]


def _required(recorded: Recorded) -> list[dict[str, Any]]:
    """What was asked of it, and whether it was done."""
    return [
        {
            "name": recorded.voice.name(action["names"]),
            "count": action["min_count"] if action["min_count"] > 1 else None,
            "done": action["done"],
        }
        for action in recorded.score[1]["actions"]
    ]


def _log(recorded: Recorded, log: Any) -> dict[str, Any]:
    voice = recorded.voice
    return {
        "chip": f"visits.result.{log.result}",
        "tone": RESULT_TONES.get(log.result, "plain"),
        "who": recorded.people.get(log.author_id, ""),
        "at": voice.instant(log.occurred_at),
        "note": log.note,
    }


def _task(recorded: Recorded, task: Any, today: date) -> dict[str, Any]:
    voice = recorded.voice
    overdue = task.state == "open" and task.due_date is not None and task.due_date < today
    return {
        "text": task.text or voice.say("visits.task.unnamed"),
        "who": task.assignee.name,
        "due": voice.day(task.due_date) if task.due_date else None,
        "chip": "visits.task.overdue" if overdue else f"visits.task.{task.state}",
        "tone": "bad" if overdue else TASK_TONES.get(task.state, "plain"),
        "note": task.done_note or task.cancel_reason,
    }


def _observation(recorded: Recorded, row: Any) -> dict[str, Any]:
    product = row.competitor_product
    promotion = row.promotion or {}
    return {
        "product": product.name if product else row.product_name,
        "competitor": product.competitor.name if product else row.competitor_name,
        "price": f"{_plain(row.price)} {row.currency}" if row.price is not None else None,
        "unit": row.unit,
        "facings": row.facings,
        "promotion": f"visits.promotion.{promotion['kind']}" if promotion else None,
        "promotion_text": promotion.get("text"),
        "note": row.note,
        "who": recorded.people.get(row.author_id, ""),
        "withdrawn": row.withdraw_reason if row.withdrawn_at else None,
    }


def _plain(price: Any) -> str:
    """A price without idle zeros beyond the second place."""
    text = f"{price:,.4f}"
    return text[:-2] if text.endswith("00") else text
