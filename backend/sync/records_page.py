"""A page of command records: what an operator and a phone's user see of verdicts through REST."""

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from ninja import Schema
from pydantic import Field

from core.actor import Actor
from core.clock import to_wire
from core.errors import InvalidInput
from core.records import record_payload_text
from core.rest import json_response, read_cursor, write_cursor
from core.rest_schemas import PageQuery, QueryText, VerdictOut
from sync import queries

_MAX_PAGE = 200


class CommandFilter(PageQuery):
    """Which commands. status, name, user and device narrow the list."""

    status: QueryText | None = None
    name: QueryText | None = None
    user_id: UUID | None = None
    device_id: UUID | None = None
    limit: int = Field(50, ge=1, le=_MAX_PAGE)


class CommandRow(Schema):
    """One recorded command with its latest verdict."""

    id: UUID
    name: str
    schema_: int = Field(alias="schema")
    user_id: UUID
    device_id: UUID | None
    key_id: UUID | None = Field(description="the API key that it came with")
    door: str
    payload: Any
    occurred_at: datetime
    occurred_verified: bool
    received_at: datetime
    waits_for: UUID | None
    verdict: VerdictOut


class CommandPage(Schema):
    """A page of commands, newest first."""

    items: list[CommandRow]
    next: str | None


def command_page(actor: Actor, filters: CommandFilter) -> HttpResponse:
    """The answer: three queries at most whatever the size of the page."""
    rows = queries.list_commands(actor)
    for name in ("status", "name", "user_id", "device_id"):
        if (value := getattr(filters, name)) is not None:
            rows = rows.filter(**{name: value})
    if filters.cursor:
        received_at, id_ = read_cursor(filters.cursor, 2)
        try:
            rows = rows.filter(received_at__lte=received_at).exclude(received_at=received_at, id__gte=id_)
        except (ValidationError, TypeError):  # well formed, but no instant
            raise InvalidInput("cursor", reason="not a cursor of this list") from None
    found = list(rows.order_by("-received_at", "-id")[: filters.limit + 1])
    shown = found[: filters.limit]
    last = queries.list_settlements(actor, [row.id for row in shown])
    items = []
    for row in shown:
        judged = last.get(row.id, row)
        items.append(
            {
                "id": row.id,
                "name": row.name,
                "schema": row.schema,
                "user_id": row.user_id,
                "device_id": row.device_id,
                "key_id": row.key_id,
                "door": row.door,
                "payload": orjson.Fragment(record_payload_text(row)),  # also what no text may hold, as it came
                "occurred_at": to_wire(row.occurred_at),
                "occurred_verified": row.occurred_verified,
                "received_at": to_wire(row.received_at),
                "waits_for": row.waits_for,
                "verdict": {
                    "id": row.id,
                    "seq": row.seq,
                    "status": judged.status,
                    "code": judged.code,
                    "field": judged.field,
                    "message": judged.message,
                    "details": judged.details,
                    "conflicts": judged.conflicts,
                },
            }
        )
    following = None
    if len(found) > filters.limit:
        following = write_cursor([shown[-1].received_at, shown[-1].id])
    return json_response({"items": items, "next": following})
