"""A device of the tests that speaks to the sync endpoints over HTTP, in this process, and counts its commands."""

from typing import Any
from uuid import UUID

from core.fence import company_fence
from core.ids import uuid7
from core.models import CommandRecord
from tests.personas import Persona

Json = dict[str, Any]


class Device:
    """One signed-in device."""

    def __init__(self, persona: Persona) -> None:
        self.persona = persona
        self.client = persona.client()
        self.seq = 0

    @property
    def id(self) -> UUID:
        """The device's id."""
        return self.client.device_id

    def command(self, name: str, payload: Json, **members: Any) -> Json:
        """The next command as it goes into a request; `members` add to it or replace parts of it."""
        self.seq += 1
        return {"id": str(uuid7()), "seq": self.seq, "name": name, "schema": 1, "payload": payload} | members

    def create(self, name: str = "Customer", **members: Any) -> Json:
        """The command that creates a customer of the user's own; the payload says which."""
        return self.command("customers.create", {"id": str(uuid7()), "name": name} | members)

    def add_contact(self, customer_id: str, name: str = "Contact", **members: Any) -> Json:
        """The command that adds a contact."""
        payload = {"id": str(uuid7()), "customer_id": customer_id, "name": name}
        return self.command("customers.add_contact", payload, **members)

    def edit(self, customer_id: str, field: str, before: Any, after: Any, **members: Any) -> Json:
        """The command that edits one field of a customer."""
        changes = {field: {"from": before, "to": after}}
        return self.command("customers.update", {"id": customer_id, "changes": changes}, **members)

    def push(self, *commands: Json, clock: Json | None = None) -> list[Json]:
        """Push; the verdicts. The whole answer is kept in `answer`."""
        return self._post("/api/v1/sync/push", {"commands": list(commands), "clock": clock})["verdicts"]

    def sync(self, *commands: Json, **members: Any) -> Json:
        """Push and pull in one round trip; the answer."""
        return self._post("/api/v1/sync", {"commands": list(commands)} | members)

    def rows(self, kind: str) -> dict[str, Json]:
        """What a first pull brings of one kind, by id."""
        answer = self.sync(max_bytes=8_000_000)
        assert answer["complete"]
        return {row["id"]: row["data"] for row in answer["changes"]["rows"] if row["kind"] == kind}

    def records(self) -> list[CommandRecord]:
        """Everything that is stored of this device's commands, settlements included, oldest first."""
        with company_fence(self.persona.company.id):
            return list(CommandRecord.objects.filter(device_id=self.id).order_by("received_at", "seq", "id"))

    def _post(self, path: str, body: Json) -> Json:
        response = self.client.call("POST", path, body)
        assert response.status_code == 200, response.content
        self.answer: Json = response.json()
        return self.answer


def statuses(verdicts: list[Json]) -> list[tuple[str, str | None]]:
    """Status and code of each verdict."""
    return [(verdict["status"], verdict["code"]) for verdict in verdicts]


APPLIED = ("applied", None)
WAITING = ("parked", "sync.dependency_waiting")
