"""Whom the demo company competes with: invented names, and what they sell against its own products."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from config.demo_company import goods
from config.demo_company.steps import Ids, Step, make

_CENT = Decimal("0.01")


class Rival(NamedTuple):
    """A competitor's product. against: the code of the own one. level: its usual price beside ours."""

    key: str
    competitor: str
    name: str
    against: str
    level: str


COMPETITORS = {"maple": "枫泉 Maple Spring", "dawn": "晨溪食品 Dawn Creek Foods"}
RIVALS = (
    Rival("maple/water", "maple", "枫泉矿泉水 550ml×24 Maple Mineral Water", "W-101", "0.96"),
    Rival("maple/oolong", "maple", "枫泉乌龙茶 500ml×15 Maple Oolong", "W-201", "0.92"),
    Rival("maple/sparkling", "maple", "枫泉气泡水 330ml×24 Maple Sparkling", "W-301", "1.05"),
    Rival("dawn/orange", "dawn", "晨溪橙汁 1L×12 Dawn Creek Orange", "J-101", "0.89"),
    Rival("dawn/milk", "dawn", "晨溪纯牛奶 250ml×16 Dawn Creek Milk", "D-101", "1.02"),
)
_PRODUCTS = {product.code: product for products in goods.PRODUCTS.values() for product in products}


def list_steps(id_: Ids) -> Iterator[Step]:
    """The commands that enter them."""
    for key, name in COMPETITORS.items():
        yield make("visits.create_competitor", id_, f"competitor/{key}", name=name)
    for rival in RIVALS:
        yield make(
            "visits.create_competitor_product",
            id_,
            f"competitor/{rival.key}",
            competitor_id=str(id_(f"competitor/{rival.competitor}")),
            name=rival.name,
            unit=_PRODUCTS[rival.against].unit,
            product_id=str(id_(f"product/{rival.against}")),
        )


def price(rival: Rival, change: Decimal) -> str:
    """What it costs in a shop. change: a factor, around 1."""
    return str((Decimal(_PRODUCTS[rival.against].price) * Decimal(rival.level) * change).quantize(_CENT, ROUND_HALF_UP))
