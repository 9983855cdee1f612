"""The sync endpoints: parse, push, pull, answer. Nothing else.

They read the body and write the answer themselves: validating a page of a megabyte a second time, or a push of a
hundred commands member by member, would cost more than the work. The OpenAPI describes them by `sync.schemas`.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from ninja.security import HttpBearer

from accounts.auth import device_claims
from accounts.errors import DeviceRevoked
from accounts.queries import get_actor, get_actor_on_device
from accounts.tokens import verify_expired
from core.actor import Actor
from core.clock import now, to_wire
from core.errors import Forbidden, TooLarge, Unauthenticated
from core.request_log import note_actor
from core.rest import answered, fenced, run_command
from core.rest_schemas import WRITE_RESPONSES, ErrorBody
from sync import schemas
from sync.compression import json_answer
from sync.limits import MAX_BODY_BYTES
from sync.presence import note_pull
from sync.pull import pull
from sync.push import Push, park_all, push, verdicts_json
from sync.records_page import CommandFilter, CommandPage, command_page
from sync.wire import read_sync

router = Router(tags=["sync"])


class ClaimsOnly(HttpBearer):
    """Takes the token's word for who calls: each half of a sync asks the database in a statement of its own.

    A revoked device must be able to deliver its last push, which a check at the door would turn away.
    """

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        """The actor as the token describes him. Raises accounts.unauthenticated, accounts.not_for_api_keys.

        An expired token gets as far as `_current`, where only a revoked device's last push is taken from it.
        """
        try:
            claims = device_claims(token)
        except Unauthenticated:
            claims = verify_expired(token)
            request.token_expired = True  # type: ignore[attr-defined]
        actor = Actor(claims.company_id, claims.user_id, claims.roles, None, claims.locale, claims.device_id)
        note_actor(actor)
        return answered(actor, request)


def _documented(answer: type[Any]) -> dict[str, Any]:
    return {
        "openapi_extra": {
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": schemas.SyncIn.model_json_schema(by_alias=True)}},
            }
        },
        "response": {200: answer, 400: ErrorBody, 401: ErrorBody, 413: ErrorBody, 422: ErrorBody, 503: ErrorBody},
        "auth": ClaimsOnly(),
    }


@router.post("", **_documented(schemas.SyncOut))
def sync(request: HttpRequest) -> HttpResponse:
    """Push and pull in one round trip."""
    received_at = now()
    body = read_sync(_body(request), received_at)
    verdicts = b"[]"
    actor: Actor = request.auth  # type: ignore[attr-defined]
    if body.push.commands or _expired(request):
        actor = _current(request, body.push, received_at)
        verdicts = verdicts_json(push(actor, body.push, received_at).verdicts)
    answer = pull(actor, body.pull, received_at, verdicts)
    note_pull(actor, body.pull, body.push.clock, received_at)
    return json_answer(request, answer)


@router.post("/push", **_documented(schemas.PushOut))
def push_only(request: HttpRequest) -> HttpResponse:
    """The first half alone: commands in, verdicts out."""
    received_at = now()
    body = read_sync(_body(request), received_at)
    actor = _current(request, body.push, received_at)
    pushed = push(actor, body.push, received_at)
    answer = b'{"received_at":"%s","verdicts":%s,"acknowledged":%d}' % (
        to_wire(received_at).encode(),
        verdicts_json(pushed.verdicts),
        pushed.acknowledged,
    )
    return json_answer(request, answer)


@router.post("/pull", **_documented(schemas.SyncOut))
def pull_only(request: HttpRequest) -> HttpResponse:
    """The second half alone."""
    received_at = now()
    body = read_sync(_body(request), received_at)
    actor: Actor = request.auth  # type: ignore[attr-defined]
    if _expired(request):
        raise Unauthenticated
    answer = pull(actor, body.pull, received_at)
    note_pull(actor, body.pull, body.push.clock, received_at)
    return json_answer(request, answer)


@router.get(
    "/commands",
    response={200: CommandPage, 401: ErrorBody, 403: ErrorBody, 422: ErrorBody},
    by_alias=True,
)
@fenced
def list_commands(request: HttpRequest, filters: Query[CommandFilter]) -> HttpResponse:
    """Commands with their verdicts, newest first: one's own, for managers their subordinates', for admins all."""
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return command_page(actor, filters)


@router.post("/commands/release", response=WRITE_RESPONSES)
def release(request: HttpRequest, payload: schemas.Release) -> HttpResponse:
    """Run a parked or refused command once more, with all that waits for it (`sync.release`)."""
    return run_command(request, "sync.release", payload, row_id=payload.command_id)


@router.post("/commands/discard", response=WRITE_RESPONSES)
def discard(request: HttpRequest, payload: schemas.Discard) -> HttpResponse:
    """Decide that a parked command is not applied (`sync.discard`)."""
    return run_command(request, "sync.discard", payload, row_id=payload.command_id)


@router.post("/conflicts/restore", response=WRITE_RESPONSES)
def restore_value(request: HttpRequest, payload: schemas.RestoreValue) -> HttpResponse:
    """Put a value that lost a conflict back (`sync.restore_value`)."""
    return run_command(request, "sync.restore_value", payload, row_id=payload.conflict_id)


@router.post("/conflicts/accept", response=WRITE_RESPONSES)
def accept_value(request: HttpRequest, payload: schemas.AcceptValue) -> HttpResponse:
    """Settle a conflict and leave the value that stands (`sync.accept_value`)."""
    return run_command(request, "sync.accept_value", payload, row_id=payload.conflict_id)


def _expired(request: HttpRequest) -> bool:
    return getattr(request, "token_expired", False)


def _current(request: HttpRequest, last_push: Push, received_at: datetime) -> Actor:
    """The actor as the database knows him now. A revoked device's last push is stored before it is told to wipe."""
    claimed: Actor = request.auth  # type: ignore[attr-defined]
    try:
        actor = get_actor_on_device(claimed.company_id, claimed.user_id, _device(claimed))
    except DeviceRevoked:
        owner = answered(get_actor(claimed.company_id, claimed.user_id), request)
        stored = park_all(replace(owner, device_id=claimed.device_id), last_push, received_at)
        raise DeviceRevoked(stored=stored) from None
    if _expired(request):
        raise Unauthenticated
    return answered(actor, request)


def _device(actor: Actor) -> UUID:
    if actor.device_id is None:
        raise Forbidden
    return actor.device_id


def _body(request: HttpRequest) -> bytes:
    if int(request.headers.get("Content-Length") or 0) > MAX_BODY_BYTES:
        raise TooLarge(limit=f"{MAX_BODY_BYTES // 2**20} MiB")
    return request.body
