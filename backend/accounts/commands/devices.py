"""The writers of devices."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models.functions import Now

from accounts import queries
from accounts.models import Device, RefreshToken
from accounts.policies import require_device
from accounts.schemas.sessions import DeviceId, RenameDevice
from core.actor import Actor
from core.batches import Batch
from core.clock import now
from core.registry import command


@command("accounts.rename_device", payload=RenameDevice)
def rename_device(actor: Actor, items: Batch[RenameDevice]) -> None:
    """Rename devices. Refuses accounts.device_not_found."""
    devices, subordinates = _lock_devices(items.each("id")), _subordinates(actor)
    for item in items:
        with item:
            device = require_device(actor, devices.get(item.payload.id), subordinates)
            device.name = item.payload.name
            items.write(device)


@command("accounts.revoke_device", payload=DeviceId)
def revoke_device(actor: Actor, items: Batch[DeviceId]) -> None:
    """Shut devices out for good and end their sessions; they are told to remove their data on their next contact.

    Refuses accounts.device_not_found.
    """
    devices, subordinates = _lock_devices(items.each("id")), _subordinates(actor)
    ended = []
    for item in items:
        with item:
            device = require_device(actor, devices.get(item.payload.id), subordinates)
            if device.revoked_at is None:
                device.revoked_at, device.revoked_by_id = now(), actor.user_id
            device.push_id = device.push_kind = None
            items.write(device)
            ended.append(device.id)
    RefreshToken.objects.filter(device_id__in=ended, revoked_at__isnull=True).update(revoked_at=Now())


def _lock_devices(ids: Iterable[UUID]) -> dict[UUID, Device]:
    rows = Device.objects.select_for_update(no_key=True).filter(id__in=ids).order_by("id")
    return {device.id: device for device in rows}


def _subordinates(actor: Actor) -> set[UUID]:
    return set(queries.list_subordinate_ids(actor)) if actor.has_role("manager") else set()
