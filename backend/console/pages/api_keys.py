"""API keys: which programs act in whose name; made, with the key shown this once, and revoked."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse

from accounts import queries as account_queries
from accounts.commands.api_keys import MadeKey, create_with_secret
from accounts.errors import ApiKeyNotFound
from accounts.scopes import AREAS
from console.cells import Cell, Column, State
from console.filters import Choice, Options, Search
from console.forms import CommandForm, Field, Values
from console.lists import List, RowAction
from console.registry import Place
from console.rendering import render, visitor_of, voice_of
from console.voice import Voice
from core.actor import Actor
from core.batches import Verdict
from core.clock import now
from core.models import Status

ADMIN = frozenset({"admin"})
_MOST_PEOPLE = 500
_RUN_OUT = Q(revoked_at=None, expires_at__lte=Now())


def _state(key: Any) -> State:
    if key.revoked_at is not None:
        return State("api_keys.state.revoked", "bad")
    if key.expires_at is not None and key.expires_at <= now():
        return State("api_keys.state.expired", "warn")
    return State("api_keys.state.active", "good") if key.user.is_active else State("api_keys.state.inactive", "warn")


def _scopes(key: Any, voice: Voice) -> str:
    said = [scope.partition(":") for scope in key.scopes]
    words = ((voice.say(f"api_keys.create.field.{area}"), voice.say(f"api_keys.may.{may}")) for area, _, may in said)
    return " · ".join(f"{area} ({may})" for area, may in words)


def _gather(actor: Actor, rows: list[Any], voice: Voice) -> Voice:
    return voice


API_KEYS = List(
    name="api_keys",
    path="api-keys",
    place=Place("system", 70, "key"),
    rows=account_queries.list_api_keys,
    order="name",
    gather=_gather,
    columns=(
        Column("name", lambda key, _: key.name, sort="name", is_title=True),
        Column("beginning", lambda key, _: key.beginning),
        Column("acts_as", lambda key, _: key.user.name, sort="user__name"),
        Column("scopes", _scopes),
        Column("state", lambda key, _: _state(key)),
        Column("last_used", lambda key, _: _last_use(key)),
        Column("created", lambda key, _: key.created_at, sort="created_at"),
        Column("expires", lambda key, _: key.expires_at, exact=True),
    ),
    filters=(
        Search(("name", "beginning", "user__name")),
        Choice(
            "state",
            {"expired": _RUN_OUT, "revoked": Q(revoked_at__isnull=False), "all": Q()},
            otherwise=Q(revoked_at=None) & ~_RUN_OUT,
        ),
    ),
    row_actions=(RowAction("api_keys.revoke", needs=lambda key, actor: key.revoked_at is None),),
    action="api_keys.create",
    live="accounts",
    empty_icon="key",
    roles=ADMIN,
).register()


def _last_use(key: Any) -> Cell:
    return key.last_used_at or State("api_keys.never_used")


def _key(actor: Actor, id: UUID) -> Any:
    key = account_queries.list_api_keys(actor).filter(id=id).first()
    if key is None:
        raise ApiKeyNotFound("id")
    return key


def _people(actor: Actor, voice: Voice) -> Options:
    people = account_queries.list_everybody().filter(is_active=True).order_by("name", "id")
    return [(str(user.id), f"{user.name} · {user.username}") for user in people[:_MOST_PEOPLE]]


def _rights(actor: Actor, voice: Voice) -> Options:
    return [
        ("", voice.say("api_keys.may.none")),
        *((may, voice.say(f"api_keys.may.{may}")) for may in ("read", "write")),
    ]


def _payload(path: Values, values: Values) -> Values:
    scopes = [f"{area}:{values[area]}" for area in AREAS if values.get(area)]
    plain = {name: values.get(name) for name in ("name", "user_id", "expires_at")}
    return {"scopes": scopes} | plain


def _send(request: HttpRequest, actor: Actor, payload: Values, command_id: UUID) -> Verdict:
    voice = voice_of(request)
    if not payload["scopes"]:
        refused = voice.say("api_keys.no_scope")
        return Verdict(command_id, Status.REFUSED, code="core.invalid_input", message=refused)
    payload["id"] = str(command_id)  # so that a form sent twice is one and the same command
    payload["expires_at"] = _end_of(payload["expires_at"], voice)
    made = create_with_secret(actor, payload, command_id, door="console")
    request.made_key = made  # type: ignore[attr-defined]
    return made.verdict


def _end_of(day: str | None, voice: Voice) -> str | None:
    """The instant at which the day ends for the reader. What is no day is handed on: the command says what is wrong."""
    try:
        return day and voice.next_midnight(date.fromisoformat(day)).isoformat()
    except (ValueError, OverflowError):
        return day


def _show_secret(request: HttpRequest) -> HttpResponse:
    made: MadeKey = request.made_key  # type: ignore[attr-defined]
    return render(request, "api_keys_made.html", secret=made.secret)


def _begin(subject: object, request: HttpRequest) -> Values:
    """An administrator's own name stands first; what it may read is chosen on purpose."""
    visitor = visitor_of(request)
    assert visitor is not None
    return {"user_id": str(visitor.actor.user_id)}


CREATE = CommandForm(
    "api_keys.create",
    "api-keys/create",
    command="accounts.create_api_key",
    fields=(
        Field("name", empty=""),
        Field("user_id", "choice", choices=_people),
        Field("expires_at", "date", required=False),
        *(Field(area, "choice", required=False, choices=_rights) for area in AREAS),
    ),
    start=_begin,
    payload=_payload,
    send=_send,
    ending=_show_secret,
    template="api_keys_create.html",
    back="api_keys",
    roles=ADMIN,
).register()

REVOKE = CommandForm(
    "api_keys.revoke",
    "api-keys/<uuid:id>/revoke",
    command="accounts.revoke_api_key",
    subject=_key,
    named=lambda key: f"{key.name} · {key.beginning}…",
    back="api_keys",
    danger=True,
    roles=ADMIN,
).register()
