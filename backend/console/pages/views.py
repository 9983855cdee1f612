"""Saved views: a list as it stands, kept under a name for its owner."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from accounts import queries as account_queries
from accounts.errors import SavedViewNotFound
from console.forms import CommandForm, Field, Values
from core.actor import Actor
from core.ids import uuid7


def _own(actor: Actor, id: UUID) -> str:
    view = account_queries.list_saved_views(actor).filter(id=id).first()
    if view is None:
        raise SavedViewNotFound("id")
    return view.name


def _of_list(subject: Any, request: HttpRequest) -> Values:
    return {name: request.GET.get(name, "") for name in ("page", "query")}


SAVE = CommandForm(
    "views.save",
    "views/save",
    command="accounts.save_view",
    fields=(Field("name"), Field("page", "hidden"), Field("query", "hidden", empty="")),
    start=_of_list,
    payload=lambda path, values: values | {"id": str(uuid7())},
).register()

FORGET = CommandForm(
    "views.forget",
    "views/<uuid:id>/forget",
    command="accounts.forget_view",
    subject=_own,
    danger=True,
).register()
