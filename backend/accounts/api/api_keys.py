"""API keys, for administrators."""

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from accounts import queries
from accounts.commands.api_keys import create_with_secret
from accounts.models import ApiKey
from accounts.schemas import api_keys as shapes
from core.actor import Actor
from core.clock import to_wire
from core.errors import Forbidden
from core.rest import (
    fenced,
    idempotency_key,
    json_response,
    run_command,
    unpublished_page,
    verdict_response,
)
from core.rest_schemas import READ_ERRORS, WRITE_RESPONSES

router = Router(tags=["accounts"])


@router.get("/api-keys", response={200: shapes.ApiKeyPage} | READ_ERRORS)
@fenced
def list_api_keys(request: HttpRequest, filters: Query[shapes.ApiKeyQuery]) -> HttpResponse:
    """The company's API keys without their secrets, for administrators; the last id first."""
    actor = _actor(request)
    if not actor.has_role("admin"):
        raise Forbidden
    rows = queries.list_api_keys(actor)
    if filters.user_id:
        rows = rows.filter(user_id=filters.user_id)
    if filters.is_revoked is not None:
        rows = rows.filter(revoked_at__isnull=not filters.is_revoked)
    return unpublished_page(rows, _key, cursor=filters.cursor, limit=filters.limit)


@router.post("/api-keys", response=WRITE_RESPONSES | {200: shapes.NewApiKeyOut})
def create_api_key(request: HttpRequest, payload: shapes.CreateApiKey) -> HttpResponse:
    """Make an API key (`accounts.create_api_key`). The answer holds the key, this once; it is stored nowhere.

    A retry with the same `Idempotency-Key` has null in its place: revoke the key, and make another one.
    """
    made = create_with_secret(_actor(request), payload, idempotency_key(request))
    if not made.verdict.settled:
        return verdict_response(made.verdict, payload.id)
    return json_response({"id": payload.id, "verdict": made.verdict.as_wire(), "secret": made.secret})


@router.post("/api-keys/revoke", response=WRITE_RESPONSES)
def revoke_api_key(request: HttpRequest, payload: shapes.ApiKeyId) -> HttpResponse:
    """Have an API key refused from now on, for good (`accounts.revoke_api_key`)."""
    return run_command(request, "accounts.revoke_api_key", payload, row_id=payload.id)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor


def _key(row: ApiKey) -> dict[str, object]:
    return {
        "id": row.id,
        "name": row.name,
        "beginning": row.beginning,
        "user_id": row.user_id,
        "scopes": row.scopes,
        "created_at": to_wire(row.created_at),
        "created_by_id": row.created_by_id,
        "expires_at": row.expires_at and to_wire(row.expires_at),
        "last_used_at": row.last_used_at and to_wire(row.last_used_at),
        "revoked_at": row.revoked_at and to_wire(row.revoked_at),
        "revoked_by_id": row.revoked_by_id,
    }
