"""Devices: seen, renamed, revoked."""

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from accounts import queries
from accounts.models import Device
from accounts.schemas import sessions as shapes
from core.actor import Actor
from core.clock import to_wire
from core.rest import fenced, run_command, unpublished_page
from core.rest_schemas import READ_ERRORS, WRITE_RESPONSES

router = Router(tags=["accounts"])


# Devices are published to no phone, so their rows are read from their table.


@router.get("/devices", response={200: shapes.DevicePage} | READ_ERRORS)
@fenced
def list_devices(request: HttpRequest, filters: Query[shapes.DeviceQuery]) -> HttpResponse:
    """The caller's devices, for a manager also his subtree's, for an administrator all; the last id first."""
    rows = queries.list_devices(_actor(request))
    if filters.user_id:
        rows = rows.filter(user_id=filters.user_id)
    if filters.is_revoked is not None:
        rows = rows.filter(revoked_at__isnull=not filters.is_revoked)
    return unpublished_page(rows, _device, cursor=filters.cursor, limit=filters.limit)


@router.post("/devices/rename", response=WRITE_RESPONSES)
def rename_device(request: HttpRequest, payload: shapes.RenameDevice) -> HttpResponse:
    """Give a device another name (`accounts.rename_device`)."""
    return run_command(request, "accounts.rename_device", payload, row_id=payload.id)


@router.post("/devices/revoke", response=WRITE_RESPONSES)
def revoke_device(request: HttpRequest, payload: shapes.DeviceId) -> HttpResponse:
    """Shut a device out for good (`accounts.revoke_device`).

    It delivers what it has recorded, and then removes its data.
    """
    return run_command(request, "accounts.revoke_device", payload, row_id=payload.id)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor


def _device(row: Device) -> dict[str, object]:
    return {
        "id": row.id,
        "user_id": row.user_id,
        "name": row.name,
        "platform": row.platform,
        "app_version": row.app_version,
        "created_at": to_wire(row.created_at),
        "signed_in_at": row.signed_in_at and to_wire(row.signed_in_at),
        "revoked_at": row.revoked_at and to_wire(row.revoked_at),
        "revoked_by_id": row.revoked_by_id,
    }
