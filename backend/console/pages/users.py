"""People: who works here, with which roles, in which team; added, edited, locked out, let in again."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest

from accounts import queries as account_queries
from accounts.commands import passwords
from accounts.errors import UserNotFound
from console import edits, wording
from console.cells import Column, State
from console.filters import Choice, OneOf, Options, Search
from console.forms import CommandForm, Field, Values
from console.lists import List, RowAction
from console.registry import Place
from console.rendering import visitor_of
from console.voice import Voice
from core.actor import Actor
from core.batches import Verdict
from core.errors import InvalidInput
from core.ids import uuid7

ADMIN = frozenset({"admin"})
ROLES = ("rep", "engineer", "dispatcher", "manager", "admin")
_MOST = 500


def unit_choices(actor: Actor, voice: Voice) -> Options:
    """Every org unit that the reader looks after, by its way from the root."""
    units = account_queries.list_unit_rows(actor).order_by("full_name", "id").values_list("id", "full_name")
    return [(str(id_), name) for id_, name in units[:_MOST]]


def unit_or_none(actor: Actor, voice: Voice) -> Options:
    """The same, with none at the head."""
    return [("", voice.say("users.no_unit")), *unit_choices(actor, voice)]


def _locales(actor: Actor, voice: Voice) -> Options:
    return list(wording.NAMES)


def _is_admin(row: Any, actor: Actor) -> bool:
    return actor.has_role("admin")


USERS = List(
    name="users",
    path="users",
    place=Place("people", 10, "people"),
    rows=account_queries.list_team_rows,
    order="name",
    columns=(
        Column("name", lambda user, _: user.name, sort="name", is_title=True),
        Column("username", lambda user, _: user.username, sort="username"),
        Column("roles", lambda user, _: tuple(State(f"users.role.{role}") for role in user.roles)),
        Column("unit", lambda user, _: user.unit_name, sort="unit_name"),
        Column("state", lambda user, _: _state(user)),
        Column("phone", lambda user, _: user.phone),
    ),
    filters=(
        Search(("name", "username", "phone", "external_id")),
        Choice("role", {role: Q(roles__contains=[role]) for role in ROLES}),
        OneOf("unit", "org_unit__path__contains", unit_choices, lambda word: [UUID(word)]),
        Choice("active", {"no": Q(is_active=False), "all": Q()}, otherwise=Q(is_active=True)),
    ),
    row_actions=(
        RowAction("users.edit", needs=_is_admin),
        RowAction("users.password", needs=_is_admin),
        RowAction("users.factor_off", needs=lambda user, actor: user.asks_for_code and actor.has_role("admin")),
        RowAction("users.deactivate", needs=lambda user, actor: user.is_active and actor.has_role("admin")),
        RowAction("users.reactivate", needs=lambda user, actor: not user.is_active and actor.has_role("admin")),
    ),
    action="users.create",
    live="accounts",
    empty_icon="people",
).register()


def _state(user: Any) -> State:
    if not user.is_active:
        return State("users.state.inactive", "bad")
    return State("users.state.active", "good") if user.password_hash else State("users.state.no_password", "warn")


def _user(actor: Actor, id: UUID) -> Any:
    user = account_queries.list_team_rows(actor).filter(id=id).first()
    if user is None:
        raise UserNotFound("id")
    return user


def _named(user: Any) -> str:
    return f"{user.name} · {user.username}"


_ABOUT = (
    Field("name", empty=""),
    Field("username", empty=""),
    *(Field(role, "check", required=False) for role in ROLES),
    Field("org_unit_id", "choice", required=False, choices=unit_or_none),
    Field("locale", "choice", choices=_locales),
    Field("phone", required=False, empty=""),
    Field("email", required=False, empty=""),
    Field("external_id", required=False),
)


def _with_roles(values: Values) -> Values:
    """The boxes that are ticked, as the list of roles that commands take."""
    kept = {name: value for name, value in values.items() if name not in ROLES}
    return kept | {"roles": sorted(role for role in ROLES if values.get(role))}


def _start(user: Any, request: HttpRequest) -> Values:
    plain = ("name", "username", "locale", "phone", "email", "external_id")
    unit = str(user.org_unit_id) if user.org_unit_id else None
    begun = {name: getattr(user, name) for name in plain} | {"org_unit_id": unit}
    return edits.begin(begun | {role: True for role in ROLES if role in user.roles})


def _begin(subject: object, request: HttpRequest) -> Values:
    """A rep who speaks the language of whoever adds him."""
    visitor = visitor_of(request)
    assert visitor is not None
    return {"rep": True, "locale": visitor.actor.locale}


def _create(request: HttpRequest, actor: Actor, payload: Values, command_id: UUID) -> Verdict:
    password = payload.pop("password")
    return passwords.create_user_with(actor, payload, password, command_id, door="console")


CREATE = CommandForm(
    "users.create",
    "users/create",
    command="accounts.create_user",
    fields=(*_ABOUT, Field("password", "password", required=False)),
    start=_begin,
    payload=lambda path, values: {"id": str(uuid7())} | _with_roles(values),
    send=_create,
    back="users",
    roles=ADMIN,
).register()

EDIT = CommandForm(
    "users.edit",
    "users/<uuid:id>/edit",
    command="accounts.update_user",
    fields=(*_ABOUT, edits.WAS),
    subject=_user,
    named=_named,
    start=_start,
    payload=lambda path, values: edits.changes(path, values, _with_roles),
    back="users",
    roles=ADMIN,
).register()


def _set_password(request: HttpRequest, actor: Actor, payload: Values, command_id: UUID) -> Verdict:
    if not payload["password"]:
        raise InvalidInput("password", reason="Field required")
    return passwords.set_user_password(actor, UUID(payload["id"]), payload["password"], command_id, door="console")


PASSWORD = CommandForm(
    "users.password",
    "users/<uuid:id>/password",
    command="accounts.set_password",
    fields=(Field("password", "password"),),
    subject=_user,
    named=_named,
    send=_set_password,
    back="users",
    roles=ADMIN,
).register()

FACTOR_OFF = CommandForm(
    "users.factor_off",
    "users/<uuid:id>/second-factor",
    command="accounts.reset_second_factor",
    subject=_user,
    named=_named,
    back="users",
    danger=True,
    roles=ADMIN,
).register()

DEACTIVATE = CommandForm(
    "users.deactivate",
    "users/<uuid:id>/deactivate",
    command="accounts.deactivate_user",
    subject=_user,
    named=_named,
    back="users",
    danger=True,
    roles=ADMIN,
).register()

REACTIVATE = CommandForm(
    "users.reactivate",
    "users/<uuid:id>/reactivate",
    command="accounts.reactivate_user",
    subject=_user,
    named=_named,
    back="users",
    roles=ADMIN,
).register()
