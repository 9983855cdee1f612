"""The people at a desk who change what others may see, while those are in the field: managers and a dispatcher.

They work by REST on a good network, and each has a phone besides, on which he follows customers.
"""

import random
from datetime import timedelta
from typing import Any

from simulation.fleet.clockwork import Life
from simulation.fleet.evidence import Evidence
from simulation.fleet.fieldwork import Fieldwork
from simulation.fleet.handset import Handset
from simulation.fleet.setting import Calendar, Team
from simulation.fleet.timed import timed_office
from simulation.office import Json, Office, OfficeRefused

_MOST_AT_ONCE = 3
_SETTLED_SHARE = 0.5
"""The rest of what is parked waits until the end of the run, and some of it beyond."""
DISCARDED = "负责人已亲自处理 The owner has seen to it himself"


class Desk:
    """One superior: a manager with his team, or (without one) a dispatcher."""

    def __init__(
        self, handset: Handset, team: Team | None, evidence: Evidence, calendar: Calendar, url: str, seed: int
    ) -> None:
        """handset: his phone. url: of the server itself."""
        roster = handset.roster
        self._handset = handset
        self._work = Fieldwork(handset)
        self._team = team
        self._evidence = evidence
        self._calendar = calendar
        self._chance = random.Random(seed)
        self._office: Office = timed_office(url, roster.server.company, handset.username, roster.password, evidence)
        self._shared: list[tuple[str, str]] = []
        self._followed: list[str] = []

    def live(self) -> Life:
        """All days, with something to do every half hour or so."""
        for day in range(self._calendar.days):
            at, ends = self._calendar.begins(day), self._calendar.ends(day)
            while (at := at + timedelta(minutes=self._chance.uniform(10, 40))) < ends:
                yield at
                self._handset.wait_until(at)
                self._act()
                if self._chance.random() < 0.3:
                    self._handset.try_sync()
            if self._team:
                self.settle_some()
            self._handset.note()

    @property
    def has_team(self) -> bool:
        """Whether this is a manager, who decides about what his people recorded."""
        return self._team is not None

    def close(self) -> None:
        """Leave the desk."""
        self._office.close()

    def settle_some(self, share: float = _SETTLED_SHARE) -> int:
        """Decide about a part of what is parked: release it as the customer's present owner, or discard it.

        Returns about how many commands were decided.
        """
        decided = 0
        for command in list(self._office.each("sync/commands", status="parked", limit=200)):
            if command["verdict"]["status"] != "parked" or self._chance.random() >= share:
                continue
            decided += 1
            self._settle(command)
        return decided

    def _settle(self, command: Json) -> None:
        order: Json = {"command_id": command["id"]}
        owner = self._present_owner(command["payload"])
        if owner is None or self._chance.random() < 0.3:
            self._try("sync/commands/discard", order | {"reason": DISCARDED})
        else:
            self._try("sync/commands/release", order | {"as_user_id": owner})

    def _present_owner(self, payload: Json) -> str | None:
        for name in ("customer_id", "id"):
            if payload.get(name):
                try:
                    found: str | None = self._office.get(f"customers/{payload[name]}")["owner_id"]
                except OfficeRefused:
                    continue
                return found
        return None

    def _act(self) -> None:
        acts = [self._follow, self._unfollow, self._look, self._correct]
        if self._team:
            acts += [self._reassign, self._reassign, self._share, self._unshare]
        self._chance.choice(acts)()

    def _reassign(self) -> None:
        """Give some customers of one rep to another one, after a look at what it would change."""
        assert self._team is not None
        giver, taker = self._chance.sample(self._team.reps, 2)
        customers = self._customers_of(giver.id)
        if not customers:
            return
        chosen = self._chance.sample(customers, min(len(customers), self._chance.randint(1, _MOST_AT_ONCE)))
        order = {"customer_ids": chosen, "owner_id": taker.id}
        if self._chance.random() < 0.3:
            self._ask("customers/reassign/dry-run", order)
        self._try("customers/reassign", order)

    def _share(self) -> None:
        assert self._team is not None
        owner, other = self._chance.sample(self._team.reps, 2)
        customers = self._customers_of(owner.id)
        if customers:
            pair = (self._chance.choice(customers), other.id)
            if self._try("customers/share", {"customer_id": pair[0], "user_id": pair[1]}):
                self._shared.append(pair)

    def _unshare(self) -> None:
        if self._shared:
            customer_id, user_id = self._shared.pop(self._chance.randrange(len(self._shared)))
            self._try("customers/unshare", {"customer_id": customer_id, "user_id": user_id})

    def _follow(self) -> None:
        customers = self._customers_of(None)
        if customers:
            chosen = self._chance.choice(customers)
            if self._try("customers/follow", {"customer_id": chosen}):
                self._followed.append(chosen)

    def _unfollow(self) -> None:
        if self._followed:
            chosen = self._followed.pop(self._chance.randrange(len(self._followed)))
            self._try("customers/unfollow", {"customer_id": chosen})

    def _correct(self) -> None:
        """Correct, on his phone, something about a customer that he follows."""
        customer_id = self._work.find_customer()
        if customer_id:
            self._work.correct(customer_id)

    def _look(self) -> None:
        """See what the people have done."""
        path = self._chance.choice(("visits", "customers", "sync/commands", "users"))
        self._office.get(path, limit=50)

    def _customers_of(self, owner_id: str | None) -> list[str]:
        query: dict[str, Any] = {"limit": 50} | ({"owner_id": owner_id} if owner_id else {})
        return [row["id"] for row in self._office.get("customers", **query)["items"]]

    def _ask(self, path: str, order: Json) -> None:
        try:
            self._office.ask(path, order)
        except OfficeRefused as refusal:
            self._evidence.note_act(path, order, refusal.code)

    def _try(self, path: str, order: Json) -> bool:
        """Do it, and note what became of it; a customer may be gone by now. Returns whether it took effect."""
        order = order | {"by": self._handset.person.id}
        sent = {name: value for name, value in order.items() if name != "by"}
        try:
            self._office.act(path, sent)
        except OfficeRefused as refusal:
            self._evidence.note_act(path, order, refusal.code)
            return False
        self._evidence.note_act(path, order)
        return True
