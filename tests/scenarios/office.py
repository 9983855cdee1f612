"""What a scenario's `given` says, made real by commands: a company with its cast, its customers and what they have."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts import queries
from accounts.commands.companies import create_company
from accounts.commands.users import create_users
from accounts.schemas.people import CreateUser
from core.commands import execute
from core.ids import uuid7
from roundsman_conformance.names import Json, Names
from roundsman_conformance.rows import Table
from roundsman_conformance.scenario import Library, Scenario
from tests.personas import Persona, TestCompany

PASSWORD = "correct horse battery"


class Office:
    """The company of one scenario on the real server, and the people in it."""

    def __init__(self, library: Library, scenario: Scenario, names: Names, now: Callable[[], datetime]) -> None:
        """now: the time of the scenario."""
        self._names = names
        self._now = now
        code = f"sc-{uuid7().hex[-12:]}"
        company = library.cast["company"]
        founder = create_company(
            code, company["name"], admin="dora", password=PASSWORD, admin_id=UUID(names.id("dora"))
        )
        names.bind("company", str(founder.company_id))
        self.table: Table = library.table(scenario, names)
        self.company = TestCompany(founder.company_id, code, {})
        self.company.people["dora"] = Persona(self.company, "dora", founder)
        self._make_cast(library.cast["rows"])
        for row in scenario.given.get("rows", []):
            _MAKERS[row["kind"]](self, row)
        for share in scenario.given.get("shares", []):
            self.act("carol", "customers.share", share)

    def act(self, by: str, command: str, payload: Json) -> None:
        """Somebody else than the phone's user does something; it must go well."""
        actor = self.company.actor(by)
        verdict = execute(command, self._names.fill(payload), actor=actor, occurred_at=self._now(), door="console")
        assert verdict.status in ("applied", "merged"), (command, verdict)

    def _make_cast(self, rows: list[Json]) -> None:
        users = []
        for row in rows:
            data, id_ = self._names.fill(row["data"]), self._names.id(row["id"])
            if row["kind"] == "org_unit":
                self.act("dora", "accounts.create_org_unit", {"id": id_} | data)
            elif data["username"] != "dora":
                users.append(CreateUser(id=id_, **{"org_unit_id": self._names.id("north")} | data))
        create_users(self.company.actor("dora"), users, PASSWORD)
        for user in users:
            actor = queries.get_actor(self.company.id, user.id)
            self.company.people[user.username] = Persona(self.company, user.username, actor)

    def _owner(self, customer_id: str) -> str:
        """The username of who owns a customer of the scenario."""
        data = self.table.rows["customer", customer_id].data
        assert data is not None
        return str(data["owner_id"]).removeprefix("$")

    def make_customer(self, row: Json) -> None:
        """By its owner."""
        data = {name: value for name, value in row["data"].items() if name != "owner_id"}
        self.act(self._owner(row["id"]), "customers.create", {"id": row["id"]} | data)

    def make_contact(self, row: Json) -> None:
        """By the customer's owner."""
        self.act(self._owner(row["data"]["customer_id"]), "customers.add_contact", {"id": row["id"]} | row["data"])

    def make_visit(self, row: Json) -> None:
        """Planned by the customer's owner, for himself."""
        self.act(self._owner(row["data"]["customer_id"]), "visits.plan", {"id": row["id"]} | row["data"])

    def make_product(self, row: Json) -> None:
        """By the administrator."""
        self.act("dora", "catalog.create_product", {"id": row["id"]} | row["data"])


_MAKERS: dict[str, Callable[[Office, Any], None]] = {
    "customer": Office.make_customer,
    "contact": Office.make_contact,
    "visit": Office.make_visit,
    "product": Office.make_product,
}
