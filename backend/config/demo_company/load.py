"""Fills the demo company through the same commands that everybody else uses.

Every id, of rows and of commands, is derived from the company's id and a key that never changes. So what was loaded
before is recognised by its commands: a second run does nothing, and a run that was interrupted goes on where it ended.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from accounts import queries as accounts
from accounts.commands.companies import create_company
from accounts.passwords import NewPassword, encode, hand_over
from config.demo_company import goods, people
from config.demo_company.shops import Shop, list_shops
from core.actor import Actor
from core.batches import CommandRequest, Verdict
from core.clock import now
from core.commands import execute_all
from core.fence import company_fence
from core.models import CommandRecord

Tell = Callable[[str, str, int], None]
"""Called after each kind of thing with its English and Chinese name and how many were added."""
_VISITS_A_DAY = (time(9, 0), time(10, 30), time(14, 0))
_PURPOSES = ("月度例行拜访 Monthly visit", "新品推荐 New products", "对账与回款 Accounts and payment")


class DemoIncomplete(Exception):
    """A command of the demo company did not take effect; the message names it and says why."""


@dataclass(frozen=True, slots=True)
class Step:
    """One command: its name, the key that its id is made of, the payload, and how many days ago it happened."""

    name: str
    key: str
    payload: dict[str, Any]
    days_ago: int = 0


def load(code: str = people.COMPANY, tell: Tell = lambda english, chinese, count: None) -> UUID:
    """Make the company, or what of it is missing, and return its id.

    Visits are planned for today, also when the rest was loaded on another day. Raises DemoIncomplete.
    """
    shops = list_shops()
    loader = _Loader(_founder(code))
    loader.run(_org_units(loader.id), "org units", "组织单元", tell)
    loader.add_people(tell)
    loader.run(_territories(loader.id), "territories", "片区", tell)
    loader.run(_categories(loader.id), "product categories", "产品类别", tell)
    loader.run(_products(loader.id), "products", "产品", tell)
    loader.run([_customer(loader.id, shop) for shop in shops], "customers", "客户", tell)
    loader.run(_sites(loader.id, shops), "sites", "网点", tell)
    loader.run(_contacts(loader.id, shops), "contacts", "联系人", tell)
    loader.run(_shares(loader.id, shops), "shares", "共享", tell)
    today = now().astimezone(ZoneInfo(people.TIME_ZONE)).date()
    # The company lives: a rep may have lost a customer since, and then there is nothing to plan for him there.
    loader.run(_plans(loader.id, shops, today), "visits planned for today", "今日计划拜访", tell, strict=False)
    return loader.admin.company_id


class _Loader:
    def __init__(self, admin: Actor) -> None:
        self.admin = admin

    def id(self, key: str) -> UUID:
        """The id of the row with this key, in this company."""
        return uuid5(self.admin.company_id, key)

    def run(self, steps: list[Step], english: str, chinese: str, tell: Tell, *, strict: bool = True) -> None:
        """Run the commands that were not run before. strict: all of them must take effect."""
        requests = self._missing(steps)
        if not requests:
            return
        verdicts = execute_all(requests, actor=self.admin, door="import")
        if strict:
            _require_effect(requests, verdicts)
        tell(english, chinese, sum(verdict.settled for verdict in verdicts))

    def add_people(self, tell: Tell) -> None:
        """Add the users, all with the same first password: hashed once, handed over beside the commands."""
        requests = self._missing(_people(self.id, self.admin.user_id))
        if not requests:
            return
        password = NewPassword(encode(people.PASSWORD))
        with hand_over(dict.fromkeys((request.id for request in requests), password)):
            _require_effect(requests, execute_all(requests, actor=self.admin, door="import"))
        tell("users", "用户", len(requests))

    def _missing(self, steps: list[Step]) -> list[CommandRequest]:
        requests = [
            CommandRequest(
                step.name,
                step.payload,
                id=self.id(f"command/{step.name}/{step.key}"),
                occurred_at=now() - timedelta(days=step.days_ago),
            )
            for step in steps
        ]
        with company_fence(self.admin.company_id):
            known = set(
                CommandRecord.objects.filter(
                    company_id=self.admin.company_id, id__in=[request.id for request in requests]
                ).values_list("id", flat=True)
            )
        return [request for request in requests if request.id not in known]


def _founder(code: str) -> Actor:
    """The administrator of the company with this code; both are made if they are missing."""
    company_id = accounts.find_company_id(code)
    if company_id is None:
        return create_company(
            code,
            people.COMPANY_NAME,
            admin=people.ADMIN,
            password=people.PASSWORD,
            time_zone=people.TIME_ZONE,
        )
    with company_fence(company_id):
        admin = accounts.find_user_named(people.ADMIN)
    if admin is None:
        raise DemoIncomplete(f"company {code} is not the demo's: it has no {people.ADMIN} / 公司 {code} 不是演示公司")
    return accounts.get_actor(company_id, admin.id)


def _require_effect(requests: list[CommandRequest], verdicts: list[Verdict]) -> None:
    for request, verdict in zip(requests, verdicts, strict=True):
        if not verdict.settled:
            raise DemoIncomplete(f"{request.name} {request.payload}: {verdict.code} {verdict.message}")


# The commands. `id_` makes the id of a row from its key.

Ids = Callable[[str], UUID]


def _org_units(id_: Ids) -> list[Step]:
    return [
        _step("accounts.create_org_unit", id_, f"unit/{unit.key}", name=unit.name, parent_id=_unit_id(id_, unit.parent))
        for unit in people.UNITS
    ]


def _people(id_: Ids, admin_id: UUID) -> list[Step]:
    name = {"name": {"from": people.ADMIN, "to": people.ADMIN_NAME}}
    steps = [Step("accounts.update_user", people.ADMIN, {"id": str(admin_id), "changes": name})]
    for person in people.PEOPLE:
        steps.append(
            _step(
                "accounts.create_user",
                id_,
                f"user/{person.username}",
                username=person.username,
                name=person.name,
                roles=[person.role],
                org_unit_id=_unit_id(id_, person.unit),
                locale=person.locale,
            )
        )
    return steps


def _territories(id_: Ids) -> list[Step]:
    steps = [
        _step(
            "accounts.create_territory",
            id_,
            f"territory/{territory.code}",
            code=territory.code,
            name=territory.name,
            org_unit_id=_unit_id(id_, territory.unit),
        )
        for territory in people.TERRITORIES
    ]
    for person in people.PEOPLE:
        for code in person.territories:
            member = {"territory_id": str(id_(f"territory/{code}")), "user_id": str(id_(f"user/{person.username}"))}
            steps.append(Step("accounts.add_territory_member", f"{code}/{person.username}", member))
    return steps


def _categories(id_: Ids) -> list[Step]:
    return [
        _step(
            "catalog.create_category",
            id_,
            f"category/{key}",
            name=name,
            parent_id=str(id_(f"category/{parent}")) if parent else None,
        )
        for key, (name, parent) in goods.CATEGORIES.items()
    ]


def _products(id_: Ids) -> list[Step]:
    return [
        _step(
            "catalog.create_product",
            id_,
            f"product/{product.code}",
            **product._asdict(),
            category_id=str(id_(f"category/{category}")),
            currency=goods.CURRENCY,
        )
        for category, products in goods.PRODUCTS.items()
        for product in products
    ]


def _customer(id_: Ids, shop: Shop) -> Step:
    number = int(shop.key.rpartition("/")[2])
    return _step(
        "customers.create",
        id_,
        shop.key,
        # Customers were won over the last two years, not all today.
        days_ago=20 + number * 7,
        **shop.customer,
        owner_id=str(id_(f"user/{shop.owner}")),
        territory_id=str(id_(f"territory/{shop.territory}")),
    )


def _sites(id_: Ids, shops: list[Shop]) -> list[Step]:
    return [
        _step("customers.add_site", id_, f"{shop.key}/site/{rank}", customer_id=str(id_(shop.key)), **site)
        for shop in shops
        for rank, site in enumerate(shop.sites)
    ]


def _contacts(id_: Ids, shops: list[Shop]) -> list[Step]:
    return [
        _step("customers.add_contact", id_, f"{shop.key}/contact/{rank}", customer_id=str(id_(shop.key)), **contact)
        for shop in shops
        for rank, contact in enumerate(shop.contacts)
    ]


def _shares(id_: Ids, shops: list[Shop]) -> list[Step]:
    return [
        Step(
            "customers.share",
            f"{shop.key}/{shop.shared_with}",
            {"customer_id": str(id_(shop.key)), "user_id": str(id_(f"user/{shop.shared_with}"))},
        )
        for shop in shops
        if shop.shared_with
    ]


def _plans(id_: Ids, shops: list[Shop], day: date) -> list[Step]:
    return list(_each_plan(id_, shops, day))


def _each_plan(id_: Ids, shops: list[Shop], day: date) -> Iterator[Step]:
    """Three visits of each rep, on another day at other customers."""
    zone = ZoneInfo(people.TIME_ZONE)
    for person in people.PEOPLE:
        own = [shop for shop in shops if shop.owner == person.username]
        if not own:
            continue
        for turn, (at, purpose) in enumerate(zip(_VISITS_A_DAY, _PURPOSES, strict=True)):
            shop = own[(day.toordinal() * len(_VISITS_A_DAY) + turn) % len(own)]
            yield _step(
                "visits.plan",
                id_,
                f"plan/{day}/{person.username}/{turn}",
                customer_id=str(id_(shop.key)),
                site_id=str(id_(f"{shop.key}/site/0")),
                rep_id=str(id_(f"user/{person.username}")),
                planned_date=str(day),
                planned_at=datetime.combine(day, at, zone).isoformat(),
                purpose=purpose,
            )


def _step(command: str, id_: Ids, key: str, days_ago: int = 0, **payload: Any) -> Step:
    """A command that makes the row with this key."""
    return Step(command, key, {"id": str(id_(key)), **payload}, days_ago)


def _unit_id(id_: Ids, key: str | None) -> str | None:
    return str(id_(f"unit/{key}")) if key else None
