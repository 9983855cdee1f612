"""A rep's day that is over: plan against fact, doubtful evidence, and a trail with a stop and a gap."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from core.ids import uuid7
from tests.files import makers, phone
from tests.forms.questionnaires import choices, make_form, of, publish, question
from tests.personas import TestCompany
from tests.trails.field import Fix, batch, send, tracked
from tests.visits.field import FIX, add_customer, applied, check_in, evidence_row, plan, push, request

ZONE = ZoneInfo("Asia/Shanghai")
_SHOPS = {
    "harbour": ("Harbour Café 港湾咖啡馆", 31.2400, 121.4900),
    "baker": ("Jing'an Bakery 静安面包房", 31.2300, 121.4600),
    "tea": ("Red Lantern Tea and Household Goods International Trading (Pudong New Area) Co., Ltd.", 31.2200, 121.4700),
    "corner": ("街角便利店", 31.2250, 121.4750),
}


@dataclass
class RepDay:
    """alice's yesterday. visits, evidence: by shop."""

    company: TestCompany
    day: date = field(default_factory=lambda: datetime.now(ZONE).date() - timedelta(days=1))
    customers: dict[str, UUID] = field(default_factory=dict)
    visits: dict[str, UUID] = field(default_factory=dict)
    evidence: dict[str, UUID] = field(default_factory=dict)
    product: UUID = field(default_factory=uuid7)

    def __post_init__(self) -> None:
        rep = self.company.alice
        for name, (title, lat, lon) in _SHOPS.items():
            self.customers[name] = add_customer(rep, {"lat": lat, "lon": lon}, name=title, address="上海市浦东新区")
        for name, hour in (("harbour", time(9, 30)), ("baker", time(11)), ("tea", time(14))):
            planned = {"planned_date": str(self.day), "planned_at": self.at(hour).isoformat(), "dwell_minutes": 45}
            self.visits[name] = plan(rep, self.customers[name], **planned)
        form = self._ask()
        self._visit("harbour", time(9, 52), time(10, 20), self.fix("harbour"))
        self._visit("baker", time(11, 2), time(11, 40), self.fix("baker") | {"lat": 31.2390, "accuracy_m": 40})
        self._visit("corner", time(15), time(15, 25), None)
        self._papers(self.visits["harbour"])
        self._answer(self.visits["harbour"], form)

    @property
    def address(self) -> str:
        """The page of the day."""
        return f"/console/visits/day/{self.company.alice.id}?day={self.day}"

    def at(self, hour: time) -> datetime:
        """A time of the day, in Shanghai."""
        return datetime.combine(self.day, hour, ZONE).astimezone(UTC)

    def fix(self, shop: str) -> dict[str, Any]:
        """A good position at a shop's door."""
        return FIX | {"lat": _SHOPS[shop][1] + 0.0004, "lon": _SHOPS[shop][2]}

    def leave_trail(self) -> None:
        """alice's team is tracked, she agrees, and her phone sends the day: from shop to shop, without signal once."""
        tracked(self.company, "alice")
        morning = [*self._stay("harbour", time(9, 50), 54), *self._way("harbour", "baker", time(10, 45), 12)]
        noon = self._stay("baker", time(11), 45)
        later = [*self._stay("tea", time(12, 40), 75), *self._way("tea", "corner", time(14), 5)]
        later += self._stay("corner", time(14, 55), 30)
        states = [(self.at(time(11, 46)), "no_signal"), (self.at(time(12, 39)), "tracking")]
        send(self.company.client("alice"), batch([*morning, *noon, *later], states))

    def _visit(self, shop: str, begin: time, end: time, fix: Any) -> None:
        rep, visit = self.company.alice, self.visits.get(shop)
        self.visits[shop] = check_in(rep, self.customers[shop], visit, fix, occurred_at=self.at(begin))
        payload = {"visit_id": self.visits[shop], "fix": fix}
        applied(*push(rep, request("visits.check_out", payload, occurred_at=self.at(end))))
        self.evidence[shop] = evidence_row(rep, self.visits[shop]).id

    def _papers(self, visit: UUID) -> None:
        """What else is recorded on a visit."""
        rep, at = self.company.alice, self.at(time(10, 10))
        due = str(self.day + timedelta(days=9))
        steps = [{"text": "送样品 Bring samples", "due_date": due}, {"text": "Call again"}]
        note = "采购想先试用两周。\nThey want to try it for two weeks before they order."
        log = {"id": str(visit), "visit_id": str(visit), "result": "follow_up", "note": note, "next_steps": steps}
        applied(*push(rep, request("visits.log", log, occurred_at=at)))
        phone.add_photo(rep, visit, makers.jpeg(makers.scene(7)), caption="货架 Shelf")
        seen = {"id": str(visit), "visit_id": str(visit), "product_name": "Rival tea", "price": "12.50"}
        seen |= {"currency": "CNY", "facings": 4, "promotion": {"kind": "discount", "text": "3 for 2"}}
        applied(*push(rep, request("visits.observe_competitor", seen, occurred_at=at)))

    def _ask(self) -> str:
        """What is asked on every visit: a form, photos and a signature; returns the form's version."""
        goods = {"id": str(self.product), "code": "TEA-1", "name": "Green tea 绿茶", "unit": "box", "price": "10"} | {
            "currency": "CNY"
        }
        applied(self.company.dora.execute("catalog.create_product", goods))
        definition = of(
            question("stocked", "boolean", required=True, score={"yes": 10}),
            question("place", "choice", choices=choices("eye", "floor"), score={"points": {"eye": 10, "floor": 5}}),
            question("depth", "number", unit="cm", max="99", required=True),
            question("stock", "matrix", product_ids=[str(self.product)], measures=[question("boxes", "number")]),
        )
        form = make_form(self.company)
        version = publish(self.company, definition, form)
        actions = [
            {"id": "shelf", "kind": "photo", "names": {"en": "Photo of the shelf", "zh": "货架照片"}},
            {"id": "check", "kind": "form", "names": {"en": "Shelf check", "zh": "陈列检查"}, "form_id": form},
            {"id": "sign", "kind": "signature", "names": {"en": "Signature", "zh": "签名"}},
        ]
        names = {"en": "Store check", "zh": "门店检查"}
        type_ = {"id": str(uuid7()), "code": "check", "names": names, "chosen_for": {}, "actions": actions}
        applied(self.company.dora.execute("visits.set_visit_type", type_))
        return version

    def _answer(self, visit: UUID, version: str) -> None:
        given = {"stocked": True, "place": "floor", "stock": {str(self.product): {"boxes": "12"}}}
        payload = {"id": str(uuid7()), "visit_id": str(visit), "form_version_id": version, "answers": given}
        applied(*push(self.company.alice, request("visits.answer_form", payload, occurred_at=self.at(time(10, 12)))))

    def _stay(self, shop: str, begin: time, minutes: int) -> list[Fix]:
        _, lat, lon = _SHOPS[shop]
        start = self.at(begin)
        return [(start + timedelta(minutes=n), lat + n % 3 * 0.00005, lon, 10.0) for n in range(minutes)]

    def _way(self, here: str, there: str, begin: time, minutes: int) -> list[Fix]:
        (_, lat, lon), (_, to_lat, to_lon) = _SHOPS[here], _SHOPS[there]
        start = self.at(begin)
        return [
            (start + timedelta(minutes=n), lat + (to_lat - lat) * n / minutes, lon + (to_lon - lon) * n / minutes, 8.0)
            for n in range(minutes)
        ]
