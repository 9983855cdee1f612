"""The trails endpoints."""

from datetime import date
from typing import Any
from uuid import UUID

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from core.actor import Actor
from core.clock import now
from core.errors import Forbidden, TooLarge
from core.payloads import Day
from core.rest import fenced, json_response, list_page, run_command
from core.rest_schemas import READ_ERRORS, WRITE_RESPONSES, ErrorBody, PageQuery
from trails import policies, queries, schemas
from trails.batches import read_batch
from trails.commands.points import as_wire, take_batch
from trails.feed import ACCESS, CONSENT, CONSENT_TEXT, DAY, POLICY
from trails.last_positions import look_at_positions
from trails.looking import log_look, look_at_day
from trails.purposes import View

router = Router(tags=["trails"])
MAX_BODY_BYTES = 2 * 2**20
LOOK_ERRORS = READ_ERRORS | {410: ErrorBody}
_BATCH: dict[str, Any] = {
    "openapi_extra": {
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": schemas.BatchIn.model_json_schema(by_alias=True)}},
        }
    },
    "response": {200: schemas.BatchOut, 401: ErrorBody, 403: ErrorBody, 409: ErrorBody, 413: ErrorBody, 422: ErrorBody},
}


@router.post("/trails/points", **_BATCH)
def take_points(request: HttpRequest) -> HttpResponse:
    """Deliver a batch of at most 5,000 points of the caller's own trail. The same batch again changes nothing.

    A point is stored only if, at its moment, a policy of the org unit, the employee's consent and his working hours
    allowed it; the answer counts the others by reason, and nothing of them is kept. Keep a batch until this answered.
    """
    received_at = now()
    actor = _actor(request)
    if actor.device_id is None:
        raise Forbidden
    if int(request.headers.get("Content-Length") or 0) > MAX_BODY_BYTES:
        raise TooLarge(limit=f"{MAX_BODY_BYTES // 2**20} MiB")
    receipt = take_batch(actor, actor.device_id, read_batch(request.body, received_at), received_at)
    return json_response(as_wire(receipt, actor.locale))


@router.get("/trails/days/{user_id}/{day}", response={200: schemas.TrailDayOut} | LOOK_ERRORS)
@fenced
def get_trail_day(request: HttpRequest, user_id: UUID, day: Day, asked: Query[schemas.TrailDayQuery]) -> HttpResponse:
    """One day of an employee: his trail, stops, gaps and mileage. One's own, or of somebody below, for a purpose.

    Whoever looks is noted, and the employee can read it.
    """
    return json_response(look_at_day(_actor(request), user_id, day, asked, now()))


@router.get("/trails/last-positions", response={200: schemas.PositionPage} | READ_ERRORS)
@fenced
def list_last_positions(request: HttpRequest, asked: Query[schemas.LookQuery]) -> HttpResponse:
    """Where the people below the caller were last, each with its age, and himself; one's own alone without a purpose.

    Noted once an hour for as long as somebody keeps looking.
    """
    items = look_at_positions(_actor(request), asked.purpose, asked.note, now())
    return HttpResponse(f'{{"items":{items}}}', content_type="application/json")


@router.get("/trails/mileage", response={200: schemas.DayFigurePage} | READ_ERRORS)
@fenced
def list_mileage(request: HttpRequest, asked: Query[schemas.MileageQuery]) -> HttpResponse:
    """What days came to: mileage and stops. One's own; with a purpose, those of the people below too."""
    actor, at = _actor(request), now()
    if asked.purpose is not None:
        policies.may_name(asked.purpose, View.MILEAGE)
    if asked.user_id is not None:
        queries.require_in_sight(actor, asked.user_id)
    rows = queries.list_figures(
        actor, asked.purpose, user_id=asked.user_id, from_date=asked.from_date, to_date=asked.to_date, at=at
    )
    page = list_page(actor, DAY, rows, order=["-day"], cursor=asked.cursor, limit=asked.limit)
    items = orjson.loads(page.content)["items"]
    log_look(actor, [UUID(item["user_id"]) for item in items], View.MILEAGE, asked, _days_of(items))
    return page


@router.get("/trails/access-log", response={200: schemas.TrailAccessPage} | READ_ERRORS)
@fenced
def list_accesses(request: HttpRequest, page: Query[PageQuery]) -> HttpResponse:
    """Who looked at the caller's own trail, the latest first."""
    actor = _actor(request)
    rows = queries.list_accesses(actor)
    return list_page(actor, ACCESS, rows, order=["-at"], cursor=page.cursor, limit=page.limit)


@router.get("/trails/policies", response={200: schemas.PolicyPage} | READ_ERRORS)
@fenced
def list_policies(request: HttpRequest, page: Query[PageQuery]) -> HttpResponse:
    """The company's trail policies, the latest first. Everybody may know them."""
    rows = queries.list_policies()
    return list_page(_actor(request), POLICY, rows, order=["-effective_at"], cursor=page.cursor, limit=page.limit)


@router.post("/trails/policies", response=WRITE_RESPONSES)
def set_policy(request: HttpRequest, payload: schemas.SetPolicy) -> HttpResponse:
    """Say whether, what for and when an org unit's people are tracked (`trails.set_policy`)."""
    return run_command(request, "trails.set_policy", payload, row_id=payload.id)


@router.get("/trails/consent-texts", response={200: schemas.ConsentTextPage} | READ_ERRORS)
@fenced
def list_texts(request: HttpRequest, page: Query[PageQuery]) -> HttpResponse:
    """The texts that employees are asked to agree to, the latest first."""
    rows = queries.list_texts()
    return list_page(_actor(request), CONSENT_TEXT, rows, order=["-text_version"], cursor=page.cursor, limit=page.limit)


@router.post("/trails/consent-texts", response=WRITE_RESPONSES)
def publish_text(request: HttpRequest, payload: schemas.PublishText) -> HttpResponse:
    """Publish a text to agree to (`trails.publish_text`)."""
    return run_command(request, "trails.publish_text", payload, row_id=payload.id)


@router.get("/trails/consents", response={200: schemas.ConsentPage} | READ_ERRORS)
@fenced
def list_consents(request: HttpRequest, asked: Query[schemas.ConsentQuery]) -> HttpResponse:
    """An employee's words on his consent, the latest first: one's own, or those of somebody below."""
    actor = _actor(request)
    rows = queries.list_consents(actor, asked.user_id)
    return list_page(actor, CONSENT, rows, order=["-occurred_at"], cursor=asked.cursor, limit=asked.limit)


@router.post("/trails/consents", response=WRITE_RESPONSES)
def give_consent(request: HttpRequest, payload: schemas.GiveConsent) -> HttpResponse:
    """Agree to a text, for oneself (`trails.give_consent`)."""
    return run_command(request, "trails.give_consent", payload, row_id=payload.id)


@router.post("/trails/consents/withdraw", response=WRITE_RESPONSES)
def withdraw_consent(request: HttpRequest, payload: schemas.WithdrawConsent) -> HttpResponse:
    """Agree no longer, for oneself (`trails.withdraw_consent`)."""
    return run_command(request, "trails.withdraw_consent", payload, row_id=payload.id)


def _days_of(items: list[dict[str, Any]]) -> tuple[date, date] | None:
    days = [date.fromisoformat(item["day"]) for item in items]
    return (min(days), max(days)) if days else None


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor
