"""A rep's data as it looks in use: customers with long names, contacts, visits in every state."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from core.ids import uuid7
from tests.personas import Persona, TestCompany
from tests.visits.field import add_customer, add_site, applied, check_in, plan, push, request

ZONE = ZoneInfo("Asia/Shanghai")
LONG_NAME = (
    "上海红灯笼国际贸易发展有限责任公司 Red Lantern International Trading Development (Pudong New Area) Co., Ltd."
)
DOOR = {"lat": 31.23, "lon": 121.47}
_SHOPS = (
    ("街角便利店 Corner Shop", "B", "黄浦区南京东路 100 号"),
    ("Harbour Café", "A", "虹口区东大名路 358 号"),
    ("绿叶生鲜超市", "A", "徐汇区衡山路 12 弄 7 号"),
    ("Bund Pharmacy 外滩药房", "C", "黄浦区中山东一路 18 号"),
    ("老王五金", "C", "静安区昌平路 990 号"),
    ("Jing'an Bakery 静安面包房", "B", "静安区愚园路 68 号"),
)


def today(hour: int, minute: int = 0) -> datetime:
    """A time of this day in Shanghai, where the browsers of the tests are."""
    return datetime.now(ZONE).replace(hour=hour, minute=minute, second=0, microsecond=0).astimezone(UTC)


def _log(rep: Persona, visit_id: UUID, at: datetime, **members: Any) -> None:
    payload = {"id": str(uuid7()), "visit_id": str(visit_id)} | members
    applied(*push(rep, request("visits.log", payload, occurred_at=at)))


def _contact(rep: Persona, customer_id: UUID, **members: Any) -> None:
    applied(rep.execute("customers.add_contact", {"id": str(uuid7()), "customer_id": str(customer_id)} | members))


def make_full_day(company: TestCompany) -> dict[str, UUID]:
    """Alice's customers and her day; returns ids by name: `customer` with everything, `visit` with a log."""
    rep = company.alice
    day = datetime.now(ZONE).date()
    long = add_customer(
        rep,
        DOOR | {"name": "总部 Head office", "address": "浦东新区世纪大道 100 号环球金融中心 79 楼 7901 室"},
        name=LONG_NAME,
        code="SH-000017",
        customer_class="A",
        phone="+86 21 5888 0000",
        address="浦东新区世纪大道 100 号",
        notes="仓库在后门，下午 5 点前送货。\nRing the bell at the rear; deliveries before 17:00.",
    )
    add_site(rep, long, 31.2, 121.5, name="仓库 Warehouse", address="外高桥保税区富特北路 211 号")
    _contact(
        rep, long, name="李梅 Li Mei", title="采购经理 Purchasing manager", phone="+86 138 0000 1111", is_primary=True
    )
    _contact(rep, long, name="Bo Zhang", title="Warehouse", phone="+86 139 0000 2222", email="bo.zhang@example.com")
    shops = [
        add_customer(rep, DOOR, name=name, customer_class=grade, address=address, code=f"SH-{number:06}")
        for number, (name, grade, address) in enumerate(_SHOPS, 18)
    ]
    lost = add_customer(rep, name="Old Dock Restaurant 老码头餐厅")
    done = check_in(rep, long, occurred_at=today(0, 5))
    step = {"text": "送样品 Bring samples of the new series", "due_date": str(day + timedelta(days=3))}
    note = "采购想先试用两周，再决定数量。 They want to try it for two weeks before they order."
    _log(rep, done, today(0, 20), result="follow_up", note=note, next_steps=[step, {"text": "Call Li Mei"}])
    applied(*push(rep, request("visits.check_out", {"visit_id": done, "fix": None}, occurred_at=today(0, 40))))
    check_in(rep, shops[0], fix=None, occurred_at=datetime.now(UTC) - timedelta(minutes=25))
    plan(rep, shops[1], planned_date=str(day), purpose="春季促销 Spring promotion")
    plan(rep, shops[2], planned_date=str(day))
    plan(rep, shops[3], planned_date=str(day - timedelta(days=2)), purpose="Collect the order")
    return {"customer": long, "visit": done, "conflict": shops[4], "refused": shops[5], "lost": lost}
