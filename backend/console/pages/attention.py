"""Needs attention: what waits for the reader's decision, and the forms by which he takes it."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from accounts import queries as account_queries
from console.attention import SORTS, Asked, Side, count, find
from console.forms import CommandForm, Field, Values
from console.matters import names_for, sides_of
from console.plain_words import ids_in, label_in_words, reason_in_words
from console.registry import Page, Place, page, register
from console.rendering import render, visitor_of, voice_of
from console.voice import Voice
from core.actor import Actor
from core.errors import InvalidInput
from core.models import Status
from customers import queries as customer_queries
from sync import queries as sync_queries
from sync.errors import CommandNotFound, ConflictNotFound
from visits.queries import visits as visit_queries

_DECIDE = frozenset({"manager", "admin"})


@page("attention", "attention", place=Place("work", 15, "bell"))
def attention(request: HttpRequest) -> HttpResponse:
    """Everything that needs the reader, the most urgent first."""
    visitor, voice = visitor_of(request), voice_of(request)
    assert visitor is not None
    words = {name: request.GET.get(name, "") for name in ("kind", "team", "person")}
    asked = _asked(visitor.actor, words, request.GET.get("cursor"), voice)
    counts = count(visitor.actor, asked)
    found, following = find(visitor.actor, asked, voice)
    return render(
        request,
        "attention.html",
        matters=[(matter, voice.say(f"attention.kind.{matter.of}")) for matter in found],
        kinds=[
            (name, voice.say(f"attention.kinds.{name}"), number, _query(words | {"kind": name}))
            for name, number in counts.items()
            if number
        ],
        everything=_query(words | {"kind": ""}),
        first=_query(words),
        next=following and _query(words | {"cursor": following}),
        cursor=request.GET.get("cursor"),
        total=sum(counts.values()),
        alerts=",".join(str(matter.id) for matter in found if matter.of == "alert"),
        words=words,
        teams=account_queries.list_units(visitor.actor).order_by("name", "id"),
        people=account_queries.list_team_people(visitor.actor).filter(is_active=True).order_by("name", "id"),
    )


def _query(words: dict[str, str]) -> str:
    return urlencode({name: word for name, word in words.items() if word})


def _asked(actor: Actor, words: dict[str, str], cursor: str | None, voice: Voice) -> Asked:
    """What the address asks for. Raises core.invalid_input for what cannot be chosen."""
    people = None
    try:
        if words["person"]:
            people = account_queries.list_team_people(actor).filter(id=UUID(words["person"])).values("id")
        elif words["team"]:
            team = UUID(words["team"])
            people = account_queries.list_team_people(actor).filter(org_unit__path__contains=[team]).values("id")
    except ValueError:
        raise InvalidInput("person" if words["person"] else "team", reason=voice.say("list.bad_choice")) from None
    if words["kind"] and words["kind"] not in SORTS:
        raise InvalidInput("kind", reason=voice.say("list.bad_choice"))
    return Asked(words["kind"] or None, people, cursor)


def _waiting(actor: Actor, id: UUID) -> tuple[Any, str]:
    """The command and its name in the reader's language."""
    record = sync_queries.list_waiting(actor).filter(id=id).first()
    if record is None:
        raise CommandNotFound("id")
    return record, Voice(actor.locale).say_if_known(f"command.{record.name}", record.name)


def _name(subject: tuple[Any, str]) -> str:
    return subject[1]


def _takers(actor: Actor, voice: Voice) -> list[tuple[str, str]]:
    """Those under whose name the actor may have a command run."""
    people = account_queries.list_people(actor).filter(is_active=True).order_by("name", "id")
    if not actor.has_role("admin"):
        people = people.exclude(id=actor.user_id)
    return [("", voice.say("attention.choose")), *((str(id_), name) for id_, name in people.values_list("id", "name"))]


def _new_owner(subject: tuple[Any, str], request: HttpRequest) -> Values:
    """The owner of the customer that the command is about, where the reader sees it."""
    visitor = visitor_of(request)
    assert visitor is not None
    named = ids_in(subject[0].payload)
    customers = {*named, *(visit.customer_id for visit in visit_queries.list_visits(named).values())}
    owners = customer_queries.visible(visitor.actor).filter(id__in=customers, owner_id__isnull=False)
    return {"as_user_id": str(owners.values_list("owner_id", flat=True).first() or "")}


def _what_came_of_it(actor: Actor, path: Values, voice: Voice) -> tuple[str, str]:
    """Running a command again is one thing, whether it then took effect another: the reader is told the latter."""
    judged = sync_queries.list_settlements(actor, [path["id"]])[path["id"]]
    if judged.status in (Status.APPLIED, Status.MERGED):
        return "attention.applied", "good"
    return voice.say("attention.not_applied", why=reason_in_words(judged, voice)), "warn"


RELEASE = CommandForm(
    "attention.release",
    "attention/<uuid:id>/release",
    command="sync.release",
    fields=(Field("as_user_id", "choice", choices=_takers, empty=""),),
    subject=_waiting,
    named=_name,
    start=_new_owner,
    payload=lambda path, values: {"command_id": path["id"], **values},
    back="attention",
    roles=_DECIDE,
    outcome=_what_came_of_it,
).register()

RETRY = CommandForm(
    "attention.retry",
    "attention/<uuid:id>/retry",
    command="sync.release",
    subject=_waiting,
    named=_name,
    payload=lambda path, values: {"command_id": path["id"]},
    back="attention",
    roles=_DECIDE,
    outcome=_what_came_of_it,
).register()

DISCARD = CommandForm(
    "attention.discard",
    "attention/<uuid:id>/discard",
    command="sync.discard",
    fields=(Field("reason"),),
    subject=_waiting,
    named=_name,
    payload=lambda path, values: {"command_id": path["id"], **values},
    back="attention",
    danger=True,
    roles=_DECIDE,
).register()


def _sides(actor: Actor, id: UUID) -> tuple[Any, str, Side, Side]:
    """The conflict, the field in words, the value in force and the one that was set aside."""
    conflict = sync_queries.list_open_conflicts(actor).filter(id=id).first()
    if conflict is None:
        raise ConflictNotFound("id")
    voice, row = Voice(actor.locale), sync_queries.list_present([conflict]).get(conflict.row_id, {})
    names = names_for(actor, ids_in([conflict.yours, conflict.theirs]))
    return conflict, label_in_words(conflict.field, voice), *sides_of(conflict, row, names, voice)


def _conflict(actor: Actor, id: UUID) -> tuple[Any, str]:
    """The conflict, and in words what would take the place of what."""
    conflict, label, stands, lost = _sides(actor, id)
    return conflict, f"{label}: {stands.value} → {lost.value}"


def _standing(actor: Actor, id: UUID) -> tuple[Any, str]:
    """The conflict, and in words what would stay."""
    conflict, label, stands, _ = _sides(actor, id)
    return conflict, f"{label}: {stands.value}"


RESTORE = CommandForm(
    "attention.restore",
    "attention/conflicts/<uuid:id>/restore",
    command="sync.restore_value",
    subject=_conflict,
    named=_name,
    payload=lambda path, values: {"conflict_id": path["id"]},
    back="attention",
).register()


ACCEPT = CommandForm(
    "attention.accept",
    "attention/conflicts/<uuid:id>/accept",
    command="sync.accept_value",
    subject=_standing,
    named=_name,
    payload=lambda path, values: {"conflict_id": path["id"]},
    back="attention",
).register()


# Sent by a button of the page, with the alerts that it shows; the form itself is shown only where that is refused.
READ = CommandForm(
    "attention.read",
    "attention/read",
    command="notify.mark_read",
    fields=(Field("ids", "hidden", empty=""),),
    payload=lambda path, values: {"ids": values["ids"].split(",")},
    back="attention",
)
register(Page(READ.name, READ.path, post=READ.post))
