"""Territories, and who covers each."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from accounts import queries as account_queries
from accounts.errors import TerritoryNotFound
from console import edits
from console.cells import Column
from console.filters import OneOf, Only, Options, Search
from console.forms import CommandForm, Field, Values
from console.lists import List, RowAction
from console.pages.users import ADMIN, unit_choices, unit_or_none
from console.registry import Place
from console.voice import Voice
from core.actor import Actor
from core.ids import uuid7

TERRITORIES = List(
    name="territories",
    path="territories",
    place=Place("people", 20, "area"),
    rows=lambda actor: account_queries.list_territory_rows(),
    order="name",
    columns=(
        Column("name", lambda territory, _: territory.name, sort="name", is_title=True),
        Column("code", lambda territory, _: territory.code, sort="code"),
        Column("unit", lambda territory, _: territory.unit_name, sort="unit_name"),
        Column("people", lambda territory, _: territory.people, sort="people"),
    ),
    filters=(
        Search(("name", "code")),
        OneOf("unit", "org_unit__path__contains", unit_choices, lambda word: [UUID(word)]),
    ),
    link=lambda row: f"{reverse('console:territory_members')}?{urlencode({'territory': row.id})}",
    row_actions=(RowAction("territories.add_member"), RowAction("territories.edit")),
    action="territories.create",
    live="accounts",
    empty_icon="area",
    roles=ADMIN,
).register()

MEMBERS = List(
    name="territory_members",
    path="territories/members",
    rows=lambda actor: account_queries.list_territory_members(),
    order="territory__name",
    columns=(
        Column("person", lambda member, _: member.user.name, sort="user__name", is_title=True),
        Column("territory", lambda member, _: member.territory.name, sort="territory__name"),
    ),
    filters=(Search(("user__name", "territory__name")), Only("territory", "territory_id")),
    row_actions=(RowAction("territory_members.remove"),),
    live="accounts",
    empty_icon="people",
    roles=ADMIN,
).register()


def _territory(actor: Actor, id: UUID) -> Any:
    territory = account_queries.list_territory_rows().filter(id=id).first()
    if territory is None:
        raise TerritoryNotFound("id")
    return territory


def _member(actor: Actor, id: UUID) -> Any:
    member = account_queries.list_territory_members().filter(id=id).first()
    if member is None:
        raise TerritoryNotFound("id")
    return member


def _people(actor: Actor, voice: Voice) -> Options:
    people = account_queries.list_team_people(actor).filter(is_active=True).order_by("name", "id")
    return [(str(id_), name) for id_, name in people.values_list("id", "name")]


def _start(territory: Any, request: HttpRequest) -> Values:
    unit = str(territory.org_unit_id) if territory.org_unit_id else None
    return edits.begin({"name": territory.name, "code": territory.code, "org_unit_id": unit})


def _named(territory: Any) -> str:
    return f"{territory.name} · {territory.code}"


def _who(member: Any, request: HttpRequest) -> Values:
    return {"territory_id": str(member.territory_id), "user_id": str(member.user_id)}


_ABOUT = (
    Field("name", empty=""),
    Field("code", empty=""),
    Field("org_unit_id", "choice", required=False, choices=unit_or_none),
)

CREATE = CommandForm(
    "territories.create",
    "territories/create",
    command="accounts.create_territory",
    fields=_ABOUT,
    payload=lambda path, values: {"id": str(uuid7())} | values,
    back="territories",
    roles=ADMIN,
).register()

EDIT = CommandForm(
    "territories.edit",
    "territories/<uuid:id>/edit",
    command="accounts.update_territory",
    fields=(*_ABOUT, edits.WAS),
    subject=_territory,
    named=_named,
    start=_start,
    payload=edits.changes,
    back="territories",
    roles=ADMIN,
).register()

ADD_MEMBER = CommandForm(
    "territories.add_member",
    "territories/<uuid:id>/members/add",
    command="accounts.add_territory_member",
    fields=(Field("user_id", "choice", choices=_people),),
    subject=_territory,
    named=_named,
    payload=lambda path, values: {"territory_id": path["id"]} | values,
    back="territories",
    roles=ADMIN,
).register()

REMOVE_MEMBER = CommandForm(
    "territory_members.remove",
    "territories/members/<uuid:id>/remove",
    command="accounts.remove_territory_member",
    fields=(Field("territory_id", "hidden"), Field("user_id", "hidden")),
    subject=_member,
    named=lambda member: f"{member.user.name} · {member.territory.name}",
    start=_who,
    payload=lambda path, values: values,
    back="territories",
    danger=True,
    roles=ADMIN,
).register()
