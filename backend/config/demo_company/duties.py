"""What has to be done on visits of the demo company: two types of visits, and a scored form for the shelf."""

import random
from collections.abc import Iterator
from typing import Any

from config.demo_company.steps import Ids, Step, make

_MATRIX = ("W-101", "W-201", "J-101")
_STOCKED, _FACINGS, _PLACE, _WHY, _STOCK = "stocked", "facings", "place", "why", "stock"


def list_steps(id_: Ids) -> Iterator[Step]:
    """The form with its first version, and the types of visits that ask for it."""
    yield make("forms.create", id_, "form/shelf", code="SHELF", names=_names("Shelf check", "货架检查"))
    yield make(
        "forms.publish_version",
        id_,
        "form/shelf/1",
        form_id=str(id_("form/shelf")),
        definition={"questions": _questions(id_)},
    )
    shelf = {"id": "shelf_photo", "kind": "photo", "names": _names("Photo of the shelf", "货架照片")}
    log = {"id": "log", "kind": "log", "names": _names("Visit log", "拜访记录")}
    yield make(
        "visits.set_visit_type",
        id_,
        "visit_type/key",
        code="KEY",
        names=_names("Key account visit", "重点客户拜访"),
        position=10,
        chosen_for={"customer_classes": ["A"]},
        actions=[
            shelf,
            {
                "id": "shelf_check",
                "kind": "form",
                "names": _names("Shelf check", "货架检查"),
                "form_id": str(id_("form/shelf")),
            },
            {"id": "rivals", "kind": "competitor", "names": _names("A competitor’s price", "竞品价格")},
            log,
        ],
    )
    yield make(
        "visits.set_visit_type",
        id_,
        "visit_type/regular",
        code="REGULAR",
        names=_names("Regular visit", "常规拜访"),
        position=20,
        chosen_for={},
        actions=[log, shelf | {"only_for": {"customer_classes": ["B"]}}],
    )


def answers(id_: Ids, chance: random.Random) -> dict[str, Any]:
    """What a rep finds at a shelf."""
    stocked = chance.random() < 0.85
    found: dict[str, Any] = {_STOCKED: stocked}
    if stocked:
        found |= {_FACINGS: str(chance.randint(1, 9)), _PLACE: chance.choice(("eye", "hand", "floor"))}
    else:
        found[_WHY] = chance.choice(("本周未到货 No delivery this week", "已售罄 Sold out"))
    found[_STOCK] = {str(id_(f"product/{code}")): {"cases": str(chance.randint(0, 30))} for code in _MATRIX}
    return found


def _questions(id_: Ids) -> list[dict[str, Any]]:
    in_stock = {"op": "equals", "question": _STOCKED, "value": True}
    return [
        {
            "id": _STOCKED,
            "type": "boolean",
            "names": _names("Are our products on the shelf?", "我方产品是否在架？"),
            "required": True,
            "score": {"yes": 10},
        },
        {
            "id": _FACINGS,
            "type": "number",
            "names": _names("Facings", "排面数"),
            "unit": "pcs",
            "min": "0",
            "max": "99",
            "required": True,
            "visible_if": in_stock,
            "score": {"weight": 2, "ranges": [{"from": "6", "points": 10}, {"from": "3", "to": "5", "points": 6}]},
        },
        {
            "id": _PLACE,
            "type": "choice",
            "names": _names("Where do they stand?", "陈列位置"),
            "choices": [
                {"id": "eye", "names": _names("Eye level", "视线层")},
                {"id": "hand", "names": _names("Hand level", "手拿层")},
                {"id": "floor", "names": _names("Floor", "地堆")},
            ],
            "visible_if": in_stock,
            "score": {"points": {"eye": 10, "hand": 7, "floor": 3}},
        },
        {
            "id": _WHY,
            "type": "text",
            "names": _names("Why not?", "为何缺货？"),
            "max_length": 200,
            "visible_if": {"op": "not", "of": [in_stock]},
        },
        {
            "id": _STOCK,
            "type": "matrix",
            "names": _names("Stock in the shop", "店内库存"),
            "product_ids": [str(id_(f"product/{code}")) for code in _MATRIX],
            "measures": [{"id": "cases", "type": "number", "names": _names("Cases", "箱数"), "min": "0", "max": "999"}],
        },
    ]


def _names(en: str, zh: str) -> dict[str, str]:
    return {"en": en, "zh": zh}
