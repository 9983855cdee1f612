"""Importing tables: upload, a preview that says of every row what would become of it, then apply.

Nothing happens before the last step. Large tables are worked on by a job: the page tells how far that is, and can be
left.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from console import cookies
from console.cells import Column, State
from console.forms import read_command_id
from console.lists import List
from console.plain_words import members_in_words
from console.registry import Page, Place, register
from console.rendering import render, visitor_of, voice_of
from console.voice import Voice
from core.actor import Actor
from core.errors import CATALOGUE, DomainError, InvalidInput
from core.imports import queries
from core.imports.models import Import, Mode
from core.imports.registry import MANAGERS, SPECS
from core.imports.rows import OUTCOMES, Fault, Result
from core.imports.running import apply_checked, upload_and_check

_TONES = {"applied": "good", "undo_checked": "good", "undone": "plain", "failed": "bad"}
_OUTCOME_TONES = {"create": "good", "update": "wait", "unchanged": "plain", "repeated": "plain", "error": "bad"}
_SHOWN = 50
_CELLS = 5


def noun_of(noun: str, voice: Voice) -> str:
    """What is imported, in words."""
    return SPECS[noun].title(voice.locale) if noun in SPECS else noun


def state_of(item: Import) -> State:
    """How it stands, in words."""
    return State(f"imports.state.{item.state}", _TONES.get(item.state, "wait"))


def _voice(actor: Actor, rows: list[Any], voice: Voice) -> Voice:
    return voice


IMPORTS = List(
    name="imports",
    path="imports",
    place=Place("system", 60, "upload"),
    rows=queries.list_imports,
    order="-created_at",
    gather=_voice,
    columns=(
        Column("file", lambda item, _: item.file_name, sort="file_name", is_title=True),
        Column("noun", lambda item, voice: noun_of(item.noun, voice)),
        Column("state", lambda item, _: state_of(item)),
        Column("rows", lambda item, _: item.rows, sort="rows"),
        Column("errors", lambda item, _: item.counts.get("error", 0)),
        Column("created", lambda item, _: item.created_at, sort="created_at"),
    ),
    link=lambda item: reverse("console:imports.import", kwargs={"id": item.id}),
    action="imports.upload",
    live="customers catalog accounts",
    empty_icon="upload",
    roles=MANAGERS,
).register()


def show_upload(request: HttpRequest) -> HttpResponse:
    """The form for a table."""
    return _upload_form(request)


def upload(request: HttpRequest) -> HttpResponseBase:
    """Keep the table and preview it; then to the preview, or here again with what is wrong with the file."""
    visitor, voice = visitor_of(request), voice_of(request)
    assert visitor is not None
    file, noun = request.FILES.get("file"), request.POST.get("noun", "")
    if file is None:
        return _upload_form(request, voice.say("imports.upload.no_file"), noun)
    name = "".join(char for char in file.name or "" if char.isprintable())
    try:
        item = upload_and_check(
            visitor.actor, noun, cast(BinaryIO, file.file), file_name=name, import_id=read_command_id(request)
        )
    except DomainError as refusal:
        return _upload_form(request, refusal.message(voice.locale), noun)
    return HttpResponseRedirect(reverse("console:imports.import", kwargs={"id": item.id}))


def show_import(request: HttpRequest, id: UUID) -> HttpResponse:
    """What would become, or became, of each row."""
    visitor, voice = visitor_of(request), voice_of(request)
    assert visitor is not None
    item = queries.get_import(visitor.actor, id)
    shown = request.GET.get("rows", "")
    if shown and shown not in OUTCOMES:
        raise InvalidInput("rows", reason=voice.say("list.bad_choice"))
    found = queries.list_results(item, cast(Any, shown or None), row_behind(request, voice))
    results, following = cut(found)
    cells = queries.find_cells(item, [result.row for result in results])
    return render(
        request,
        "import.html",
        item=item,
        noun=noun_of(item.noun, voice),
        state=state_of(item),
        running=item.is_running,
        fault=reason_of(item, voice),
        counts=[
            (name, voice.say(f"imports.outcome.{name}"), voice.number(item.counts.get(name, 0)), name == shown)
            for name in OUTCOMES
        ],
        errors=item.counts.get("error", 0),
        good=sum(item.counts.get(name, 0) for name in ("create", "update")),
        unused=[given["header"] for given in item.header if not given["column"] and given["header"]],
        rows=[_told(result, cells.get(result.row, []), item, voice) for result in results],
        shown=shown,
        following=following,
        modes={"whole": Mode.ALL_OR_NOTHING.value, "good": Mode.SKIP_ERRORS.value},
    )


def apply(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """Apply what was previewed; then back to the import, which says what became of it."""
    visitor, voice = visitor_of(request), voice_of(request)
    assert visitor is not None
    mode = request.POST.get("mode", "")
    if mode not in Mode.values:
        raise InvalidInput("mode", reason=voice.say("list.bad_choice"))
    response = HttpResponseRedirect(reverse("console:imports.import", kwargs={"id": id}))
    try:
        item = apply_checked(visitor.actor, id, Mode(mode))
    except DomainError as refusal:
        if refusal.status in (403, 404):
            raise
        cookies.leave_word(response, refusal.message(voice.locale), "bad")
        return response
    cookies.leave_word(response, f"imports.import.{item.state}", "good")
    return response


register(Page("imports.upload", "imports/upload", get=show_upload, post=upload, roles=MANAGERS))
register(Page("imports.import", "imports/<uuid:id>", get=show_import, post=apply, roles=MANAGERS))


def _upload_form(request: HttpRequest, fault: str = "", noun: str = "customers") -> HttpResponse:
    visitor, voice = visitor_of(request), voice_of(request)
    assert visitor is not None
    mine = [spec for spec in SPECS.values() if not visitor.actor.roles.isdisjoint(spec.roles)]
    return render(
        request,
        "import_upload.html",
        422 if fault else 200,
        nouns=[(spec.noun, spec.title(voice.locale)) for spec in mine],
        noun=noun,
        fault=fault,
        columns=[
            (spec.title(voice.locale), ", ".join(column.title(voice.locale) for column in spec.columns))
            for spec in mine
        ],
    )


def _told(result: Result, cells: list[str], item: Import, voice: Voice) -> dict[str, Any]:
    return {
        "row": result.row,
        "outcome": State(f"imports.outcome.{result.outcome}", _OUTCOME_TONES[result.outcome]),
        "cells": cells_in_words(item, cells),
        "faults": faults_in_words(item, result.errors, voice),
        "notes": faults_in_words(item, result.notes, voice),
        "changes": changes_in_words(result.changes, voice),
    }


def row_behind(request: HttpRequest, voice: Voice) -> int:
    """The row behind which the page begins. Raises core.invalid_input."""
    after = request.GET.get("after", "0")
    if not after.isdecimal() or len(after) > 9:
        raise InvalidInput("after", reason=voice.say("list.bad_choice"))
    return int(after)


def cut(results: Iterator[Any]) -> tuple[list[Any], int | None]:
    """The results of one page, and the row behind which the next begins."""
    found = list(islice(results, _SHOWN + 1))
    return found[:_SHOWN], found[_SHOWN - 1].row if len(found) > _SHOWN else None


def cells_in_words(item: Import, cells: list[str]) -> str:
    """What stands in the row, as far as it is used."""
    used = [cell for given, cell in zip(item.header, cells, strict=False) if given["column"] and cell]
    return " · ".join(used[:_CELLS])


def faults_in_words(item: Import, faults: Iterable[Fault], voice: Voice) -> list[str]:
    """What is to be said of a row."""
    headers = {given["column"]: given["header"] for given in item.header if given["column"]}
    return [fault.as_wire(headers, voice.locale)["message"] for fault in faults]


def changes_in_words(changes: dict[str, Any], voice: Voice) -> list[str]:
    """Each field with what was and what is to be."""
    told = members_in_words({"changes": changes}, voice, {}) if changes else []
    return [f"{label}: {change}" for label, change in told]


def reason_of(item: Import, voice: Voice) -> str:
    """Why the last check or apply did not finish."""
    if not item.error:
        return ""
    kind = CATALOGUE.get(item.error["code"], DomainError)
    return kind(item.error["field"], **item.error["details"]).message(voice.locale)
