"""Makes the people and customers of a run, through the API alone, so that any server will do that has an administrator.

People are made one by one, for each gets a password; customers go up a hundred at a time, as from a device.
"""

import random
import uuid
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from threading import Lock

from simulation import cast
from simulation.fleet.setting import Person, Roster, Server, Shop, Team
from simulation.office import Json, Office

TEAM_SIZE = 20
SHOPS_A_REP = 12
_PRODUCTS = 25
_DESKS = 6
"""So many requests at a time."""
_PASSWORD = "fleet-in-the-field"  # noqa: S105  of people who exist for one run


def settle(server: Server, reps: int, seed: int, *, shops_a_rep: int = SHOPS_A_REP) -> Roster:
    """Make teams of at most `TEAM_SIZE` reps with a manager each, one dispatcher above all, customers and products.

    Everybody's name begins with a word of this run, so that several runs have room in one company. Raises
    OfficeRefused, NetworkFailed.
    """
    chance = random.Random(seed)
    run = uuid.uuid4().hex[:5]
    with ExitStack() as open_desks:
        desks = [
            open_desks.enter_context(closing(Office(server.url, server.company, server.admin, server.password)))
            for _ in range(_DESKS)
        ]
        desk = desks[0]
        company_id = str(desk.get("me")["company"]["id"])
        head = _unit(desk, f"车队 Fleet {run}", None)
        sizes = _sizes(reps)
        units = [_unit(desk, f"{run} 第 {number + 1} 队 Team {number + 1}", head) for number in range(len(sizes))]
        dispatcher = Person(f"{run}-dispatcher", _id(), head)
        managers = [Person(f"{run}-manager{number + 1}", _id(), unit) for number, unit in enumerate(units)]
        names = iter(f"{run}-rep{number + 1:04}" for number in range(reps))
        crews = [
            tuple(Person(next(names), _id(), unit) for _ in range(size))
            for unit, size in zip(units, sizes, strict=True)
        ]
        _add_people(desks, _people(dispatcher, managers, crews))
        desk.push("catalog.create_product", [_product(run, number) for number in range(_PRODUCTS)])
        teams = []
        for manager, crew in zip(managers, crews, strict=True):
            shops = {rep.username: tuple(_shop(chance) for _ in range(shops_a_rep)) for rep in crew}
            _add_shops(desk, crew, shops)
            teams.append(Team(manager, crew, shops))
    return Roster(server, company_id, _PASSWORD, tuple(teams), dispatcher)


def _sizes(reps: int) -> list[int]:
    """How many reps each team has: about the same, and at least two."""
    teams = max(1, -(-reps // TEAM_SIZE))
    return [reps // teams + (number < reps % teams) for number in range(teams)]


def _unit(desk: Office, name: str, parent_id: str | None) -> str:
    id_ = _id()
    desk.act("org-units", {"id": id_, "name": name, "parent_id": parent_id})
    return id_


def _people(
    dispatcher: Person, managers: Sequence[Person], crews: Iterable[Sequence[Person]]
) -> Iterator[tuple[Person, str]]:
    yield dispatcher, "dispatcher"
    for manager in managers:
        yield manager, "manager"
    for crew in crews:
        for rep in crew:
            yield rep, "rep"


def _add_people(desks: Sequence[Office], people: Iterable[tuple[Person, str]]) -> None:
    def add(numbered: tuple[int, tuple[Person, str]]) -> None:
        number, (person, role) = numbered
        user: Json = {"id": person.id, "username": person.username, "name": f"{cast.CONTACTS[number % 8]} {number}"}
        user |= {"roles": [role], "org_unit_id": person.unit_id, "locale": "zh-Hans" if number % 2 else "en"}
        with in_use[number % len(desks)]:
            desks[number % len(desks)].act("users", user | {"password": _PASSWORD})

    in_use = [Lock() for _ in desks]
    with ThreadPoolExecutor(len(desks)) as pool:
        list(pool.map(add, enumerate(people)))


def _add_shops(desk: Office, crew: Sequence[Person], shops: dict[str, tuple[Shop, ...]]) -> None:
    customers: list[Json] = []
    sites: list[Json] = []
    contacts: list[Json] = []
    for rep in crew:
        for shop in shops[rep.username]:
            customers.append({"id": shop.id, "name": shop.name, "owner_id": rep.id, "phone": "010-5554-0000"})
            position = {"lat": shop.lat, "lon": shop.lon}
            site = {"id": shop.site_id, "customer_id": shop.id, "name": "门店 Shop", "fence_radius_m": 150}
            sites.append(site | {"position": position})
            contact = {"id": shop.contact_id, "customer_id": shop.id, "name": cast.CONTACTS[0], "is_primary": True}
            contacts.append(contact)
    desk.push("customers.create", customers)
    desk.push("customers.add_site", sites)
    desk.push("customers.add_contact", contacts)


def _shop(chance: random.Random) -> Shop:
    lat, lon = (round(middle + chance.uniform(-0.3, 0.3), 6) for middle in (39.95, 116.35))
    return Shop(_id(), chance.choice(cast.SHOPS), _id(), _id(), lat, lon)


def _product(run: str, number: int) -> Json:
    code = f"FLEET-{run}-{number:02}"
    return {"id": _id(), "code": code, "name": f"乌龙茶 Oolong {number}", "unit": "箱 case", "price": "99.90",
            "currency": "CNY"}  # fmt: skip


def _id() -> str:
    return str(uuid.uuid4())
