"""The timeline of a customer: what happened there, and what was done to its record, told in the order of time."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from console.cells import State
from console.plain_words import Names, ids_in, summary
from console.registry import PAGES
from console.voice import Voice
from core.actor import Actor
from core.errors import InvalidInput
from sync import queries as sync_queries
from visits.queries.timeline import Moment, Position, list_moments

PAGE = 20
_ICONS = {
    "visit": "pin",
    "cancelled": "close",
    "log": "book",
    "photos": "camera",
    "competitor": "search",
    "edit": "edit",
    "handover": "person",
}
_TONES = {"verified": "good", "outside": "bad", "mock": "bad", "impossible_speed": "bad"}


@dataclass(frozen=True)
class Slice:
    """A page of the timeline, the latest first. following: the cursor of the next page, None at the end."""

    moments: list[Moment]
    following: str | None

    @property
    def ids(self) -> set[UUID]:
        """Everybody and everything that it names."""
        found = {moment.by_id for moment in self.moments if moment.by_id}
        return found.union(*(ids_in(moment.facts) for moment in self.moments))


def read(actor: Actor, customer: Any, belongings: list[UUID], cursor: str | None, voice: Voice) -> Slice:
    """The moments behind a cursor (two queries). belongings: the ids of its sites, contacts and proposals.

    Raises core.invalid_input.
    """
    before = _read_cursor(cursor, voice)
    edits = _edits(actor, [customer.id, *belongings], before)
    found = [*list_moments(customer.id, before, PAGE + 1), *edits, *_handover(customer, before)]
    found.sort(key=lambda moment: (moment.at, moment.id), reverse=True)
    last = found[PAGE - 1] if len(found) > PAGE else None
    return Slice(found[:PAGE], f"{last.at.isoformat()}~{last.id}" if last else None)


def tell(moment: Moment, people: Names, voice: Voice) -> dict[str, Any]:
    """A moment in words, for the template."""
    words = _Words(moment, people, voice)
    return {
        "at": moment.at,
        "icon": _ICONS.get(moment.kind, "check"),
        "title": words.title(),
        "who": people.get(str(moment.by_id), ""),
        "chips": words.chips(),
        "lines": [line for line in words.lines() if line],
        "visit_id": moment.visit_id if "visits.visit" in PAGES else None,
    }


@dataclass(frozen=True)
class _Words:
    moment: Moment
    people: Names
    voice: Voice

    def title(self) -> str:
        if self.moment.kind == "edit":
            return self.voice.say(f"command.{self.moment.facts['name']}")
        return self.voice.say(f"customers.moment.{self.moment.kind}")

    def chips(self) -> list[State]:
        facts = self.moment.facts
        if self.moment.kind == "visit" and facts["verdict"]:
            return [State(f"visits.verdict.{facts['verdict']}", _TONES.get(facts["verdict"], "warn"))]
        return [State(f"visits.result.{facts['result']}")] if self.moment.kind == "log" else []

    def lines(self) -> list[str]:
        told: list[str] = getattr(self, f"_{self.moment.kind}")(self.moment.facts)
        return told

    def _visit(self, facts: dict[str, Any]) -> list[str]:
        if not facts["until"]:
            return [facts["purpose"], self.voice.say("customers.moment.open")]
        stayed = (datetime.fromisoformat(facts["until"]) - self.moment.at).total_seconds() / 60
        return [facts["purpose"], self.voice.say("customers.moment.stayed", minutes=max(0, round(stayed)))]

    def _cancelled(self, facts: dict[str, Any]) -> list[str]:
        return [self._day("customers.moment.planned_for", facts["day"]), facts["reason"]]

    def _log(self, facts: dict[str, Any]) -> list[str]:
        steps = [
            self.voice.say("customers.moment.next", text=step.get("text") or "–")
            + (self._due(step["due_date"]) if step.get("due_date") else "")
            for step in facts["steps"]
        ]
        return [facts["note"], *steps]

    def _photos(self, facts: dict[str, Any]) -> list[str]:
        kinds = ("photo", "signature", "voice")
        counted = [self.voice.say(f"customers.moment.count.{kind}", count=facts[kind]) for kind in kinds if facts[kind]]
        return [" · ".join(counted)]

    def _task(self, facts: dict[str, Any]) -> list[str]:
        whose = self.voice.say("customers.moment.assignee", name=self.people.get(facts["assignee"], "–"))
        return [facts["text"], whose + (self._due(facts["due"]) if facts["due"] else "")]

    def _task_done(self, facts: dict[str, Any]) -> list[str]:
        return [facts["text"], facts["note"]]

    def _competitor(self, facts: dict[str, Any]) -> list[str]:
        price = f"{facts['currency']} {facts['price']}".strip() if facts["price"] else ""
        shelf = self.voice.say("customers.moment.facings", count=facts["facings"]) if facts["facings"] else ""
        what = " · ".join(filter(None, (facts["competitor"], facts["product"])))
        return [what, " · ".join(filter(None, (price, shelf))), facts["note"]]

    def _edit(self, facts: dict[str, Any]) -> list[str]:
        return [summary(_without_positions(facts["payload"]), self.voice, self.people)]

    def _handover(self, facts: dict[str, Any]) -> list[str]:
        return [self.voice.say("customers.moment.assignee", name=facts["owner"])]

    def _due(self, day: str) -> str:
        return " · " + self._day("customers.moment.due", day)

    def _day(self, key: str, day: str) -> str:
        return self.voice.say(key, day=self.voice.day(date.fromisoformat(day)))


def _handover(customer: Any, before: Position | None) -> list[Moment]:
    """Since when the owner has the customer, where it was reassigned: many are at once, so no command is about it."""
    edit = customer.edits.get("owner_id")
    if edit is None or customer.owner is None:
        return []
    at, by_id = datetime.fromisoformat(edit["at"]), UUID(edit["by"])
    moment = Moment(at, "handover", customer.id, by_id, None, {"owner": customer.owner_name})
    return [moment] if before is None or (moment.at, moment.id) < before else []


def _without_positions(payload: dict[str, Any]) -> dict[str, Any]:
    """Degrees tell a reader nothing; maps do."""
    told = {name: value for name, value in payload.items() if name != "position"}
    if isinstance(told.get("changes"), dict):
        told["changes"] = {name: change for name, change in told["changes"].items() if name != "position"}
    return told


def _edits(actor: Actor, about: list[UUID], before: Position | None) -> list[Moment]:
    """Edits by when they came in: that is when they took effect."""
    records = sync_queries.list_edits_about(actor, about).order_by("-received_at", "-id")
    if before is not None:
        records = records.filter(received_at__lte=before[0])
    found = [
        Moment(row.received_at, "edit", row.id, row.user_id, None, {"name": row.name, "payload": row.payload})
        for row in records[: PAGE + 2]
    ]
    return [moment for moment in found if before is None or (moment.at, moment.id) < before]


def _read_cursor(cursor: str | None, voice: Voice) -> Position | None:
    if not cursor:
        return None
    at, _, id_ = cursor.partition("~")
    try:
        instant = datetime.fromisoformat(at)
        if instant.tzinfo is None:
            raise ValueError(at)
        return instant, UUID(id_)
    except ValueError:
        raise InvalidInput("before", reason=voice.say("list.bad_choice")) from None
