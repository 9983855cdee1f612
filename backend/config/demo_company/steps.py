"""What the demo company is made of: commands, each with a key from which its id and that of its row follow."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

Ids = Callable[[str], UUID]
"""Makes the id of a row from its key."""


@dataclass(frozen=True, slots=True)
class Step:
    """One command: its name, the key that its id is made of, the payload, and how many days ago it happened, or at."""

    name: str
    key: str
    payload: dict[str, Any]
    days_ago: int = 0
    at: datetime | None = None


def make(command: str, id_: Ids, key: str, days_ago: int = 0, **payload: Any) -> Step:
    """A command that makes the row with this key."""
    return Step(command, key, {"id": str(id_(key)), **payload}, days_ago)


def unit_id(id_: Ids, key: str | None) -> str | None:
    """The id of an org unit of `people.UNITS`."""
    return str(id_(f"unit/{key}")) if key else None
