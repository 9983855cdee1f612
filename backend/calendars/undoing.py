"""How days of work calendars that an import stated are taken back."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from calendars.models import CalendarDay
from core.imports.errors import RecordChangedSince
from core.imports.registry import Step
from core.imports.reversal import Effect, Reversal, declare


class DaySetting(Reversal):
    """A day is as its week says again, or as it was stated before the import."""

    def load(self, effects: Sequence[Effect]) -> Mapping[UUID, Any]:
        """The days (one query)."""
        ids = {effect.record.id: _day_id(effect) for effect in effects}
        rows = CalendarDay.objects.in_bulk(list(ids.values()))
        return {command: rows[id_] for command, id_ in ids.items() if id_ in rows}

    def plan(self, effect: Effect, row: CalendarDay) -> Step:
        """Raises imports.record_changed_since."""
        said = effect.payload["days"][0]
        if (row.works, row.name, row.hours) != (said["works"], said["name"], said.get("hours")):
            raise RecordChangedSince
        calendar_id, day = effect.payload["calendar_id"], said["day"]
        if effect.result.outcome == "create":
            return Step("calendars.set_days", {"calendar_id": calendar_id, "clear": [day]})
        before = {name: change["from"] for name, change in effect.result.changes.items()}
        back = {name: {"from": change["to"], "to": change["from"]} for name, change in effect.result.changes.items()}
        days = [{"day": day, "works": row.works, "name": row.name, "hours": row.hours} | before]
        return Step("calendars.set_days", {"calendar_id": calendar_id, "days": days}, changes=back)


def _day_id(effect: Effect) -> UUID:
    return uuid5(UUID(effect.payload["calendar_id"]), effect.payload["days"][0]["day"])


declare("calendars.set_days", DaySetting())
