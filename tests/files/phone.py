"""What a phone does with a file, request by request."""

import base64
import hashlib
from typing import Any
from uuid import UUID

from django.http import HttpResponse

from core.ids import uuid7
from tests.personas import ApiClient, Persona
from tests.visits.field import FIX, MORNING, applied, push, request

UPLOADS = "/api/v1/files/"


def sha256(data: bytes) -> str:
    """The hash by which a file is named."""
    return hashlib.sha256(data).hexdigest()


def metadata(**values: str) -> str:
    """The values as `Upload-Metadata`."""
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in values.items())


def checksum(data: bytes, algorithm: str = "sha256") -> str:
    """The value of `Upload-Checksum`."""
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, data).digest()).decode()}"


def announcement(data: bytes, media_type: str = "image/jpeg", **changes: str) -> dict[str, str]:
    """The headers that create an upload of these bytes."""
    return {
        "Tus-Resumable": "1.0.0",
        "Upload-Length": str(len(data)),
        "Upload-Metadata": metadata(sha256=sha256(data), media_type=media_type),
    } | changes


def chunk_headers(offset: int, **more: str) -> dict[str, str]:
    """The headers of bytes from `offset` on."""
    return {
        "Tus-Resumable": "1.0.0",
        "Upload-Offset": str(offset),
        "Content-Type": "application/offset+octet-stream",
    } | more


def create(client: ApiClient, data: bytes, media_type: str = "image/jpeg", **changes: str) -> HttpResponse:
    """Begin an upload."""
    return client.generic("POST", UPLOADS, headers=announcement(data, media_type, **changes))


def address(response: HttpResponse) -> str:
    """The path of the upload that was begun."""
    assert response.status_code == 201, response.content
    return UPLOADS + response["Location"].rpartition("/")[2]


def send(client: ApiClient, path: str, offset: int, data: bytes, **more: str) -> HttpResponse:
    """Send bytes from `offset` on."""
    headers = chunk_headers(offset, **more)
    return client.generic("PATCH", path, data, content_type=headers.pop("Content-Type"), headers=headers)


def offset(client: ApiClient, path: str) -> tuple[int, int]:
    """How much of how much is here."""
    response = client.generic("HEAD", path, headers={"Tus-Resumable": "1.0.0"})
    assert response.status_code == 200, response.status_code
    return int(response["Upload-Offset"]), int(response["Upload-Length"])


def upload(client: ApiClient, data: bytes, media_type: str = "image/jpeg") -> HttpResponse:
    """Send a whole file; returns the last answer."""
    created = create(client, data, media_type)
    if int(created["Upload-Offset"]) == len(data):
        return created
    return send(client, address(created), 0, data)


def photo_payload(visit_id: UUID, data: bytes, media_type: str = "image/jpeg", **fields: Any) -> dict[str, Any]:
    """A photo of the visit, as the command names it."""
    file = {"sha256": sha256(data), "bytes": len(data), "media_type": media_type}
    return {"id": str(uuid7()), "visit_id": str(visit_id), "kind": "photo", "file": file, "fix": FIX} | fields


def add_photo(persona: Persona, visit_id: UUID, data: bytes, media_type: str = "image/jpeg", **fields: Any) -> UUID:
    """A photo of the visit; returns its id, which is also that of the attachment."""
    payload = photo_payload(visit_id, data, media_type, **fields)
    applied(*push(persona, request("visits.add_photo", payload, occurred_at=MORNING)))
    return UUID(payload["id"])


def attachment(client: ApiClient, visit_id: UUID, photo_id: UUID) -> dict[str, Any]:
    """The photo's file as everybody is told of it."""
    response = client.get(f"/api/v1/files/attachments?subject_id={visit_id}")
    assert response.status_code == 200, response.content
    found: dict[str, Any] = {item["id"]: item for item in response.json()["items"]}[str(photo_id)]
    return found
