"""Devices: every phone, tablet and browser with the app, when it last synchronised and how that went."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Now
from django.http import HttpRequest
from django.urls import reverse

from accounts import queries as account_queries
from accounts.errors import DeviceNotFound
from console.cells import Cell, Column, Link, State
from console.filters import Choice, Search
from console.forms import CommandForm, Field, Values
from console.lists import List, RowAction
from console.registry import Place
from core.actor import Actor
from core.clock import now
from sync import queries as sync_queries

SILENT = timedelta(days=3)
"""A phone that is used synchronises several times a day; three days cover a weekend."""


def _state(device: Any) -> State:
    if device.revoked_at is not None:
        return State("devices.state.revoked", "bad")
    if device.synced_at < now() - SILENT:
        return State("devices.state.silent", "warn")
    return State("devices.state.active", "good")


def _commands(device: Any) -> Cell:
    """How many commands it sent; leads to them."""
    address = f"{reverse('console:audit')}?{urlencode({'device': device.id})}"
    return Link(str(device.commands), address) if device.commands else 0


DEVICES = List(
    name="devices",
    path="devices",
    place=Place("people", 30, "phone"),
    rows=sync_queries.list_device_states,
    order="-synced_at",
    columns=(
        Column("name", lambda device, _: device.name, sort="name", is_title=True),
        Column("user", lambda device, _: device.user.name, sort="user__name"),
        Column("state", lambda device, _: _state(device)),
        Column("synced", lambda device, _: device.last_sync_at, sort="synced_at"),
        Column("platform", lambda device, _: State(f"devices.platform.{device.platform}")),
        Column("app_version", lambda device, _: device.app_version, sort="app_version"),
        Column("clock", lambda device, _: _seconds(device.clock_offset_ms)),
        Column("commands", lambda device, _: _commands(device), sort="commands"),
        Column("refused", lambda device, _: device.refused, sort="refused"),
        Column("parked", lambda device, _: device.parked, sort="parked"),
        Column("repairs", lambda device, _: device.repairs, sort="repairs"),
    ),
    filters=(
        Search(("name", "user__name", "user__username")),
        Choice("platform", {name: Q(platform=name) for name in ("android", "ios", "web", "other")}),
        Choice(
            "state",
            {
                "active": Q(revoked_at=None, synced_at__gte=Now() - SILENT),
                "silent": Q(revoked_at=None, synced_at__lt=Now() - SILENT),
                "revoked": Q(revoked_at__isnull=False),
            },
        ),
    ),
    row_actions=(
        RowAction("devices.rename"),
        RowAction("devices.revoke", needs=lambda device, actor: device.revoked_at is None),
    ),
    live="accounts sync visits customers",
    empty_icon="phone",
).register()


def _seconds(offset_ms: int | None) -> float | None:
    return None if offset_ms is None else round(offset_ms / 1000, 1)


def _device(actor: Actor, id: UUID) -> Any:
    device = account_queries.list_devices(actor).filter(id=id).select_related("user").first()
    if device is None:
        raise DeviceNotFound("id")
    return device


def _named(device: Any) -> str:
    return f"{device.name} · {device.user.name}"


def _name(device: Any, request: HttpRequest) -> Values:
    return {"name": device.name}


RENAME = CommandForm(
    "devices.rename",
    "devices/<uuid:id>/rename",
    command="accounts.rename_device",
    fields=(Field("name", empty=""),),
    subject=_device,
    named=_named,
    start=_name,
    back="devices",
).register()

REVOKE = CommandForm(
    "devices.revoke",
    "devices/<uuid:id>/revoke",
    command="accounts.revoke_device",
    subject=_device,
    named=_named,
    back="devices",
    danger=True,
).register()
