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
from files.addresses import Address, seal, unseal
from files.errors import NoRendition, NotStored
from files.feed import ATTACHMENT
from files.kinds import SUFFIXES
from files.models import Attachment, State
from files.serving import send
from files.storage import rendition_name

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
    address = _address(_get(request, attachment_id), asked.rendition)
    query, until = seal(address)
    body = {"url": f"/api/v1/files/content?{query}", "expires_at": to_wire(until), "media_type": address.media_type}
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


def _address(attachment: Attachment, rendition: str) -> Address:
    """What may be read of an attachment. Raises files.not_stored, files.no_rendition."""
    file = attachment.file
    if attachment.state != State.STORED or file is None:
        raise NotStored("id", state=attachment.state)
    shown_as = f"{attachment.kind}-{attachment.id.hex[-12:]}"
    if rendition == "original":
        # A recording has no other form to be played in; a picture's original is evidence, and is not shown in pages.
        inline = not file.media_type.startswith("image/")
        return Address(file.name, file.media_type, f"{shown_as}.{SUFFIXES[file.media_type]}", file.sha256, inline)
    if rendition not in attachment.renditions:
        raise NoRendition("rendition", rendition=rendition)
    name = rendition_name(attachment.company_id, attachment.id, rendition)
    tag = f"{attachment.id.hex}-{rendition}-{int(attachment.prepared_at.timestamp())}"
    return Address(name, "image/jpeg", f"{shown_as}-{rendition}.jpg", tag, inline=True)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor
