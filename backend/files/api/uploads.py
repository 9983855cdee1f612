"""The endpoints of uploads, as tus 1.0 has them: make one, ask where it stands, send bytes, give it up."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from core.actor import Actor
from core.bodies import body_as_file
from core.errors import DomainError
from core.fence import company_fence
from core.rest import error_response, locale_of
from core.rest_schemas import ErrorBody
from files import queries, storage, tus
from files.commands import finishing
from files.commands.uploads import append, create, terminate
from files.kinds import LARGEST, plain_type
from files.models import Upload

router = Router(tags=["uploads"])
_ERRORS = {401: ErrorBody, 404: ErrorBody, 412: ErrorBody, 422: ErrorBody}
_SENDING_ERRORS = {400: ErrorBody, 409: ErrorBody, 413: ErrorBody, 415: ErrorBody, 460: ErrorBody}


def _header(name: str, text: str, schema: dict[str, Any], *, required: bool = True) -> dict[str, Any]:
    return {"in": "header", "name": name, "required": required, "description": text, "schema": schema}


_VERSION = _header("Tus-Resumable", "the protocol's version", {"type": "string", "enum": [tus.VERSION]})
_LENGTH = _header("Upload-Length", "bytes of the whole file", {"type": "integer", "minimum": 1})
_METADATA = _header(
    "Upload-Metadata",
    "`sha256 <Base64 of 64 hex digits>,media_type <Base64 of the type>`",
    {"type": "string", "maxLength": 2000},
)
_OFFSET = _header("Upload-Offset", "where these bytes belong: the upload's present offset", {"type": "integer"})
_CHECKSUM = _header(
    "Upload-Checksum",
    "`sha256 <Base64>` or `sha1 <Base64>` of this request's bytes",
    {"type": "string"},
    required=False,
)
_BYTES = {"content": {tus.CONTENT_TYPE: {"schema": {"type": "string", "format": "binary"}}}}


def speaks_tus(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Demand the protocol's version, and say it in every answer, refusals included."""

    @wraps(view)
    def speaking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            tus.require_version(request.headers)
            response = view(request, *args, **kwargs)
        except DomainError as refusal:
            response = error_response(refusal, locale_of(request))
            if refusal.status == 412:
                response["Tus-Version"] = tus.VERSION
        response["Tus-Resumable"] = tus.VERSION
        response["Cache-Control"] = "no-store"
        return response

    return speaking


@router.api_operation(["OPTIONS"], "/", auth=None, response={204: None})
def tell_capabilities(request: HttpRequest) -> HttpResponse:
    """What this server can do of tus, and how large a file may be."""
    return HttpResponse(status=204, headers=tus.capabilities() | {"Tus-Max-Size": str(LARGEST)})


@router.post(
    "/",
    response={201: None, 429: ErrorBody} | _ERRORS | _SENDING_ERRORS,
    openapi_extra={
        "parameters": [_VERSION, _LENGTH, _METADATA, _CHECKSUM],
        "requestBody": {"required": False, **_BYTES},
    },
)
@speaks_tus
def begin(request: HttpRequest) -> HttpResponse:
    """Begin to upload a file, or go on with it; the first bytes may come along.

    The answer's `Location` is the upload, and its `Upload-Offset` says how much of the file is here already: all of it,
    if the company has the same file. An upload that is not gone on with is given up at `Upload-Expires`.
    """
    actor = _actor(request)
    with body_as_file(request, storage.incoming(), LARGEST) as (body, size):
        wanted = tus.read_announcement(request.headers, plain_type)
        checksum = tus.read_checksum(request.headers)
        if size:
            tus.require_content_type(request.headers)
        upload = create(actor, wanted)
        if size and not upload.received:
            upload = append(actor, upload.id, 0, body, size, checksum)
    response = _answer(upload, 201)
    response["Location"] = request.build_absolute_uri(f"/api/v1/files/{upload.id}")
    return response


@router.api_operation(
    ["HEAD"],
    "/{upload_id}",
    response={200: None, 401: None, 404: None, 412: None, 422: None},
    openapi_extra={"parameters": [_VERSION]},
)
@speaks_tus
def find_offset(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """How much of the file is here: `Upload-Offset` of `Upload-Length`. Equal: it is stored."""
    actor = _actor(request)
    with company_fence(actor.company_id):
        upload = queries.get_upload(actor, upload_id)
    response = _answer(finishing.finish_if_whole(upload), 200)
    response["Upload-Length"] = str(upload.bytes)
    return response


@router.patch(
    "/{upload_id}",
    response={204: None} | _ERRORS | _SENDING_ERRORS,
    openapi_extra={
        "parameters": [_VERSION, _OFFSET, _CHECKSUM],
        "requestBody": {"required": True, **_BYTES},
    },
)
@speaks_tus
def receive(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """Send bytes from `Upload-Offset` on; with the last of them the file is looked at and stored.

    When the connection breaks, what has arrived counts: ask for the offset, and go on from there.
    """
    with body_as_file(request, storage.incoming(), LARGEST) as (body, size):
        if size:
            tus.require_content_type(request.headers)
        offset = tus.read_number(request.headers, "Upload-Offset")
        checksum = tus.read_checksum(request.headers)
        upload = append(_actor(request), upload_id, offset, body, size, checksum)
    return _answer(upload, 204)


@router.delete("/{upload_id}", response={204: None} | _ERRORS, openapi_extra={"parameters": [_VERSION]})
@speaks_tus
def give_up(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """Give an upload up. A file that it became already stays."""
    terminate(_actor(request), upload_id)
    return HttpResponse(status=204)


def _answer(upload: Upload, status: int) -> HttpResponse:
    headers = {"Upload-Offset": str(upload.received)}
    if upload.finished_at is None:
        headers["Upload-Expires"] = tus.expires(upload.expires_at)
    return HttpResponse(status=status, headers=headers)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor
