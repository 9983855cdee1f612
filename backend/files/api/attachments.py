"""The endpoints of files that are attached to rows: what there is, where it can be read, what looks alike."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import Query, Router

from core.actor import Actor
from core.clock import to_wire
from core.errors import Forbidden
from core.feeds import kinds_for
from core.rest import fenced, json_response, list_page
from core.rest_schemas import READ_ERRORS, ErrorBody
from files import queries, schemas
from files.addresses import unseal
from files.feed import ATTACHMENT
from files.models import Attachment
from files.reading import address_of, url_of
from files.serving import send

router = Router(tags=["files"])
_BYTES = {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}


@router.get("/attachments", response={200: schemas.AttachmentPage} | READ_ERRORS)
@fenced
def list_attachments(request: HttpRequest, filters: Query[schemas.AttachmentQuery]) -> HttpResponse:
    """The files of a visit, or of whatever else files belong to."""
    rows = queries.list_attachments(_actor(request), filters.subject_id)
    return list_page(
        _actor(request), ATTACHMENT, rows, order=["created_at"], cursor=filters.cursor, limit=filters.limit
    )


@router.get("/{attachment_id}/address", response={200: schemas.AddressOut, 409: ErrorBody} | READ_ERRORS)
@fenced
def get_address(request: HttpRequest, attachment_id: UUID, asked: Query[schemas.AddressQuery]) -> HttpResponse:
    """Where an attached file can be read for the next minutes."""
    address = address_of(_get(request, attachment_id), asked.rendition)
    url, until = url_of(address)
    body = {"url": url, "expires_at": to_wire(until), "media_type": address.media_type}
    return json_response(body)


@router.get("/{attachment_id}/likenesses", response={200: schemas.LikenessList} | READ_ERRORS)
@fenced
def list_likenesses(request: HttpRequest, attachment_id: UUID) -> HttpResponse:
    """The photos of other visits that look like this one, as far as you may see those visits."""
    shown, hidden = queries.list_likenesses(_actor(request), _get(request, attachment_id).id)
    items = [
        {
            "attachment_id": row.other_id,
            "subject_kind": row.other.subject_kind,
            "subject_id": row.other.subject_id,
            "distance": row.distance,
        }
        for row in shown
    ]
    return json_response({"items": items, "hidden": hidden})


@router.api_operation(
    ["GET", "HEAD"],
    "/content",
    auth=None,
    response={200: None, 206: None, 403: ErrorBody, 404: ErrorBody, 416: ErrorBody, 422: ErrorBody},
    openapi_extra={"responses": {200: _BYTES, 206: _BYTES}},
)
def read(request: HttpRequest, asked: Query[schemas.ContentQuery]) -> HttpResponseBase:
    """The bytes behind an address of `…/address`, or the one range of them that is asked for. No token is needed."""
    return send(request, unseal(asked.token))


def _get(request: HttpRequest, id_: UUID) -> Attachment:
    if ATTACHMENT.kind not in kinds_for(_actor(request).roles):
        raise Forbidden
    return queries.get_attachment(_actor(request), id_)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor
