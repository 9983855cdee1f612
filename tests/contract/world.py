"""A company with content: what the examples of commands need to stand before them."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.commands.api_keys import create_with_secret
from accounts.commands.web_sessions import begin
from core.batches import Verdict
from core.clock import now
from core.errors import CATALOGUE
from core.fence import company_fence
from core.ids import uuid7
from files.commands.preparing import prepare_all
from files.models import Likeness
from tests.files import makers, phone
from tests.personas import PASSWORD, ApiClient, Persona, TestCompany, make_company
from tests.trails.field import at_noon, batch, consent, fixes, publish_text, send, set_policy
from trails.jobs import derive_days
from visits.commands import publications


def new_id() -> str:
    """A fresh row id as JSON has it."""
    return str(uuid7())


@dataclass
class World:
    """One company. Markers stand in every text of the rows that are made here, so that a leak can be recognised.

    marker: of rows in customers' scopes. company_marker: of what everybody in the company may see. cast: who plays the
    part of another persona, so that the same examples can be made by another team.
    """

    company: TestCompany = field(default_factory=make_company)
    marker: str = "plain"
    company_marker: str = "reference"
    cast: dict[str, str] = field(default_factory=dict)
    _visited: str = ""
    _texts: int = 0
    _days: int = 0
    _clients: dict[str, ApiClient] = field(default_factory=dict)

    def client(self, name: str) -> ApiClient:
        """A persona's signed-in client; one device each."""
        name = self.cast.get(name, name)
        if name not in self._clients:
            self._clients[name] = self.company.client(name)
        return self._clients[name]

    def person(self, name: str) -> str:
        """A persona's user id."""
        return str(self.persona(name).id)

    def browser(self) -> None:
        """The administrator signs in to the console."""
        begin(self.company.code, "dora", PASSWORD, self.company.address)

    def publication(self) -> None:
        """The manager has begun to publish her rep's plan in the background."""
        publications.begin(self.persona("carol").actor, uuid7(), [UUID(self.person("alice"))], include_today=False)

    def api_key(self) -> str:
        """A key that acts for the administrator."""
        payload = {"id": new_id(), "name": self.label("Key"), "user_id": self.person("dora"), "scopes": ["sync:read"]}
        made = create_with_secret(self.persona("dora").actor, payload, None)
        assert made.verdict.settled, made.verdict
        return payload["id"]

    def text(self, what: str) -> str:
        """A text with the marker, different every time."""
        return f"{what} {self.marker} {uuid7().hex[-8:]}"

    def label(self, what: str) -> str:
        """A text that the whole company may read."""
        return f"{what} {self.company_marker} {uuid7().hex[-8:]}"

    def code(self) -> str:
        """A code that nobody has."""
        return uuid7().hex[-12:]

    def do(self, who: str, name: str, payload: dict[str, Any]) -> Verdict:
        """Run a command that has to take effect."""
        verdict = self.persona(who).execute(name, payload)
        assert verdict.settled, f"{name}: {verdict}"
        return verdict

    def refused(self, who: str, name: str, payload: dict[str, Any]) -> str:
        """Run a command that must not take effect; returns its id."""
        verdict = self.persona(who).execute(name, payload)
        assert not verdict.settled
        assert verdict.code in CATALOGUE
        return str(verdict.id)

    def customer(self, owner: str = "alice", **more: Any) -> str:
        """A customer of `owner`."""
        id_ = new_id()
        self.do(
            owner, "customers.create", {"id": id_, "name": self.text("Customer"), "notes": self.text("note")} | more
        )
        return id_

    def site(self, customer: str | None = None, who: str = "alice") -> str:
        """A site of a customer."""
        id_ = new_id()
        payload = {"id": id_, "customer_id": customer or self.customer(), "name": self.text("Site")}
        self.do(who, "customers.add_site", payload | {"position": {"lat": 39.9, "lon": 116.4}})
        return id_

    def pin(self, customer: str | None = None, who: str = "alice") -> str:
        """A proposal for a pin."""
        id_ = new_id()
        payload = {"id": id_, "customer_id": customer or self.customer(who), "name": self.text("Site")}
        self.do(who, "customers.propose_pin", payload | {"position": {"lat": 39.9, "lon": 116.4}})
        return id_

    def contact(self, customer: str | None = None, who: str = "alice") -> str:
        """A contact of a customer."""
        id_ = new_id()
        payload = {"id": id_, "customer_id": customer or self.customer(), "name": self.text("Contact")}
        self.do(who, "customers.add_contact", payload | {"notes": self.text("note")})
        return id_

    def visit(self, customer: str | None = None, who: str = "alice") -> str:
        """A planned visit."""
        id_ = new_id()
        self._visited = customer or self.customer(who)
        payload = {"id": id_, "customer_id": self._visited, "planned_date": "2026-11-23"}
        self.do(who, "visits.plan", payload | {"purpose": self.text("purpose")})
        return id_

    def cycle(self, customer: str | None = None, who: str = "alice") -> str:
        """A weekly call cycle of a customer."""
        id_ = new_id()
        payload = {"id": id_, "customer_id": customer or self.customer(who), "name": self.text("Cycle")}
        self.do(who, "visits.set_cycle", payload | {"every_weeks": 1, "valid_from": "2026-01-05"})
        return id_

    def planned_rep(self) -> str:
        """A rep of his own with a customer who is due every week."""
        rep = self.user(org_unit_id=str(self.unit_of("alice")))
        self.cycle(self.customer("dora", owner_id=rep), "dora")
        return rep

    def absence(self, who: str = "alice", **more: Any) -> str:
        """A day on which nobody else is away."""
        id_, day = new_id(), self.day()
        self.do(who, "visits.record_absence", {"id": id_, "from_date": day, "to_date": day} | more)
        return id_

    def route(self, customer: str | None = None, who: str = "alice") -> str:
        """A route of one stop."""
        id_ = new_id()
        payload = {"id": id_, "name": self.text("Route"), "customer_ids": [customer or self.customer(who)]}
        self.do(who, "visits.set_route", payload | {"weekdays": [1], "valid_from": "2026-11-23"})
        return id_

    def joined(self, visit: str | None = None, who: str = "alice") -> dict[str, str]:
        """A visit, and somebody who comes along."""
        payload = {"visit_id": visit or self.visit(who=who), "user_id": self.user()}
        self.do(who, "visits.add_participant", payload)
        return payload

    def unit_of(self, name: str) -> UUID | None:
        """The org unit of a persona."""
        return self.persona(name).actor.org_unit_id

    def customer_of_last_visit(self) -> str:
        """Where the last visit was planned."""
        return self._visited

    def open_visit(self, customer: str | None = None, who: str = "alice") -> str:
        """A visit that somebody checked in to."""
        id_ = new_id()
        customer = customer or self.customer(who)
        self.do(who, "visits.check_in", {"visit_id": id_, "customer_id": customer, "fix": None})
        return id_

    def check_in(self, who: str = "alice") -> str:
        """The evidence of a check-in far from the customer's site: the command's id."""
        customer = self.customer(who)
        self.site(customer, who)
        fix = {"lat": 39.99, "lon": 116.4, "accuracy_m": 9.0}
        payload = {"visit_id": new_id(), "customer_id": customer, "fix": fix}
        return str(self.do(who, "visits.check_in", payload).id)

    def overridden_check_in(self) -> str:
        """Evidence on whose verdict a manager has put his word."""
        id_ = self.check_in()
        payload = {"check_in_id": id_, "verdict": "verified", "reason": self.text("reason")}
        self.do("carol", "visits.override_verdict", payload)
        return id_

    def recomputation(self) -> str:
        """Stored evidence being judged again."""
        id_ = new_id()
        span = {"from_date": "2026-11-20", "to_date": "2026-11-21"}
        self.do("carol", "visits.recompute_verdicts", span | {"id": id_})
        return id_

    def log(self, visit: str, who: str = "alice") -> str:
        """A log of a visit."""
        id_ = new_id()
        payload = {"id": id_, "visit_id": visit, "result": "interested", "note": self.text("note")}
        self.do(who, "visits.log", payload)
        return id_

    def photo(self, visit: str, who: str = "alice", sha256: str | None = None) -> str:
        """A photo of a visit, whose file has not been sent."""
        id_ = new_id()
        file = {"sha256": sha256 or self.digest(), "bytes": 1000, "media_type": "image/jpeg"}
        payload = {"id": id_, "visit_id": visit, "kind": "photo", "file": file, "caption": self.text("caption")}
        self.do(who, "visits.add_photo", payload)
        return id_

    def filed(self, who: str = "alice") -> dict[str, str]:
        """Two visits with the same photo, whose file is here, and an upload that is not finished; by what they are."""
        data, client = makers.jpeg(makers.scene(int(uuid7()) % 10**6)), self.client(who)
        sent = phone.upload(client, data)
        assert sent.status_code == 204, sent.content
        photos = [self.photo(self.open_visit(who=who), who, phone.sha256(data)) for _ in range(2)]
        prepare_all(self.id)
        begun = phone.address(phone.create(client, data + bytes(8)))
        assert phone.send(client, begun, 0, data).status_code == 204
        return {"attachment_id": photos[0], "upload_id": begun.rpartition("/")[2]}

    def likeness(self, photo: str) -> str:
        """Another visit's photo that is known to look like this one."""
        other = self.photo(self.open_visit())
        with company_fence(self.id):
            Likeness.objects.bulk_create(
                Likeness(company_id=self.id, attachment_id=one, other_id=two, distance=3)
                for one, two in ((photo, other), (other, photo))
            )
        return other

    def digest(self) -> str:
        """The hash of a file that nobody has."""
        return uuid7().hex * 2

    def category(self) -> str:
        """A product category."""
        id_ = new_id()
        self.do("dora", "catalog.create_category", {"id": id_, "name": self.label("Category")})
        return id_

    def product(self) -> str:
        """A product."""
        id_ = new_id()
        payload = {"id": id_, "code": self.code(), "name": self.label("Product"), "unit": "box"}
        self.do("dora", "catalog.create_product", payload | {"price": "12.5", "currency": "CNY"})
        return id_

    def territory(self, **more: Any) -> str:
        """A territory."""
        id_ = new_id()
        self.do(
            "dora", "accounts.create_territory", {"id": id_, "code": self.code(), "name": self.label("Land")} | more
        )
        return id_

    def unit(self, **more: Any) -> str:
        """An org unit."""
        id_ = new_id()
        self.do("dora", "accounts.create_org_unit", {"id": id_, "name": self.label("Unit")} | more)
        return id_

    def day(self) -> str:
        """A day that no other call has given."""
        self._days += 1
        return str(date(2027, 1, 1) + timedelta(days=self._days))

    def calendar(self) -> str:
        """A work calendar of a unit of its own, with a holiday."""
        id_ = new_id()
        self.do(
            "dora", "calendars.set_calendar", {"id": id_, "name": self.label("Calendar"), "org_unit_id": self.unit()}
        )
        day = {"day": "2026-10-02", "works": False, "name": self.label("Holiday")}
        self.do("dora", "calendars.set_days", {"calendar_id": id_, "days": [day]})
        return id_

    def text_version(self) -> int:
        """A version of the text to agree to that no other call has given."""
        self._texts += 1
        return self._texts

    def consent_text(self) -> str:
        """A text to agree to."""
        id_ = new_id()
        payload = {"id": id_, "text_version": self.text_version(), "en": self.label("Agree"), "zh": self.label("同意")}
        self.do("dora", "trails.publish_text", payload)
        return id_

    def trail(self, who: str = "alice", viewer: str = "carol", unit: str = "region") -> str:
        """Yesterday's trail of `who`, at which `viewer` has looked; the day."""
        long_ago = now() - timedelta(days=9)
        set_policy(self.company, unit, long_ago)
        text = publish_text(self.company, self.text_version(), long_ago)
        consent(self.persona(who), text, long_ago)
        send(self.client(who), batch(fixes(at_noon(), 3), [(at_noon(), "tracking")]))
        derive_days(0)
        day = at_noon().date().isoformat()
        path = f"/api/v1/trails/days/{self.person(who)}/{day}?purpose=evidence&note={self.marker}"
        assert self.client(viewer).call("GET", path).status_code == 200
        return day

    def user(self, **more: Any) -> str:
        """One more user, without a password."""
        id_ = new_id()
        payload = {"id": id_, "username": f"u{uuid7().hex[-12:]}", "name": self.label("User"), "roles": ["rep"]}
        self.do("dora", "accounts.create_user", payload | more)
        return id_

    def device(self, name: str = "alice") -> str:
        """A fresh device of a persona."""
        device: str = self.persona(name).sign_in().json()["device"]["id"]
        return device

    def refused_command(self, who: str = "alice") -> str:
        """A refused command of `who` that would take effect if it were run once more."""
        code = self.code()
        first = self.customer(who, code=code)
        payload = {"id": new_id(), "name": self.text("Customer"), "code": code}
        command_id = self.refused(who, "customers.create", payload)
        self.do(who, "customers.update", {"id": first, "changes": {"code": {"from": code, "to": self.code()}}})
        return command_id

    def conflict(self, who: str = "alice") -> str:
        """A conflict that `who` lost."""
        customer = self.customer(who)
        payload = {"id": customer, "changes": {"phone": {"from": "other", "to": self.text("1")}}}
        verdict = self.do(who, "customers.update", payload)
        return str(verdict.conflicts[0]["conflict_id"])

    def imported(self, who: str = "dora") -> str:
        """An uploaded table with one good row and one with an error, which waits to be applied."""
        rows = f"name,phone\n{self.text('Customer')},1\n,2\n"
        form = {"noun": "customers", "file": SimpleUploadedFile("customers.csv", rows.encode())}
        response = self.client(who).post("/api/v1/imports", form)
        assert response.status_code == 200, response.content
        id_: str = response.json()["id"]
        return id_

    def persona(self, name: str) -> Persona:
        """A persona, or who plays the part."""
        return self.company.people[self.cast.get(name, name)]

    @property
    def id(self) -> UUID:
        """The company's id."""
        return self.company.id
