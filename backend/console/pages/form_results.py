"""What forms were answered: answer by answer as a list, and question by question what they come to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from pydantic import ValidationError

from accounts import queries as account_queries
from catalog import queries as catalog_queries
from console.cells import Cell, Column, Link, State
from console.filters import CalendarDay, Choice, OneOf, Only, Options
from console.lists import List
from console.registry import Place, page
from console.rendering import render, visitor_of, voice_of
from console.voice import Voice
from core.actor import Actor
from core.errors import InvalidInput
from customers import queries as customer_queries
from forms import queries as form_queries
from visits.queries import forms as queries
from visits.schemas.forms import ResultFilters

_DAYS = 30
_MOST_CHOICES = 500
_MOST_VERSIONS = 50
_TYPES = ("boolean", "choice", "multi_choice", "number", "text", "date", "barcode", "photo", "signature")


@dataclass(frozen=True)
class Around:
    """What the answers of a page are told with: names by id, and what the questions of each version are called."""

    customers: Mapping[UUID, str]
    people: Mapping[UUID, Any]
    forms: Mapping[UUID, str]
    products: Mapping[UUID, str]
    questions: Mapping[UUID, Mapping[str, Any]]
    voice: Voice


def _gather(actor: Actor, rows: list[Any], voice: Voice) -> Around:
    """Five queries whatever the number of answers."""
    versions = form_queries.list_published({row.form_version_id for row in rows})
    definitions = {id_: version.definition.model_dump(mode="json") for id_, version in versions.items()}
    customers = customer_queries.visible(actor).filter(id__in={row.customer_id for row in rows})
    forms = form_queries.list_form_states(actor.locale).filter(id__in={row.form_id for row in rows})
    products = catalog_queries.list_products().filter(id__in={row.product_id for row in rows if row.product_id})
    return Around(
        dict(customers.values_list("id", "name")),
        account_queries.list_users({row.rep_id for row in rows}),
        dict(forms.values_list("id", "title")),
        dict(products.values_list("id", "name")),
        {id_: _by_name(definition) for id_, definition in definitions.items()},
        voice,
    )


def _by_name(definition: Mapping[str, Any]) -> dict[str, Any]:
    """Every question by its id, and every measure as `question.measure`."""
    found: dict[str, Any] = {}
    for question in definition["questions"]:
        found[question["id"]] = question
        found |= {f"{question['id']}.{measure['id']}": measure for measure in question.get("measures") or ()}
    return found


def _key(question_id: str, measure: str) -> str:
    return f"{question_id}.{measure}" if measure else question_id


def _question(result: Any, around: Around) -> str:
    """`Stock by product · Stock · Green tea`."""
    asked = around.questions.get(result.form_version_id, {})
    names = [around.voice.name(asked.get(result.question_id, {}).get("names")) or result.question_id]
    if result.measure:
        names.append(around.voice.name(asked.get(_key(result.question_id, result.measure), {}).get("names")))
    if result.product_id:
        names.append(around.products.get(result.product_id, "–"))
    return " · ".join(filter(None, names))


def _answer(result: Any, around: Around) -> Cell:
    if result.type == "boolean":
        return State("form_results.yes", "good") if result.yes else State("form_results.no")
    if result.type in ("choice", "multi_choice"):
        asked = around.questions.get(result.form_version_id, {}).get(_key(result.question_id, result.measure), {})
        return _choices(asked, around.voice).get(result.choice, result.choice)
    if result.type == "date":
        return result.day
    if result.number is not None:
        return _plain(result.number)
    return result.text


def _plain(number: Decimal) -> float:
    """A number to be read: two decimals at most, and none that are idle."""
    return int(number) if number == int(number) else round(float(number), 2)


def _choices(asked: Mapping[str, Any], voice: Voice) -> dict[str, str]:
    return {choice["id"]: voice.name(choice["names"]) for choice in asked.get("choices") or ()}


def _person(result: Any, around: Around) -> str:
    person = around.people.get(result.rep_id)
    return person.name if person else "–"


def _customer(result: Any, around: Around) -> Cell:
    return Link(around.customers.get(result.customer_id, "–"), reverse("console:visits.visit", args=[result.visit_id]))


def _forms(actor: Actor, voice: Voice) -> Options:
    rows = form_queries.list_form_states(actor.locale).order_by("title").values_list("id", "title")[:_MOST_CHOICES]
    return [(str(id_), title) for id_, title in rows]


RESULTS = List(
    name="form_results",
    path="form-results",
    place=Place("work", 70, "form"),
    rows=lambda actor: queries.list_results(actor, ResultFilters()),
    order="-answered_on",
    gather=_gather,
    columns=(
        Column("question", _question, is_title=True),
        Column("answer", _answer),
        Column("customer", _customer),
        Column("rep", _person),
        Column("answered_on", lambda result, _: result.answered_on, sort="answered_on"),
        Column("form", lambda result, around: around.forms.get(result.form_id)),
    ),
    filters=(
        OneOf("form", "form_id", _forms, UUID),
        Choice("type", {kind: Q(type=kind) for kind in _TYPES}),
        CalendarDay("since", "answered_on"),
        CalendarDay("until", "answered_on", until=True),
        Only("customer", "customer_id"),
    ),
    live="visits",
    empty_icon="form",
).register()


@page("forms.results", "forms/<uuid:id>/results")
def show_results(request: HttpRequest, id: UUID) -> HttpResponse:
    """One form: how often each answer was given, averages, over a period and of an org unit."""
    visitor, voice = visitor_of(request), voice_of(request)
    assert visitor is not None
    form = form_queries.list_form_states(visitor.actor.locale).filter(id=id).first() or form_queries.get_form(id)
    asked = _asked(request, id, voice)
    rows = queries.list_results(visitor.actor, asked)
    versions = form_queries.list_versions(id).order_by("-number")[:_MOST_VERSIONS]
    questions: dict[str, Any] = {}
    for version in versions:
        questions = questions | {key: one for key, one in _by_name(version.definition).items() if key not in questions}
    found = {_key(item["question_id"], item["measure"]): item for item in queries.summarise(rows)}
    units = account_queries.list_units(visitor.actor).order_by("name").values_list("id", "name")[:_MOST_CHOICES]
    period = {"since": asked.from_date, "until": asked.to_date}
    query = urlencode({"form": id} | {name: day for name, day in period.items() if day})
    return render(
        request,
        "form_results.html",
        form=form,
        total=queries.sum_up(rows),
        questions=[_tell(key, questions, found[key], voice) for key in questions if key in found],
        units=[(str(unit), name, unit == asked.org_unit_id) for unit, name in units],
        period=period,
        answers=f"{reverse('console:form_results')}?{query}",
    )


def _asked(request: HttpRequest, form_id: UUID, voice: Voice) -> ResultFilters:
    """The period and the org unit of the address; the last thirty days without one. Raises core.invalid_input."""
    today = voice.today()
    since = request.GET.get("since", str(today - timedelta(days=_DAYS - 1)))
    members = {"from_date": since, "to_date": request.GET.get("until")}
    members["org_unit_id"] = request.GET.get("unit")
    try:
        return ResultFilters.model_validate(
            {"form_id": form_id} | {name: word for name, word in members.items() if word}
        )
    except ValidationError as error:
        name = {"from_date": "since", "to_date": "until"}.get(str(error.errors()[0]["loc"][0]), "unit")
        raise InvalidInput(name, reason=voice.say("list.bad_choice")) from None


def _tell(key: str, questions: Mapping[str, Any], item: Mapping[str, Any], voice: Voice) -> dict[str, Any]:
    """One question, or one measure over all products, as the page shows it."""
    asked, names = questions[key], [voice.name(questions[key]["names"])]
    if item["measure"]:
        names.insert(0, voice.name(questions[item["question_id"]]["names"]))
    counts: list[tuple[str, int]] = []
    if item["type"] == "boolean":
        counts = [(voice.say("form_results.yes"), item["yes"]), (voice.say("form_results.no"), item["no"])]
    elif item["type"] in ("choice", "multi_choice"):
        known = _choices(asked, voice)
        counts = [(known.get(id_, id_), item["choices"].get(id_, 0)) for id_ in known | item["choices"]]
    return {
        "name": " · ".join(names),
        "type": voice.say(f"forms.type.{item['type']}"),
        "answers": voice.number(item["answers"]),
        "bars": [_bar(label, count, item["answers"], voice) for label, count in counts],
        "facts": _facts(item, asked.get("unit") or "", voice),
    }


def _bar(label: str, count: int, answers: int, voice: Voice) -> dict[str, Any]:
    share = round(100 * count / answers) if answers else 0
    return {"label": label, "count": voice.number(count), "share": share}


def _facts(item: Mapping[str, Any], unit: str, voice: Voice) -> list[tuple[str, str]]:
    told: dict[str, str] = {}
    if item["type"] == "number" and item["average"] is not None:
        numbers = {name: voice.number(_plain(item[name])) for name in ("average", "least", "greatest")}
        told = {name: f"{number} {unit}".strip() for name, number in numbers.items()}
    elif item["first_day"] is not None:
        told = {"first_day": voice.day(item["first_day"]), "last_day": voice.day(item["last_day"])}
    return [(voice.say(f"forms.results.{name}"), value) for name, value in told.items()]
