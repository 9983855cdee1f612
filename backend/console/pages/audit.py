"""Audit: every command that somebody sent, with its verdict and, in plain words, its payload."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts import queries as account_queries
from console.cells import Cell, Column, State, as_text
from console.filters import Choice, Day, OneOf, Only
from console.lists import List
from console.plain_words import Names, ids_in, members_in_words, reason_in_words, summary
from console.registry import Place, page
from console.rendering import render, visitor_of, voice_of
from console.voice import Voice
from core.actor import Actor
from core.errors import NotFound
from core.models import Status
from core.registry import COMMANDS
from customers import queries as customer_queries
from sync import queries as sync_queries

_TONES = {"applied": "good", "merged": "good", "refused": "bad", "parked": "wait"}
_MOST_PEOPLE = 500


@dataclass(frozen=True)
class Around:
    """What the records of a page are told with: people, devices and keys by id, the latest verdicts, the reader."""

    people: dict[UUID, Any]
    devices: dict[UUID, Any]
    keys: dict[UUID, Any]
    verdicts: dict[UUID, Any]
    names: Names
    voice: Voice


def _gather(actor: Actor, records: list[Any], voice: Voice) -> Around:
    """Five queries whatever the number of records."""
    named = set().union(*(ids_in(record.payload) for record in records))
    people = account_queries.list_users({record.user_id for record in records} | {r.actor_id for r in records} | named)
    devices = account_queries.list_devices_named({record.device_id for record in records if record.device_id})
    keys = account_queries.list_api_keys_named({record.key_id for record in records if record.key_id})
    verdicts = sync_queries.list_settlements(actor, [record.id for record in records])
    customers = customer_queries.visible(actor).filter(id__in=named).values_list("id", "name")
    names = {str(id_): name for id_, name in [*customers, *((user.id, user.name) for user in people.values())]}
    return Around(people, devices, keys, verdicts, names, voice)


def _person(id_: UUID, around: Around) -> str:
    person = around.people.get(id_)
    return person.name if person else str(id_)


def _device(record: Any, around: Around) -> Cell:
    """What it came with: a phone, or a program's key."""
    if record.key_id is not None:
        key = around.keys.get(record.key_id)
        return State("audit.by_key"), key.name if key else str(record.key_id)
    device = around.devices.get(record.device_id)
    return device.name if device else None


def _verdict(record: Any, around: Around) -> Cell:
    judged = around.verdicts.get(record.id, record)
    return State(f"audit.status.{judged.status}", _TONES[judged.status]), reason_in_words(judged, around.voice)


def _what(record: Any, voice: Voice) -> str:
    return voice.say_if_known(f"command.{record.name}", record.name)


def _people(actor: Actor, voice: Voice) -> list[tuple[str, str]]:
    people = account_queries.list_people(actor).order_by("name").values_list("id", "name")[:_MOST_PEOPLE]
    return [(str(id_), name) for id_, name in people]


def _command_names(actor: Actor, voice: Voice) -> list[tuple[str, str]]:
    return sorted(((name, voice.say_if_known(f"command.{name}", name)) for name in COMMANDS), key=lambda pair: pair[1])


AUDIT = List(
    name="audit",
    path="audit",
    place=Place("system", 80, "book"),
    rows=sync_queries.list_commands,
    order="-received_at",
    gather=_gather,
    columns=(
        Column("what", lambda record, around: _what(record, around.voice), is_title=True),
        Column("at", lambda record, _: record.received_at, sort="received_at", exact=True),
        Column("who", lambda record, around: _person(record.user_id, around)),
        Column("payload", lambda record, around: summary(record.payload, around.voice, around.names)),
        Column("verdict", _verdict),
        Column("device", _device),
        Column("door", lambda record, _: State(f"audit.door.{record.door}")),
    ),
    filters=(
        OneOf("user", "user_id", _people, UUID),
        OneOf("name", "name", _command_names),
        Choice("status", {status.value: Q(status=status.value) for status in Status}),
        Choice("door", {door: Q(door=door) for door in ("push", "rest", "console", "import", "job", "nested")}),
        Day("since", "received_at"),
        Day("until", "received_at", until=True),
        Only("device", "device_id"),
        Only("key", "key_id"),
    ),
    link=lambda record: reverse("console:audit.command", kwargs={"id": record.id}),
    live="*",
    empty_icon="book",
).register()


@page("audit.command", "audit/<uuid:id>")
def show_command(request: HttpRequest, id: UUID) -> HttpResponse:
    """One command in full."""
    visitor, voice = visitor_of(request), voice_of(request)
    assert visitor is not None
    record = sync_queries.list_commands(visitor.actor).filter(id=id).first()
    if record is None:
        raise NotFound
    around = _gather(visitor.actor, [record], voice)
    about: list[tuple[str, Cell]] = [
        ("who", _person(record.user_id, around)),
        ("at", record.received_at),
        ("occurred", record.occurred_at),
        ("verdict", _verdict(record, around)),
        ("device", _device(record, around)),
        ("door", State(f"audit.door.{record.door}")),
    ]
    if record.actor_id != record.user_id:
        about.append(("by", _person(record.actor_id, around)))
    return render(
        request,
        "command.html",
        title=_what(record, voice),
        about=[(voice.say(f"audit.column.{name}"), as_text(cell, voice) or "–") for name, cell in about],
        members=[(label, value or "–") for label, value in members_in_words(record.payload, voice, around.names)],
    )
