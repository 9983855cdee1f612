"""Who may do what with people and devices. Org units, users and territories belong to administrators: their commands
are registered for that role alone."""

from collections.abc import Collection
from uuid import UUID

from accounts.errors import DeviceNotFound, NotForApiKeys
from accounts.models import Device
from core.actor import Actor

ADMIN = frozenset({"admin"})


def require_device(actor: Actor, device: Device | None, subordinate_ids: Collection[UUID]) -> Device:
    """The device, which the actor may rename and revoke: his own, a manager his subtree's, an administrator any.

    subordinate_ids: the users in the actor's subtree, if he is a manager. Raises DeviceNotFound, whether the device
    is not there or is not his to see.
    """
    if device is None:
        raise DeviceNotFound
    if device.user_id == actor.user_id or actor.has_role("admin"):
        return device
    if actor.has_role("manager") and device.user_id in subordinate_ids:
        return device
    raise DeviceNotFound


def require_person(actor: Actor) -> None:
    """Raises NotForApiKeys where a program acts: keys make no keys, and change nobody's way of signing in."""
    if actor.key_id is not None:
        raise NotForApiKeys
