"""What the office prepares before the day: customers where the tracks stay, and a few that nobody visits today."""

import itertools
import random
import uuid
from dataclasses import dataclass, field

from simulation import cast
from simulation.office import Json, Office
from simulation.stays import metres
from simulation.tracks import Morning

SAME_PLACE_M = 100.0
"""Stays nearer to each other than this are at one customer."""
_FENCE_M = 150.0
QUIET = 2
"""So many customers of each rep are not visited today."""


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer of the day with its only site and contact. lat, lon: degrees in WGS-84."""

    id: str
    name: str
    lat: float
    lon: float
    site_id: str
    contact_id: str


@dataclass
class Round:
    """A rep's morning and whom he visits in it.

    at_stay: the customer of each stay of the track; None where he finds a new one. quiet: his customers that he does
    not visit.
    """

    morning: Morning
    at_stay: list[Customer | None] = field(default_factory=list)
    quiet: list[Customer] = field(default_factory=list)

    @property
    def visited(self) -> list[Customer]:
        """The customers that he visits, each once, in the order of the first visit."""
        return list(dict.fromkeys(customer for customer in self.at_stay if customer))


class Settler:
    """Makes customers through the office."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._names = itertools.cycle(chance.sample(cast.SHOPS, len(cast.SHOPS)))

    def settle(self, office: Office, owner_id: str, morning: Morning) -> Round:
        """Put customers of `owner_id` where the track stays; stays near each other are one customer.

        The place of the last stay is left free: the rep finds a new customer there.
        """
        found = Round(morning)
        new = morning.stays[-1]
        for stay in morning.stays:
            if metres(stay, new) <= SAME_PLACE_M:
                found.at_stay.append(None)
                continue
            known = [customer for customer in found.visited if metres(customer, stay) <= SAME_PLACE_M]
            found.at_stay.append(known[0] if known else self._add(office, owner_id, stay.lat, stay.lon))
        for _ in range(QUIET):
            lat, lon = (middle + self._chance.uniform(-0.02, 0.02) for middle in (new.lat, new.lon))
            found.quiet.append(self._add(office, owner_id, lat, lon))
        return found

    def _add(self, office: Office, owner_id: str, lat: float, lon: float) -> Customer:
        lat, lon = round(lat, 6), round(lon, 6)
        customer = Customer(_new_id(), next(self._names), lat, lon, _new_id(), _new_id())
        phone = f"010-5551-{self._chance.randrange(10_000):04}"
        details: Json = {"phone": phone, "customer_class": self._chance.choice("ABC"), "owner_id": owner_id}
        office.act("customers", {"id": customer.id, "name": customer.name, **details})
        site = {"id": customer.site_id, "customer_id": customer.id, "name": "门店 Shop", "fence_radius_m": _FENCE_M}
        office.act("customers/add-site", site | {"position": {"lat": lat, "lon": lon}})
        contact = {"id": customer.contact_id, "customer_id": customer.id, "name": self._chance.choice(cast.CONTACTS)}
        office.act("customers/add-contact", contact | {"title": self._chance.choice(cast.TITLES), "is_primary": True})
        return customer


def _new_id() -> str:
    return str(uuid.uuid4())
