"""The endpoints of notifications."""

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from core.actor import Actor
from core.rest import fenced, list_page, run_command
from core.rest_schemas import READ_ERRORS, WRITE_RESPONSES
from notify import queries, schemas
from notify.feed import NOTIFICATION

router = Router(tags=["notifications"])


@router.get("/notifications", response={200: schemas.NotificationPage} | READ_ERRORS)
@fenced
def list_notifications(request: HttpRequest, filters: Query[schemas.NotificationQuery]) -> HttpResponse:
    """Your own notifications: the unread first, then the latest."""
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return list_page(
        actor,
        NOTIFICATION,
        queries.list_own(actor, filters.unread),
        order=["is_read", "-raised_at"],
        cursor=filters.cursor,
        limit=filters.limit,
        beside={"unread": queries.count_unread(actor)},
    )


@router.post("/notifications/mark-read", response=WRITE_RESPONSES)
def mark_read(request: HttpRequest, payload: schemas.MarkRead) -> HttpResponse:
    """Say that you have read notifications (`notify.mark_read`)."""
    return run_command(request, "notify.mark_read", payload)
