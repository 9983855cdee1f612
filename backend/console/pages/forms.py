"""Forms: which there are, how far they are, and what they are called."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse

from console.cells import Cell, Column, Link, State
from console.filters import Choice, Search
from console.forms import CommandForm, Field, Values
from console.lists import List, RowAction
from console.registry import Place
from console.voice import Voice
from core.actor import Actor
from core.ids import uuid7
from forms import queries
from forms.policies import KEEPERS


def _results(form: Any, voice: Voice) -> Link | None:
    """Leads to what was answered, once somebody could."""
    address = reverse("console:forms.results", kwargs={"id": form.id})
    return Link(voice.say("forms.results.open"), address) if form.number else None


def _state(form: Any) -> tuple[Cell, ...]:
    if form.archived_at is not None:
        return (State("forms.state.archived"),)
    state = State("forms.state.used", "good") if form.number else State("forms.state.new", "warn")
    return (state, State("forms.draft", "wait") if form.draft_at else None)


LIST = List(
    name="forms",
    path="forms",
    place=Place("system", 30, "form"),
    rows=lambda actor: queries.list_form_states(actor.locale),
    order="title",
    gather=lambda actor, rows, voice: voice,
    columns=(
        Column("title", lambda form, _: form.title, sort="title", is_title=True),
        Column("code", lambda form, _: form.code, sort="code"),
        Column("state", lambda form, _: _state(form)),
        Column("number", lambda form, _: form.number or None, sort="number"),
        Column("published", lambda form, _: form.published_at),
        Column("draft", lambda form, _: form.draft_at),
        Column("results", _results),
    ),
    filters=(
        Search(("names__en", "names__zh", "code")),
        Choice(
            "state",
            {
                "used": Q(archived_at=None, number__gt=0),
                "new": Q(archived_at=None, number=0),
                "archived": Q(archived_at__isnull=False),
            },
        ),
    ),
    link=lambda form: reverse("console:forms.design", kwargs={"id": form.id}),
    row_actions=(
        RowAction("forms.rename"),
        RowAction("forms.archive", needs=lambda form, actor: form.archived_at is None),
        RowAction("forms.unarchive", needs=lambda form, actor: form.archived_at is not None),
    ),
    action="forms.create",
    live="forms",
    empty_icon="form",
    roles=KEEPERS,
).register()


def _new(path: Values, values: Values) -> Values:
    return {"id": str(uuid7()), "code": values["code"], "names": {"en": values["names"], "zh": values["zh"]}}


CREATE = CommandForm(
    "forms.create",
    "forms/create",
    command="forms.create",
    # The first is the English name: what is wrong with `names` as a whole is said there.
    fields=(Field("names", required=False, empty=""), Field("zh", required=False, empty=""), Field("code")),
    payload=_new,
    back="forms",
    roles=KEEPERS,
).register()


def _form(actor: Actor, id: UUID) -> Any:
    form = queries.list_form_states(actor.locale).filter(id=id).first()
    return form or queries.get_form(id)


def _named(form: Any) -> str:
    return f"{form.title} · {form.code}"


def _as_it_is(form: Any, request: HttpRequest) -> Values:
    names = {"names": form.names["en"], "zh": form.names["zh"], "code": form.code}
    return names | {f"was_{name}": value for name, value in names.items()}


def _edit(path: Values, values: Values) -> Values:
    """The fields that were changed, each against what it was when the form was opened."""
    was = {"en": values["was_names"], "zh": values["was_zh"]}
    to = {"en": values["names"], "zh": values["zh"]}
    pairs = {"names": (was, to), "code": (values["was_code"], values["code"])}
    return path | {"changes": {name: {"from": a, "to": b} for name, (a, b) in pairs.items() if a != b}}


RENAME = CommandForm(
    "forms.rename",
    "forms/<uuid:id>/rename",
    command="forms.update",
    fields=(
        Field("names", required=False, empty=""),
        Field("zh", required=False, empty=""),
        Field("code", empty=""),
        *(Field(f"was_{name}", "hidden", empty="") for name in ("names", "zh", "code")),
    ),
    subject=_form,
    named=_named,
    start=_as_it_is,
    payload=_edit,
    back="forms",
    roles=KEEPERS,
).register()

ARCHIVE = CommandForm(
    "forms.archive",
    "forms/<uuid:id>/archive",
    command="forms.archive",
    subject=_form,
    named=_named,
    back="forms",
    danger=True,
    roles=KEEPERS,
).register()

UNARCHIVE = CommandForm(
    "forms.unarchive",
    "forms/<uuid:id>/unarchive",
    command="forms.unarchive",
    subject=_form,
    named=_named,
    back="forms",
    roles=KEEPERS,
).register()
