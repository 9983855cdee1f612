"""Writing stretches of points: one statement whatever their number, arrays as text, which PostgreSQL reads fastest."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

import orjson
from django.db import connection

from core.clock import to_wire
from trails.models import Segment

_COLUMNS = (
    "company_id", "user_id", "day", "batch_id", "device_id", "boot_id", "verified", "started_at",
    "offset_ms", "lat_e7", "lon_e7", "accuracy_m", "state_offset_ms", "states",
)  # fmt: skip
_ARRAYS = {"offset_ms": "int", "lat_e7": "int", "lon_e7": "int", "accuracy_m": "smallint", "state_offset_ms": "int"}
_TYPES = {"day": "date", "boot_id": "text", "verified": "boolean", "started_at": "timestamptz", "states": "text[]"}
_INSERT = (
    f"insert into trails_segment ({', '.join(_COLUMNS)}) select "
    + ", ".join(f"r.{name}::{_ARRAYS[name]}[]" if name in _ARRAYS else f"r.{name}" for name in _COLUMNS)
    + " from json_to_recordset(%s::json) as r("
    + ", ".join(f"{name} {'text' if name in _ARRAYS else _TYPES.get(name, 'uuid')}" for name in _COLUMNS)
    + ")"
)


def insert_segments(segments: Iterable[Segment]) -> None:
    """Insert stretches; the partitions of their days must be there (one query, none without any)."""
    rows = [_row(segment) for segment in segments]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_INSERT, [orjson.dumps(rows).decode()])


def delete_segments(user_id: UUID, days: Sequence[date]) -> None:
    """Delete all that is stored of these days of an employee (one query)."""
    Segment.objects.filter(user_id=user_id, day__in=days).delete()


def _row(segment: Segment) -> dict[str, object]:
    row = {name: getattr(segment, name) for name in _COLUMNS} | {"started_at": to_wire(segment.started_at)}
    return row | {name: "{" + ",".join(map(str, row[name])) + "}" for name in _ARRAYS}
