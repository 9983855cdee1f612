"""The writer of answer sets to forms, and of their results."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from accounts import queries as account_queries
from catalog import queries as catalog_queries
from core.actor import Actor
from core.batches import Batch, Item
from core.edits import plain
from core.ids import uuid7
from core.registry import command
from core.writing import canonical
from customers import queries as customer_queries
from files.jobs import prepare_named
from files.kinds import require_nameable
from forms import queries as form_queries
from forms.answers import Value
from forms.errors import AnswerProductUnknown, VersionNotFound
from forms.evaluation import Evaluation, Place, evaluate
from visits import policies
from visits.models.forms import FormAnswer, FormResult
from visits.models.visits import Visit
from visits.queries import forms as queries
from visits.queries import participants as participant_queries
from visits.queries import visits as visit_queries
from visits.reach import customers_of, reps_of, visit_in_reach
from visits.schemas.forms import AnswerForm

_TEXTS = ("text", "barcode")


@dataclass(slots=True)
class _Given:
    """An answer set that is not refused so far."""

    visit: Visit
    form_id: UUID
    result: Evaluation


@command("visits.answer_form", payload=AnswerForm, creates="id")
def answer_form(actor: Actor, items: Batch[AnswerForm]) -> None:
    """Answer forms on visits, in whatever state those are; each set keeps the version that it was given on.

    What is required and not there is noted, not refused; a set that is given later counts in place of the one before
    it, whichever arrives first. Refuses visits.not_found, visits.not_yours, forms.version_not_found,
    forms.answer_unknown, forms.answer_unfit, forms.answer_out_of_range, forms.answer_not_a_choice,
    forms.answer_product_unknown, files.type_not_allowed, files.too_large, core.id_taken; parks sync.scope_lost.
    """
    visits = visit_queries.lock_visits(items.each("visit_id"))
    reach = customer_queries.reach(actor, customers_of(visits))
    team = visit_queries.list_team(actor, reps_of(visits))
    along = participant_queries.list_participant_ids(visits)
    versions = form_queries.list_published(items.each("form_version_id"))
    given: dict[UUID, _Given] = {}
    for item in items:
        with item:
            visit = visit_in_reach(item.payload.visit_id, visits, reach)
            policies.may_log(actor, visit, team, along.get(visit.id, set()))
            version = versions.get(item.payload.form_version_id)
            if version is None:
                raise VersionNotFound("form_version_id")
            result = evaluate(version.definition, item.payload.answers)
            for question, kind, file in result.files:
                require_nameable(kind, file.media_type, file.bytes, f"answers.{question}")
            given[item.id] = _Given(visit, version.form_id, result)
    _require_products(items, given)
    _write(actor, items, given)
    prepare_named(actor.company_id, {file.sha256 for one in given.values() for _, _, file in one.result.files})


def _require_products(items: Batch[AnswerForm], given: Mapping[UUID, _Given]) -> None:
    """Refuse the sets that name a product which does not exist: the shape cannot tell of a matrix of a category."""
    named = {id_: _products(one.result) for id_, one in given.items()}
    known = catalog_queries.list_product_ids(product for places in named.values() for product in places)
    for item in items:
        with item:
            for product, question in named[item.id].items():
                if product not in known:
                    raise AnswerProductUnknown(f"answers.{question}", question=question, product_id=str(product))


def _products(result: Evaluation) -> dict[UUID, str]:
    return {place.product_id: place.question for place, _, _ in result.cells if place.product_id is not None}


def _write(actor: Actor, items: Batch[AnswerForm], given: Mapping[UUID, _Given]) -> None:
    """Write the sets; of those on one form at one visit, the last one counts and has results."""
    days = account_queries.list_company_days(actor.company_id, (item.occurred_at for item in items.items))
    counting = queries.find_counting({one.visit.id for one in given.values()})
    replaced: list[FormAnswer] = []
    for item in items:
        one = given[item.id]
        answer = _answer(actor, item, one)
        rival = counting.get((one.visit.id, one.form_id))
        answer.counts = rival is None or (rival.occurred_at, rival.id) < (answer.occurred_at, answer.id)
        if answer.counts:
            counting[one.visit.id, one.form_id] = answer
            if rival is not None:
                rival.counts = False
                replaced.append(rival)
                items.write(rival)
        items.write(answer)
    for row in queries.list_results_of(row.id for row in replaced if not row._state.adding):
        items.delete(row)
    for item in items:
        one = given[item.id]
        if counting[one.visit.id, one.form_id].id == item.payload.id:
            for result in _results(item, one, days[item.occurred_at]):
                items.write_fact(FormResult, result)


def _answer(actor: Actor, item: Item[AnswerForm], one: _Given) -> FormAnswer:
    result, request = one.result, item.request
    files = [
        {
            "id": str(file.id),
            "question": question,
            "kind": kind,
            **file.model_dump(include={"sha256", "bytes", "media_type"}),
        }
        for question, kind, file in result.files
    ]
    return FormAnswer.new(
        id=item.payload.id,
        company_id=actor.company_id,
        visit_id=one.visit.id,
        customer_id=one.visit.customer_id,
        author_id=actor.author_id,
        device_id=actor.device_id,
        form_id=one.form_id,
        form_version_id=item.payload.form_version_id,
        answers=orjson.Fragment(canonical(request.payload["answers"])),
        files=files,
        hidden=result.hidden,
        missing=[plain(asdict(place)) for place in result.missing],
        complete=not result.missing,
        percent=result.percent,
        parts=[asdict(part) for part in result.parts],
        occurred_at=item.occurred_at,
        occurred_verified=request.occurred_verified,
    )


def _results(item: Item[AnswerForm], one: _Given, answered_on: date) -> Iterable[dict[str, Any]]:
    """The rows of what an answer set says: one for each question, cell and choice."""
    common = {
        "company_id": one.visit.company_id,
        "answer_id": item.payload.id,
        "visit_id": one.visit.id,
        "customer_id": one.visit.customer_id,
        "rep_id": one.visit.rep_id,
        "form_id": one.form_id,
        "form_version_id": item.payload.form_version_id,
        "answered_on": answered_on,
    }
    for place, kind, value in one.result.cells:
        for number, typed in enumerate(_typed(kind, value)):
            yield common | _where(place, kind) | typed | {"id": uuid7(), "is_first": number == 0}


def _where(place: Place, kind: str) -> dict[str, Any]:
    return {
        "question_id": place.question,
        "measure": place.measure or "",
        "product_id": place.product_id,
        "type": kind,
    }


def _typed(kind: str, value: Value) -> list[dict[str, Any]]:
    """The columns of a value, several times where several choices were made."""
    blank: dict[str, Any] = dict.fromkeys(("number", "text", "choice", "day", "yes"))
    if kind in ("photo", "signature"):
        assert isinstance(value, tuple)
        return [blank | {"number": Decimal(len(value))}]
    if isinstance(value, tuple):
        return [blank | {"choice": chosen} for chosen in value]
    columns = {"number": "number", "boolean": "yes", "date": "day", "choice": "choice"}
    return [blank | {"text" if kind in _TEXTS else columns[kind]: value}]
