"""A rep's offline morning: what is recorded at each stay of the track, in the order in which it happens.

Nothing here touches the network. An event is run when its time has come; only then does it look at the phone's rows.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from simulation import cast
from simulation.camera import take_picture
from simulation.paper import fill_in
from simulation.phone import Json, Phone
from simulation.stays import Stay
from simulation.world import Customer, Round

_AT_THE_DOOR = timedelta(seconds=45)
_EDITS = 0.5
"""In so many of the visits something about the customer is corrected."""
_RIVALS = 0.4
"""In so many of them the price of a competitor's product is noted."""
_FORMS = 0.4
"""In so many of them the company's form is answered."""
_PICTURES = 0.5
"""In so many of them the shelf is photographed."""


class Event(NamedTuple):
    """Something that a user does on a phone at a time; `act` returns what to say of it."""

    at: datetime
    phone: Phone
    act: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Habits:
    """What goes wrong for a rep. The visits are counted from 0.

    no_fix: in this one there is no position. coarse: in this one only the radio cell gives one. double_tap: in this
    one he taps on check-out twice. restart_after: after this one his phone restarts.
    """

    no_fix: int | None = None
    coarse: int | None = None
    double_tap: int | None = None
    restart_after: int | None = None


class Fieldwork:
    """One rep's visits along his track."""

    def __init__(self, phone: Phone, round_: Round, habits: Habits, seed: int) -> None:
        self._phone = phone
        self._round = round_
        self._habits = habits
        self._chance = random.Random(seed)
        self._plans: dict[str, str] = {}
        self._new: Customer | None = None
        self.visits = 0
        self.photos: list[str] = []
        self.forms: list[str] = []

    def plan(self, day: str) -> None:
        """Plan visits at every other customer, on the calendar day `day`."""
        for customer in self._round.visited[::2]:
            visit_id = self._phone.client.new_id()
            plan = {"id": visit_id, "customer_id": customer.id, "site_id": customer.site_id, "planned_date": day}
            self._phone.do("visits.plan", plan | {"purpose": "例行拜访 Regular visit"})
            self._plans[customer.id] = visit_id

    def events(self) -> Iterator[Event]:
        """What happens at each stay."""
        for number, stay in enumerate(self._round.morning.stays):
            yield from self._visit(number, stay, self._round.at_stay[number])

    def _visit(self, number: int, stay: Stay, customer: Customer | None) -> Iterator[Event]:
        middle = stay.arrived + (stay.left - stay.arrived) / 2
        at_the_door = min(stay.arrived + _AT_THE_DOOR, middle)
        visit: Json = {}

        def arrive() -> str:
            who = customer or self._new or self._find_customer()
            visit["id"] = self._plans.pop(who.id, None) or self._phone.client.new_id()
            fix = self._fix(number, self._phone.now)
            self._phone.do("visits.check_in", {"visit_id": visit["id"], "customer_id": who.id, "fix": fix})
            self.visits += 1
            return f"签到 checks in at {who.name}"

        def write() -> str:
            steps = self._chance.choice(cast.NEXT_STEPS)
            note: Json = {"note": self._chance.choice(cast.NOTES), "next_steps": [{"text": step} for step in steps]}
            note |= {"visit_id": visit["id"], "result": self._chance.choice(cast.RESULTS)}
            self._phone.do("visits.log", {"id": self._phone.client.new_id(), **note})
            who = customer or self._new
            if who and self._chance.random() < _EDITS:
                self._correct(who)
            if number == 0 or self._chance.random() < _PICTURES:
                self._photograph(visit["id"])
            if number == 0 or self._chance.random() < _RIVALS:
                self._note_rival(visit["id"])
            if number == 0 or self._chance.random() < _FORMS:
                self._answer_form(visit["id"])
            return "记录拜访 writes the visit down"

        def leave() -> str:
            fix = self._fix(number, self._phone.now)
            for _ in range(2 if number == self._habits.double_tap else 1):
                self._phone.do("visits.check_out", {"visit_id": visit["id"], "fix": fix})
            return "签退 leaves"

        def restart() -> str:
            self._phone.restart()
            return "手机重启 the phone restarts"

        yield Event(at_the_door, self._phone, arrive)
        yield Event(middle, self._phone, write)
        yield Event(stay.left, self._phone, leave)
        if number == self._habits.restart_after:
            yield Event(stay.left + timedelta(seconds=1), self._phone, restart)

    def _fix(self, number: int, at: datetime) -> Json | None:
        """The newest fix of the track, as the phone sends it. Tracks do not say how accurate they are."""
        if number == self._habits.no_fix:
            return None
        fix = self._round.morning.last_fix(at)
        sent: Json = {"lat": fix.lat, "lon": fix.lon, "age_ms": int((at - fix.at).total_seconds() * 1000)}
        if number == self._habits.coarse:
            return sent | {"accuracy_m": 650.0, "provider": "network", "is_mock": False}
        return sent | {"accuracy_m": round(self._chance.uniform(4, 40), 1), "provider": "gps", "is_mock": False}

    def _photograph(self, visit_id: str) -> None:
        file = self._phone.client.keep_file(take_picture(self._chance), "image/jpeg")
        photo: Json = {"id": self._phone.client.new_id(), "visit_id": visit_id, "kind": "photo", "file": file}
        self._phone.do("visits.add_photo", photo)
        self.photos.append(photo["id"])

    def _note_rival(self, visit_id: str) -> None:
        """One that the phone knows; one in no list, by its name, where it knows none."""
        client = self._phone.client
        known = client.rows("competitor_product")
        seen: Json = {"id": client.new_id(), "visit_id": visit_id, "facings": self._chance.randint(0, 9)}
        seen |= {"price": f"{self._chance.uniform(20, 120):.2f}", "currency": "CNY"}
        if known:
            seen["competitor_product_id"] = self._chance.choice(known).id
        else:
            seen |= {"competitor_name": "无名 No-name", "product_name": "瓶装水 Bottled water", "unit": "箱 case"}
        self._phone.do("visits.observe_competitor", seen)

    def _answer_form(self, visit_id: str) -> None:
        """The newest version that the phone holds of the form, if the company has one."""
        client = self._phone.client
        versions = client.rows("form_version")
        if versions:
            newest = max(versions, key=lambda version: int(version.data["number"]))
            answers = fill_in(newest.data["definition"]["questions"], self._chance)
            order: Json = {
                "id": client.new_id(),
                "visit_id": visit_id,
                "form_version_id": newest.id,
                "answers": answers,
            }
            self._phone.do("visits.answer_form", order)
            self.forms.append(order["id"])

    def _find_customer(self) -> Customer:
        """Create the customer whose door this is, with site and contact: all of it offline."""
        client = self._phone.client
        fix = self._round.morning.last_fix(self._phone.now)
        name = self._chance.choice(cast.NEW_SHOPS)
        new = Customer(client.new_id(), name, fix.lat, fix.lon, client.new_id(), client.new_id())
        created = self._phone.do("customers.create", {"id": new.id, "name": name, "stage": "lead"})
        position = {"lat": new.lat, "lon": new.lon}
        site: Json = {"id": new.site_id, "customer_id": new.id, "name": "门店 Shop", "position": position}
        self._phone.do("customers.add_site", site, created)
        contact = {"id": new.contact_id, "customer_id": new.id, "name": self._chance.choice(cast.CONTACTS)}
        self._phone.do("customers.add_contact", contact | {"is_primary": True}, created)
        self._new = new
        return new

    def _correct(self, customer: Customer) -> None:
        change = self._chance.choice(("customer", "contact", "site"))
        if change == "customer":
            classes = {
                "customer_class": self._chance.choice("ABCD"),
                "stage": self._chance.choice(("active", "prospect")),
            }
            self._phone.edit("customers.update", "customer", customer.id, **classes)
        elif change == "contact":
            title = self._chance.choice(cast.TITLES)
            self._phone.edit("customers.update_contact", "contact", customer.contact_id, title=title)
        else:
            self._phone.edit(
                "customers.update_site", "site", customer.site_id, address="二层，从侧门进 2nd floor, side door"
            )
