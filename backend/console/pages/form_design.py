"""The form designer: a form's draft, judged and tried out by the server while it is designed; its publication.

The preview evaluates nothing itself: the server does, with the functions that judge the answers of phones.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse

from catalog import queries as catalog_queries
from console import cookies
from console.form_words import tell_definition, tell_fault
from console.forms import go, read_command_id
from console.registry import Page, page, register
from console.rendering import render, visitor_of, voice_of
from console.voice import Voice
from console.wording import all_texts
from core.actor import Actor
from core.commands import execute
from core.errors import CATALOGUE, DomainError, InvalidInput
from core.fence import company_fence
from core.ids import uuid7
from core.models import Status
from forms import queries
from forms.commands import check
from forms.differences import Difference, list_differences
from forms.evaluation import evaluate
from forms.policies import KEEPERS

_MOST_VERSIONS = 50
_MOST_FOUND = 20
_EMPTY: dict[str, Any] = {"questions": []}


def _actor(request: HttpRequest) -> Actor:
    visitor = visitor_of(request)
    assert visitor is not None
    return visitor.actor


def _get_form(actor: Actor, form_id: UUID) -> Any:
    """The form as lists show it. Raises forms.not_found."""
    return queries.list_form_states(actor.locale).filter(id=form_id).first() or queries.get_form(form_id)


def show_design(request: HttpRequest, id: UUID) -> HttpResponse:
    """The designer, with the draft, or else with what the newest version asks."""
    actor, voice = _actor(request), voice_of(request)
    form = _get_form(actor, id)
    draft = queries.find_drafts([id]).get(id)
    versions = list(queries.list_versions(id).order_by("-number")[:_MOST_VERSIONS])
    newest = versions[0].definition if versions else None
    definition = draft.definition if draft else newest or _EMPTY
    design = {
        "definition": definition,
        "published": sorted(question for form_id, question in queries.list_question_kinds([id]) if form_id == id),
        "products": _named_products(definition),
        "categories": [[str(row.id), row.name] for row in catalog_queries.list_categories().order_by("name")[:500]],
        "words": _words(voice),
        "locale": voice.locale,
    }
    return render(
        request,
        "form_design.html",
        form=form,
        draft=draft,
        versions=versions,
        design=orjson.dumps(design).decode(),
    )


def save_design(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """Keep the draft as it is; nothing is judged."""
    sent = _read(request)
    payload = {"form_id": str(id), "definition": sent["definition"]}
    verdict = execute("forms.save_draft", payload, actor=_actor(request), command_id=uuid7(), door="console")
    if not verdict.settled:
        return JsonResponse({"message": verdict.message}, status=422)
    return JsonResponse({})


register(Page("forms.design", "forms/<uuid:id>", get=show_design, post=save_design, roles=KEEPERS))


def _try_out(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """What is wrong with the definition; where nothing is, what these answers come to on a phone."""
    sent, voice = _read(request), voice_of(request)
    told: dict[str, Any] = {"fault": None, "answer_fault": None, "result": None}
    with company_fence(_actor(request).company_id):
        queries.get_form(id)
        try:
            definition = check(sent["definition"], id)
        except DomainError as refusal:
            return JsonResponse(told | {"fault": tell_fault(refusal, voice)})
    answers = sent.get("answers")
    try:
        result = evaluate(definition, answers if isinstance(answers, dict) else {})
    except DomainError as refusal:
        fault = {"question": refusal.details.get("question"), "message": refusal.message(voice.locale)}
        return JsonResponse(told | {"answer_fault": fault})
    missing = [[place.question, place.measure, place.product_id] for place in result.missing]
    percent = None if result.percent is None else str(result.percent)
    return JsonResponse(told | {"result": {"hidden": result.hidden, "missing": missing, "percent": percent}})


register(Page("forms.check", "forms/<uuid:id>/check", post=_try_out, roles=KEEPERS))


def _find_products(request: HttpRequest) -> HttpResponseBase:
    """Products by a part of their name or code, or some of a category."""
    sent = orjson.loads(request.body or b"{}")
    try:
        category = UUID(sent["category"]) if sent.get("category") else None
    except (ValueError, TypeError, AttributeError):
        raise InvalidInput("category", reason="must be a UUID") from None
    with company_fence(_actor(request).company_id):
        rows = catalog_queries.list_products(search=str(sent.get("q") or ""), category_id=category, is_active=True)
        found = [[str(row.id), row.name, row.code] for row in rows.order_by("name", "id")[:_MOST_FOUND]]
    return JsonResponse({"products": found})


register(Page("forms.products", "forms/products", post=_find_products, roles=KEEPERS))


@page("forms.version", "forms/versions/<uuid:id>", roles=KEEPERS)
def show_version(request: HttpRequest, id: UUID) -> HttpResponse:
    """What one version asks, to be read."""
    version = queries.get_version(id)
    form = _get_form(_actor(request), version.form_id)
    questions = tell_definition(version.definition, voice_of(request))
    return render(request, "form_version.html", version=version, form=form, questions=questions)


def _draft_to_publish(request: HttpRequest, id: UUID) -> tuple[Any, Any]:
    form = _get_form(_actor(request), id)
    return form, queries.find_drafts([id]).get(id)


def show_publication(request: HttpRequest, id: UUID, fault: str = "", status: int = 200) -> HttpResponse:
    """What the draft changes against the version before, to be confirmed."""
    voice = voice_of(request)
    form, draft = _draft_to_publish(request, id)
    newest = queries.list_versions(id).order_by("-number").first()
    differences = list_differences(newest.definition if newest else None, draft.definition) if draft else []
    return render(
        request,
        "form_publish.html",
        status,
        form=form,
        draft=draft,
        next_number=form.number + 1,
        differences=[_tell_difference(one, voice) for one in differences],
        fault=fault,
    )


def publish(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """Publish the draft that was shown; shown anew where it changed meanwhile."""
    actor, voice = _actor(request), voice_of(request)
    with company_fence(actor.company_id):
        _, draft = _draft_to_publish(request, id)
        if draft is None or draft.saved_at.isoformat() != request.POST.get("saved_at"):
            return show_publication(request, id, voice.say("forms.publish.changed"), 409)
    command_id = read_command_id(request)
    payload = {"id": str(command_id), "form_id": str(id), "definition": draft.definition}
    verdict = execute("forms.publish_version", payload, actor=actor, command_id=command_id, door="console")
    if verdict.status == Status.REFUSED:
        with company_fence(actor.company_id):
            return show_publication(request, id, _refused(verdict, voice), 422)
    response = go(request, reverse("console:forms"))
    cookies.leave_word(response, "forms.publish.done", "good")
    return response


register(Page("forms.publish", "forms/<uuid:id>/publish", get=show_publication, post=publish, roles=KEEPERS))


def _refused(verdict: Any, voice: Voice) -> str:
    kind = CATALOGUE.get(verdict.code or "")
    if kind is None:
        return verdict.message or ""
    fault = tell_fault(kind(verdict.field, **verdict.details), voice)
    if fault["question"] is None:
        return str(fault["message"])
    return voice.say("forms.publish.fault", number=fault["question"] + 1, message=fault["message"])


def _tell_difference(difference: Difference, voice: Voice) -> dict[str, Any]:
    members = [voice.say_if_known(f"forms.member.{member}", member) for member in difference.members]
    return {
        "kind": difference.kind,
        "word": voice.say(f"forms.difference.{difference.kind}"),
        "name": voice.name(difference.names) or difference.question,
        "members": ", ".join(members),
    }


def _read(request: HttpRequest) -> dict[str, Any]:
    """What the designer sent. Raises core.invalid_input."""
    try:
        sent = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        raise InvalidInput("definition", reason="must be JSON") from None
    if not isinstance(sent, dict) or not isinstance(sent.get("definition"), dict):
        raise InvalidInput("definition", reason="must be an object")
    return sent


def _words(voice: Voice) -> dict[str, str]:
    """The designer's own texts; what is in braces is filled in by it."""
    place = 1 if voice.locale == "zh-Hans" else 0
    prefixes = ("forms.ui.", "forms.type.", "forms.sign.")
    return {key.removeprefix("forms."): both[place] for key, both in all_texts().items() if key.startswith(prefixes)}


def _named_products(definition: Mapping[str, Any]) -> dict[str, str]:
    """The names of the products that matrices of the definition name (one query)."""
    questions = definition.get("questions")
    named_ids = {
        id_
        for question in (questions if isinstance(questions, list) else ())
        if isinstance(question, dict)
        for id_ in question.get("product_ids") or ()
    }
    rows = catalog_queries.list_products().filter(id__in=_uuids(named_ids)).values_list("id", "name")
    return {str(id_): name for id_, name in rows}


def _uuids(texts: set[Any]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(str(text)))
        except ValueError:
            continue  # a draft need not be right
    return found
