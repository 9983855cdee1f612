"""Undoing an import: what would become of each row that took effect, then the undoing."""

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from console import cookies
from console.cells import State
from console.pages import imports
from console.registry import Page, register
from console.rendering import render, visitor_of, voice_of
from console.voice import Voice
from core.errors import DomainError, InvalidInput
from core.imports import queries, running
from core.imports.models import Import
from core.imports.registry import MANAGERS
from core.imports.undo_results import UNDO_OUTCOMES, UndoResult

_TONES = {"removed": "bad", "set_back": "wait", "left": "plain"}
_STEPS = {"preview": running.preview_undo, "undo": running.undo}


def show_undoing(request: HttpRequest, id: UUID) -> HttpResponse:
    """What undoing would do, or did."""
    visitor, voice = visitor_of(request), voice_of(request)
    assert visitor is not None
    item = queries.get_import(visitor.actor, id)
    shown = request.GET.get("rows", "")
    if shown and shown not in UNDO_OUTCOMES:
        raise InvalidInput("rows", reason=voice.say("list.bad_choice"))
    results, following = [], None
    if is_previewed := item.state in ("undo_checked", "undone"):
        found = queries.list_undo_results(item, cast(Any, shown or None), imports.row_behind(request, voice))
        results, following = imports.cut(found)
    cells = queries.find_cells(item, [result.row for result in results])
    counts = item.undo_counts
    return render(
        request,
        "import_undo.html",
        item=item,
        noun=imports.noun_of(item.noun, voice),
        state=imports.state_of(item),
        fault=imports.reason_of(item, voice),
        is_previewed=is_previewed,
        until=voice.day(item.expires_at.astimezone(voice.zone).date()),
        counts=[
            (name, voice.say(f"imports.undo.{name}"), voice.number(counts.get(name, 0)), name == shown)
            for name in UNDO_OUTCOMES
        ],
        good=counts.get("removed", 0) + counts.get("set_back", 0),
        left=counts.get("left", 0),
        rows=[_told(result, cells.get(result.row, []), item, voice) for result in results],
        shown=shown,
        following=following,
    )


def undo(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """Have the preview made, or what was previewed undone; then to what came of it."""
    visitor, voice = visitor_of(request), voice_of(request)
    assert visitor is not None
    step = _STEPS.get(request.POST.get("intent", ""))
    if step is None:
        raise InvalidInput("intent", reason=voice.say("list.bad_choice"))
    response = HttpResponseRedirect(reverse("console:imports.undo", kwargs={"id": id}))
    try:
        item = step(visitor.actor, id)
    except DomainError as refusal:
        if refusal.status in (403, 404):
            raise
        cookies.leave_word(response, refusal.message(voice.locale), "bad")
        return response
    if item.undone_at:
        cookies.leave_word(response, "imports.undo.done", "good")
    return response


register(Page("imports.undo", "imports/<uuid:id>/undo", get=show_undoing, post=undo, roles=MANAGERS))


def _told(result: UndoResult, cells: list[str], item: Import, voice: Voice) -> dict[str, Any]:
    return {
        "row": result.row,
        "outcome": State(f"imports.undo.{result.outcome}", _TONES[result.outcome]),
        "cells": imports.cells_in_words(item, cells),
        "faults": imports.faults_in_words(item, result.reasons, voice),
        "notes": [],
        "changes": imports.changes_in_words(result.changes, voice),
    }
