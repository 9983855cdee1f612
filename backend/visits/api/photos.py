"""The endpoints of photos, signatures and voice notes."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from core.actor import Actor
from core.rest import fenced, list_page, run_command
from core.rest_schemas import READ_ERRORS, WRITE_RESPONSES, PageQuery
from visits.feed import PHOTO
from visits.queries import photos as queries
from visits.queries import visits as visit_queries
from visits.schemas import photos as schemas

router = Router(tags=["visits"])


@router.get("/visits/{id}/photos", response={200: schemas.PhotoPage} | READ_ERRORS)
@fenced
def list_photos(request: HttpRequest, id: UUID, page: Query[PageQuery]) -> HttpResponse:
    """The photos, signatures and voice notes of a visit. What became of their files: `/files/attachments`."""
    rows = queries.list_photos(visit_queries.get_visit(_actor(request), id).id)
    return list_page(_actor(request), PHOTO, rows, order=["occurred_at"], cursor=page.cursor, limit=page.limit)


@router.post("/visits/{id}/photos", response=WRITE_RESPONSES | {413: WRITE_RESPONSES[422]})
def add_photo(request: HttpRequest, id: UUID, payload: schemas.AddPhotoBody) -> HttpResponse:
    """Attach a photo, a signature or a voice note (`visits.add_photo`). The answer's id is its own.

    The bytes go to `/files/`, before or after.
    """
    command = schemas.AddPhoto.model_validate({"visit_id": id, **payload.model_dump(exclude_unset=True)})
    return run_command(request, "visits.add_photo", command, row_id=payload.id)


@router.post("/photos/{id}/withdraw", response=WRITE_RESPONSES)
def withdraw_photo(request: HttpRequest, id: UUID, payload: schemas.WithdrawPhotoBody) -> HttpResponse:
    """Take a photo, a signature or a voice note back (`visits.withdraw_photo`)."""
    command = schemas.WithdrawPhoto(id=id, reason=payload.reason)
    return run_command(request, "visits.withdraw_photo", command, row_id=id)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor
