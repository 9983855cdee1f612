"""Fills the demo company through the same commands that everybody else uses.

Every id, of rows and of commands, is derived from the company's id and a key that never changes. So what was loaded
before is recognised by its commands: a second run does nothing, and a run that was interrupted goes on where it ended.
"""

from collections.abc import Iterator
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from accounts import queries as accounts
from accounts.commands.companies import create_company
from config.demo_company import duties, goods, history, people, rivals, rules
from config.demo_company.loader import DemoIncomplete, Loader, Tell
from config.demo_company.shops import Shop, list_shops
from config.demo_company.steps import Ids, Step, make, unit_id
from core.actor import Actor
from core.clock import now
from core.fence import company_fence

_VISITS_A_DAY = (time(9, 0), time(10, 30), time(14, 0))
_PURPOSES = ("月度例行拜访 Monthly visit", "新品推荐 New products", "对账与回款 Accounts and payment")


def load(code: str = people.COMPANY, tell: Tell = lambda english, chinese, count: None) -> UUID:
    """Make the company, or what of it is missing, and return its id.

    It has a past of four weeks before the day on which it was first loaded. Visits are planned for today, also when the
    rest was loaded on another day. Raises DemoIncomplete.
    """
    shops = list_shops()
    loader = Loader(_founder(code), tell)
    loader.run(_org_units(loader.id), "org units", "组织单元")
    loader.add_people(_people(loader.id, loader.admin.user_id))
    loader.run(_territories(loader.id), "territories", "片区")
    loader.run(_categories(loader.id), "product categories", "产品类别")
    loader.run(_products(loader.id), "products", "产品")
    loader.run(list(rivals.list_steps(loader.id)), "competitors and their products", "竞争对手及其产品")
    loader.run(list(duties.list_steps(loader.id)), "form and visit types", "表单与拜访类型")
    loader.run([_customer(loader.id, shop) for shop in shops], "customers", "客户")
    loader.run(_sites(loader.id, shops), "sites", "网点")
    loader.run(_contacts(loader.id, shops), "contacts", "联系人")
    loader.run(_shares(loader.id, shops), "shares", "共享")
    history.live_through(loader, shops, rules.make_rules(loader))
    today = now().astimezone(ZoneInfo(people.TIME_ZONE)).date()
    # The company lives: a rep may have lost a customer since, and then there is nothing to plan for him there.
    loader.run(_plans(loader.id, shops, today), "visits planned for today", "今日计划拜访", strict=False)
    return loader.admin.company_id


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


# The commands.


def _org_units(id_: Ids) -> list[Step]:
    return [
        make("accounts.create_org_unit", id_, f"unit/{unit.key}", name=unit.name, parent_id=unit_id(id_, unit.parent))
        for unit in people.UNITS
    ]


def _people(id_: Ids, admin_id: UUID) -> list[Step]:
    name = {"name": {"from": people.ADMIN, "to": people.ADMIN_NAME}}
    steps = [Step("accounts.update_user", people.ADMIN, {"id": str(admin_id), "changes": name})]
    for person in people.PEOPLE:
        steps.append(
            make(
                "accounts.create_user",
                id_,
                f"user/{person.username}",
                username=person.username,
                name=person.name,
                roles=[person.role],
                org_unit_id=unit_id(id_, person.unit),
                locale=person.locale,
            )
        )
    return steps


def _territories(id_: Ids) -> list[Step]:
    steps = [
        make(
            "accounts.create_territory",
            id_,
            f"territory/{territory.code}",
            code=territory.code,
            name=territory.name,
            org_unit_id=unit_id(id_, territory.unit),
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
        make(
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
        make(
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
    return make(
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
        make("customers.add_site", id_, f"{shop.key}/site/{rank}", customer_id=str(id_(shop.key)), **site)
        for shop in shops
        for rank, site in enumerate(shop.sites)
    ]


def _contacts(id_: Ids, shops: list[Shop]) -> list[Step]:
    return [
        make("customers.add_contact", id_, f"{shop.key}/contact/{rank}", customer_id=str(id_(shop.key)), **contact)
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
            yield make(
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
