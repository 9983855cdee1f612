"""The endpoints of answer sets and of their results."""

from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from core.actor import Actor
from core.errors import InvalidInput
from core.rest import fenced, json_response, list_page, read_cursor, run_command, write_cursor
from core.rest_schemas import READ_ERRORS, WRITE_RESPONSES, PageQuery
from visits.feed import FORM_ANSWER
from visits.queries import forms as queries
from visits.queries import visits as visit_queries
from visits.schemas import forms as schemas

router = Router(tags=["forms"])
_MEMBERS = tuple(schemas.ResultOut.model_fields)


@router.get("/visits/{id}/forms", response={200: schemas.FormAnswerPage} | READ_ERRORS)
@fenced
def list_answers(request: HttpRequest, id: UUID, page: Query[PageQuery]) -> HttpResponse:
    """The answer sets of a visit, in the order in which they were given; of each form the last one counts."""
    rows = queries.list_answers(visit_queries.get_visit(_actor(request), id).id)
    return list_page(_actor(request), FORM_ANSWER, rows, order=["occurred_at"], cursor=page.cursor, limit=page.limit)


@router.post("/visits/{id}/forms", response=WRITE_RESPONSES | {413: WRITE_RESPONSES[422]})
def answer_form(request: HttpRequest, id: UUID, payload: schemas.AnswerFormBody) -> HttpResponse:
    """Answer a form (`visits.answer_form`). The answer's id is the answer set's."""
    command = schemas.AnswerForm.model_validate({"visit_id": id, **payload.model_dump(exclude_unset=True)})
    return run_command(request, "visits.answer_form", command, row_id=payload.id)


@router.get("/form-results", response={200: schemas.ResultPage} | READ_ERRORS)
@fenced
def list_results(request: HttpRequest, asked: Query[schemas.ResultQuery]) -> HttpResponse:
    """What forms were answered at the customers you may see, question by question, the latest first."""
    rows = queries.list_results(_actor(request), asked)
    if asked.cursor:
        day, id_ = read_cursor(asked.cursor, 2)
        try:
            rows = queries.after(rows, date.fromisoformat(day), id_)
        except (TypeError, ValueError):  # well formed, but not of this list
            raise InvalidInput("cursor", reason="not a cursor of this list") from None
    found = list(rows.order_by("-answered_on", "id").values(*_MEMBERS)[: asked.limit + 1])
    shown = found[: asked.limit]
    following = write_cursor([shown[-1]["answered_on"], shown[-1]["id"]]) if len(found) > asked.limit else None
    items = [row | {"number": None if row["number"] is None else _plain(row["number"])} for row in shown]
    return json_response({"items": items, "next": following})


@router.get("/form-results/summary", response={200: schemas.ResultSummary} | READ_ERRORS)
@fenced
def summarise_results(request: HttpRequest, asked: Query[schemas.ResultFilters]) -> HttpResponse:
    """What the answers at the customers you may see come to, question by question."""
    items = queries.summarise(queries.list_results(_actor(request), asked))
    numbers = ("average", "least", "greatest")
    told = [item | {name: None if item[name] is None else _plain(item[name]) for name in numbers} for item in items]
    return json_response({"items": told})


def _plain(number: object) -> str:
    """A decimal string without idle zeros."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor
