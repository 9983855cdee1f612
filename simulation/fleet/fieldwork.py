"""What a person does on a device of the fleet: visits, corrections, new customers, and things that must be refused.

Whatever is written carries a mark that exists once in the whole run, so that its effect can be found in the end, and
found twice if it were there twice. Nothing here touches the network.
"""

import itertools
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from simulation import cast
from simulation.fleet.handset import Handset
from simulation.fleet.setting import CHINA
from simulation.phone import Json

_COARSE = 0.1
_NO_FIX = 0.05
TAKEN_CODE = "FLEET-ONE-OF-A-KIND"
"""A customer's code that several reps want: the database gives it to one of them."""


class Fieldwork:
    """The work of one person on one device."""

    def __init__(self, handset: Handset) -> None:
        self.handset = handset
        self._chance = handset.chance
        self._marks: Iterator[int] = itertools.count(1)
        self._own_contacts: list[str] = []
        self._planned: dict[str, str] = {}

    def find_customer(self) -> str | None:
        """A customer that this device shows, or None where it has none."""
        seen = self.handset.client.rows("customer")
        return self._chance.choice(seen).id if seen else None

    # A visit

    def check_in(self, customer_id: str) -> str:
        """Arrive; the visit's id. A planned one is opened."""
        visit_id = self._planned.pop(customer_id, None) or self.handset.client.new_id()
        fix = self._fix(customer_id)
        self.handset.record("visits.check_in", {"visit_id": visit_id, "customer_id": customer_id, "fix": fix})
        return visit_id

    def log(self, visit_id: str) -> None:
        """Write down what came of it, in the schema that this app knows."""
        log: Json = {"id": self.handset.client.new_id(), "visit_id": visit_id, "note": self._mark()}
        log["result"] = self._chance.choice(cast.RESULTS)
        texts = self._chance.choice(cast.NEXT_STEPS)
        due = _date(self.handset.now)
        if self.handset.make.old_app:
            step = {"next_step": texts[0], "next_step_date": due} if texts else {}
            self.handset.record("visits.log", log | step, schema=1)
            return
        steps = [{"text": text, "due_date": due} for text in texts]
        self.handset.record("visits.log", log | {"next_steps": steps})

    def check_out(self, visit_id: str, customer_id: str, *, taps: int = 1) -> None:
        """Leave. Every tap after the first is refused."""
        for _ in range(taps):
            self.handset.record("visits.check_out", {"visit_id": visit_id, "fix": self._fix(customer_id)})

    def plan(self, customer_id: str) -> None:
        """Intend another visit."""
        visit_id = self.handset.client.new_id()
        plan = {"id": visit_id, "customer_id": customer_id, "planned_date": _date(self.handset.now)}
        self.handset.record("visits.plan", plan | {"purpose": self._mark()})
        self._planned[customer_id] = visit_id

    # Corrections

    def correct(self, customer_id: str) -> None:
        """Correct something about a customer, as this device shows it."""
        handset = self.handset
        match self._chance.choice(("phone", "notes", "address", "contact", "site")):
            case "contact":
                contacts = self._at("contact", customer_id)
                if contacts:
                    title = self._mark()
                    handset.correct("customers.update_contact", "contact", self._chance.choice(contacts), title=title)
            case "site":
                sites = self._at("site", customer_id)
                if sites:
                    handset.correct("customers.update_site", "site", self._chance.choice(sites), address=self._mark())
            case field:
                handset.correct("customers.update", "customer", customer_id, **{field: self._mark()})

    def add_contact(self, customer_id: str) -> None:
        """Meet somebody new."""
        id_ = self.handset.client.new_id()
        name = f"{self._chance.choice(cast.CONTACTS)} {self._mark()}"
        self.handset.record("customers.add_contact", {"id": id_, "customer_id": customer_id, "name": name})
        self._own_contacts.append(id_)

    def remove_contact(self) -> None:
        """Learn that somebody has left, if this device has added anybody."""
        if self._own_contacts:
            self.handset.record("customers.remove_contact", {"id": self._own_contacts.pop(0)})

    # New customers

    def discover(self) -> str:
        """Find a new customer, with a site and a contact; its id."""
        client = self.handset.client
        id_ = client.new_id()
        name = f"{self._chance.choice(cast.NEW_SHOPS)} {self._mark()}"
        made = self.handset.record("customers.create", {"id": id_, "name": name, "stage": "lead"})
        position = {"lat": self._around(39.95), "lon": self._around(116.35)}
        site: Json = {"id": client.new_id(), "customer_id": id_, "name": self._mark(), "position": position}
        self.handset.record("customers.add_site", site, made)
        contact = {"id": client.new_id(), "customer_id": id_, "name": self._mark(), "is_primary": True}
        self.handset.record("customers.add_contact", contact, made)
        return id_

    def mistake(self) -> None:
        """Create a customer and delete it at once: nothing of it may stay anywhere."""
        id_ = self.handset.client.new_id()
        self.handset.record("customers.create", {"id": id_, "name": self._mark()})
        self.handset.record("customers.delete", {"id": id_})

    # What must be refused

    def overreach(self, customer_id: str) -> None:
        """Do something that is not for this person to do, or that the database has to refuse."""
        match self._chance.choice(("credit", "code", "nobody's")):
            case "credit":
                self.handset.correct("customers.update", "customer", customer_id, credit_hold=True)
            case "code":
                new = {"id": self.handset.client.new_id(), "name": self._mark(), "code": TAKEN_CODE}
                self.handset.record("customers.create", new)
            case _:
                change = {"phone": {"from": "", "to": self._mark()}}
                self.handset.record("customers.update", {"id": self.handset.client.new_id(), "changes": change})

    # Parts

    def _mark(self) -> str:
        """A text that nobody else writes, and this device only once."""
        return f"{self.handset.name.replace(' ', '-')}#{next(self._marks)}"

    def _at(self, kind: str, customer_id: str) -> list[str]:
        return [row.id for row in self.handset.client.rows(kind) if row.data["customer_id"] == customer_id]

    def _fix(self, customer_id: str) -> Json | None:
        """The position at the door of a customer: good, coarse, or none."""
        luck = self._chance.random()
        if luck < _NO_FIX:
            return None
        sites = [row.data for row in self.handset.client.rows("site") if row.data["customer_id"] == customer_id]
        lat, lon = (sites[0]["lat"], sites[0]["lon"]) if sites and sites[0]["lat"] is not None else (39.95, 116.35)
        fix: dict[str, Any] = {"lat": lat, "lon": lon, "age_ms": self._chance.randrange(30_000), "is_mock": False}
        if luck < _NO_FIX + _COARSE:
            return fix | {"accuracy_m": 650.0, "provider": "network"}
        return fix | {"accuracy_m": round(self._chance.uniform(4, 40), 1), "provider": "gps"}

    def _around(self, middle: float) -> float:
        return round(middle + self._chance.uniform(-0.2, 0.2), 6)


def _date(at: datetime) -> str:
    return at.astimezone(CHINA).date().isoformat()
