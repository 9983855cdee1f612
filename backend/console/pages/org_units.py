"""The organisation: regions, branches and teams as a tree; made, renamed, moved."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from accounts import queries as account_queries
from accounts.errors import OrgUnitNotFound
from console import edits
from console.cells import Cell, Column, Link
from console.filters import Options, Search
from console.forms import CommandForm, Field, Values
from console.lists import List, RowAction
from console.pages.users import ADMIN, unit_choices
from console.registry import Place
from console.voice import Voice
from core.actor import Actor
from core.ids import uuid7


def _people(unit: Any) -> Cell:
    """How many work in the unit itself; leads to them."""
    address = f"{reverse('console:users')}?{urlencode({'unit': unit.id})}"
    return Link(str(unit.people), address)


UNITS = List(
    name="org_units",
    path="org-units",
    place=Place("people", 15, "tree"),
    rows=account_queries.list_unit_rows,
    order="full_name",
    columns=(
        Column("name", lambda unit, _: unit.name, sort="name", is_title=True),
        Column("full_name", lambda unit, _: unit.full_name, sort="full_name"),
        Column("people", lambda unit, _: _people(unit), sort="people"),
    ),
    filters=(Search(("name", "full_name")),),
    row_actions=(RowAction("org_units.edit"), RowAction("org_units.add")),
    action="org_units.create",
    live="accounts",
    empty_icon="tree",
    roles=ADMIN,
).register()


def _unit(actor: Actor, id: UUID) -> Any:
    unit = account_queries.list_unit_rows(actor).filter(id=id).first()
    if unit is None:
        raise OrgUnitNotFound("id")
    return unit


def _parents(actor: Actor, voice: Voice) -> Options:
    return [("", voice.say("org_units.root")), *unit_choices(actor, voice)]


def _start(unit: Any, request: HttpRequest) -> Values:
    return edits.begin({"name": unit.name, "parent_id": str(unit.parent_id) if unit.parent_id else None})


CREATE = CommandForm(
    "org_units.create",
    "org-units/create",
    command="accounts.create_org_unit",
    fields=(Field("name", empty=""), Field("parent_id", "choice", required=False, choices=_parents)),
    payload=lambda path, values: {"id": str(uuid7())} | values,
    back="org_units",
    roles=ADMIN,
).register()

ADD = CommandForm(
    "org_units.add",
    "org-units/<uuid:id>/add",
    command="accounts.create_org_unit",
    fields=(Field("name", empty=""),),
    subject=_unit,
    named=lambda unit: str(unit.full_name),
    payload=lambda path, values: {"id": str(uuid7()), "parent_id": path["id"]} | values,
    back="org_units",
    roles=ADMIN,
).register()

EDIT = CommandForm(
    "org_units.edit",
    "org-units/<uuid:id>/edit",
    command="accounts.update_org_unit",
    fields=(Field("name", empty=""), Field("parent_id", "choice", required=False, choices=_parents), edits.WAS),
    subject=_unit,
    named=lambda unit: str(unit.full_name),
    start=_start,
    payload=edits.changes,
    back="org_units",
    roles=ADMIN,
).register()
