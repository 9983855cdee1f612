"""Visit types: their list, and one with the actions that it asks for, beside what a rep sees of it at a customer."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from console import cookies
from console.cells import Cell, Column, State
from console.filters import Choice, Search
from console.forms import go, read_command_id
from console.lists import List
from console.reasons import in_words
from console.registry import Page, Place, register
from console.rendering import render, visitor_of, voice_of
from console.visit_type_draft import CLASSES, KINDS, ROLES, ActionDraft, Audience, Draft
from console.voice import Voice
from core.actor import Actor
from core.commands import execute
from core.errors import CATALOGUE, DomainError
from core.fence import company_fence
from core.ids import uuid7
from forms import queries as form_queries
from visits import actions
from visits.policies import TYPE_SETTERS
from visits.queries import types as queries
from visits.schemas.types import SetVisitType


def _voice(actor: Actor, rows: list[Any], voice: Voice) -> Voice:
    return voice


def _whom(row: Any, voice: Voice) -> str:
    return (
        _audience(Audience.of(row.chosen_for), voice) if row.chosen_for is not None else voice.say("visit_types.named")
    )


def _audience(audience: Audience, voice: Voice) -> str:
    """Whom it is for, in a line."""
    classes = voice.say("visit_types.classes", grades=", ".join(audience.classes)) if audience.classes else ""
    roles = ", ".join(voice.say(f"users.role.{role}") for role in audience.roles)
    return " · ".join(filter(None, (classes, audience.channels, roles))) or voice.say("visit_types.everybody")


def _asks(row: Any, voice: Voice) -> Cell:
    return ", ".join(voice.name(action["names"]) for action in row.actions)


def _state(row: Any, voice: Voice) -> State:
    return State("visit_types.state.archived") if row.archived else State("visit_types.state.offered", "good")


VISIT_TYPES = List(
    name="visit_types",
    path="visit-types",
    place=Place("system", 20, "tasks"),
    rows=lambda actor: queries.list_types(archived=True),
    order="position",
    gather=_voice,
    columns=(
        Column("name", lambda row, voice: voice.name(row.names), is_title=True),
        Column("code", lambda row, _: row.code, sort="code"),
        Column("position", lambda row, _: row.position, sort="position"),
        Column("whom", _whom),
        Column("asks", _asks),
        Column("state", _state),
    ),
    filters=(
        Search(("code", "names__en", "names__zh")),
        Choice("archived", {"yes": Q(archived=True), "all": Q()}, otherwise=Q(archived=False)),
    ),
    link=lambda row: reverse("console:visit_types.type", kwargs={"id": row.id}),
    action="visit_types.new",
    live="visits",
    empty_icon="tasks",
    roles=TYPE_SETTERS,
).register()


def show_new(request: HttpRequest) -> HttpResponse:
    """An empty type."""
    return _show(request, Draft(uuid7()), is_new=True)


def make(request: HttpRequest) -> HttpResponseBase:
    """Make a type, or change its draft."""
    try:
        id_ = UUID(request.POST.get("type_id", ""))
    except ValueError:
        id_ = uuid7()
    return _change(request, id_, is_new=True)


def show_type(request: HttpRequest, id: UUID) -> HttpResponse:
    """A type as it is."""
    return _show(request, Draft.of(queries.get_type(id)))


def change_type(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """Save a type, or change its draft."""
    visitor = visitor_of(request)
    assert visitor is not None
    with company_fence(visitor.actor.company_id):
        queries.get_type(id)
    return _change(request, id, is_new=False)


register(Page("visit_types.new", "visit-types/new", get=show_new, post=make, roles=TYPE_SETTERS, in_dialog=False))
register(Page("visit_types.type", "visit-types/<uuid:id>", get=show_type, post=change_type, roles=TYPE_SETTERS))


def _change(request: HttpRequest, id_: UUID, *, is_new: bool) -> HttpResponseBase:
    """What a button of the form asks for: another action, its place, a preview, or that all of it is saved."""
    visitor, voice = visitor_of(request), voice_of(request)
    assert visitor is not None
    draft, intent = Draft.sent(id_, request.POST), request.POST.get("intent", "")
    faults: dict[str, str] = {}
    status, touched = 200, draft.change(intent)
    if intent == "save":
        made, faults = draft.check(voice)
        if made is not None:
            command_id = read_command_id(request)
            verdict = execute(
                "visits.set_visit_type", draft.payload(), actor=visitor.actor, command_id=command_id, door="console"
            )
            if verdict.settled:
                response = go(request, reverse("console:visit_types"))
                cookies.leave_word(response, "visit_types.saved", "good")
                return response
            faults = _refused(draft, verdict, voice)
        status = 422
    with company_fence(visitor.actor.company_id):
        return _show(request, draft, is_new=is_new, faults=faults, touched=touched, status=status)


def _refused(draft: Draft, verdict: Any, voice: Voice) -> dict[str, str]:
    kind = CATALOGUE.get(verdict.code or "", DomainError)
    field = "code" if verdict.code == "visits.type_code_taken" else draft.field_of(verdict.field or "")
    details = {name: in_words(str(value), voice.locale) for name, value in verdict.details.items()}
    return {field: kind(**details).message(voice.locale)}


def _show(
    request: HttpRequest,
    draft: Draft,
    *,
    is_new: bool = False,
    faults: dict[str, str] | None = None,
    touched: str = "",
    status: int = 200,
) -> HttpResponse:
    voice = voice_of(request)
    forms = [(str(row.id), row) for row in form_queries.list_form_states(voice.locale).order_by("title", "id")]
    used = {action.form_id for action in draft.actions}
    found = {**(faults or {})}
    return render(
        request,
        "visit_type.html",
        status,
        draft=draft,
        is_new=is_new,
        title=voice.name({"en": draft.en, "zh": draft.zh}) or voice.say("visit_types.unnamed"),
        fields=[_field(name, getattr(draft, name), found, voice) for name in ("en", "zh", "code", "position")],
        rule=_audience_fields("rule", draft.rule, found, voice),
        actions=[_action(number, action, found, touched, voice) for number, action in enumerate(draft.actions)],
        last=len(draft.actions),
        may_add=len(draft.actions) < actions.MAX_ACTIONS,
        kinds=[(kind, voice.say(f"visit_types.kind.{kind}")) for kind in KINDS],
        forms=[(id_, row) for id_, row in forms if row.archived_at is None or id_ in used],
        faults=found,
        fault=found.get("") or found.get("actions"),
        preview=_preview(request, draft, voice),
    )


def _field(name: str, value: str, faults: dict[str, str], voice: Voice, *, key: str = "") -> dict[str, Any]:
    """A field of text. key: its text's, where its name begins with an action's id."""
    word = key or name
    return {
        "name": name,
        "kind": "text",
        "required": False,
        "label": voice.say(f"visit_types.field.{word}"),
        "hint": voice.say_if_known(f"visit_types.hint.{word}", ""),
        "value": value,
        "fault": faults.get(name),
    }


def _audience_fields(prefix: str, audience: Audience, faults: dict[str, str], voice: Voice) -> dict[str, Any]:
    grades = [(grade, voice.say("cycles.class", grade=grade), grade in audience.classes) for grade in CLASSES]
    return {
        "prefix": prefix,
        "classes": grades,
        "roles": [(role, voice.say(f"users.role.{role}"), role in audience.roles) for role in ROLES],
        "channels": _field(f"{prefix}.channels", audience.channels, faults, voice, key="channels"),
        "words": _audience(audience, voice),
        "is_narrow": audience.is_narrow,
    }


def _action(number: int, action: ActionDraft, faults: dict[str, str], touched: str, voice: Voice) -> dict[str, Any]:
    fields = {
        name: _field(f"{action.id}.{name}", getattr(action, name), faults, voice, key=name)
        for name in ("en", "zh", "min_count", "label")
    }
    own = [fault for name, fault in faults.items() if name.startswith(f"{action.id}.")]
    shown = {field["name"] for field in fields.values()} | {f"{action.id}.{n}" for n in ("channels", "form_id")}
    return {
        "id": action.id,
        "number": number + 1,
        "kind": action.kind,
        "form_id": action.form_id,
        "name": voice.name({"en": action.en, "zh": action.zh}) or voice.say("visit_types.unnamed"),
        "fields": fields,
        "form_fault": faults.get(f"{action.id}.form_id"),
        "only_for": _audience_fields(action.id, action.only_for, faults, voice),
        "is_touched": action.id == touched,
        "is_wrong": bool(own),
        "fault": next(
            (fault for name, fault in faults.items() if name.startswith(f"{action.id}.") and name not in shown), ""
        ),
    }


def _preview(request: HttpRequest, draft: Draft, voice: Voice) -> dict[str, Any]:
    """What somebody sees on a visit at such a customer, as phones work it out: by the same functions."""
    said = request.POST if request.method == "POST" else request.GET
    role = said.get("as_role") if said.get("as_role") in ROLES else ROLES[0]
    grade = said.get("as_class") if said.get("as_class") in CLASSES else ""
    channel = (said.get("as_channel") or "").strip()
    traits = actions.Traits(grade or None, channel or None, frozenset({str(role)}))
    made, _ = draft.check(voice)
    told = {
        "roles": [(name, voice.say(f"users.role.{name}"), name == role) for name in ROLES],
        "classes": [
            ("", voice.say("visit_types.no_class"), not grade),
            *((name, voice.say("cycles.class", grade=name), name == grade) for name in CLASSES),
        ],
        "channel": channel,
        "is_faulty": made is None,
        "required": [],
        "chosen": "",
    }
    if made is None:
        return told
    required = actions.list_required(_as_type(made), traits)
    return told | {
        "required": [
            (voice.name(action.names.model_dump()), _how_much(action, voice), action.kind) for action in required
        ],
        "chosen": _who_is_chosen(made, traits, voice),
    }


def _as_type(made: SetVisitType) -> actions.Type:
    return actions.Type(made.id, made.code, made.position, made.archived, made.chosen_for, made.actions)


def _who_is_chosen(made: SetVisitType, traits: actions.Traits, voice: Voice) -> str:
    """Whether a visit of which nobody says a type is of this one."""
    rows = {row.id: row for row in queries.list_types(archived=True)}
    types = [row.as_type() for row in rows.values() if row.id != made.id]
    chosen = actions.choose_type([*types, _as_type(made)], traits)
    if chosen is None:
        return voice.say("visit_types.preview.none")
    if chosen.id == made.id:
        return voice.say("visit_types.preview.this")
    return voice.say("visit_types.preview.other", name=voice.name(rows[chosen.id].names))


def _how_much(action: actions.Action, voice: Voice) -> str:
    kind = voice.say(f"visit_types.kind.{action.kind}")
    counted = f"{kind} × {action.min_count}" if action.min_count > 1 else kind
    return f"{counted} · {action.label}" if action.label else counted
