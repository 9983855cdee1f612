"""Examples of the commands about competitors, and what has to stand before them."""

from tests.contract.example import Example, Payload
from tests.contract.world import World, new_id


def competitor(world: World) -> str:
    """A competitor."""
    id_ = new_id()
    world.do("dora", "visits.create_competitor", {"id": id_, "name": world.label("Competitor")})
    return id_


def competitor_product(world: World) -> str:
    """Something that a competitor sells."""
    payload = _product(world)
    world.do("dora", "visits.create_competitor_product", payload)
    return str(payload["id"])


def observation(world: World, visit: str, who: str = "alice") -> str:
    """A product that is in no list, seen on a visit."""
    payload = {"id": new_id(), "visit_id": visit, "product_name": world.text("Tea")}
    world.do(who, "visits.observe_competitor", payload | {"price": "8.80", "currency": "CNY"})
    return str(payload["id"])


def price(world: World, visit: str, who: str = "dora") -> None:
    """The price of a product of its own, twice on one visit."""
    seen = {"visit_id": visit, "competitor_product_id": competitor_product(world), "currency": "CNY"}
    for amount in ("9.90", "8.80"):
        world.do(who, "visits.observe_competitor", seen | {"id": new_id(), "price": amount})


def _product(world: World) -> Payload:
    return {
        "id": new_id(), "competitor_id": competitor(world), "name": world.label("Product"), "barcode": world.code(),
        "unit": "box", "product_id": world.product(),
    }  # fmt: skip


def _edit(world: World, id_: str, path: str) -> Payload:
    name = world.client("dora").call("GET", f"/api/v1/{path}/{id_}").json()["name"]
    changes = {"name": {"from": name, "to": world.label("Other")}, "archived": {"from": False, "to": True}}
    return {"id": id_, "changes": changes}


def _observe(world: World) -> Payload:
    visit = world.open_visit()
    return {
        "id": new_id(), "visit_id": visit, "competitor_product_id": competitor_product(world), "price": "19.90",
        "currency": "CNY", "unit": "box", "facings": 4, "note": world.text("note"), "photo_ids": [world.photo(visit)],
        "promotion": {"kind": "discount", "text": world.text("3 for 2"), "to_date": "2026-12-31"},
    }  # fmt: skip


EXAMPLES: dict[str, Example] = {
    "visits.create_competitor": Example(
        "carol", lambda w: {"id": new_id(), "name": w.label("Competitor")}, "/competitors"
    ),
    "visits.update_competitor": Example(
        "carol", lambda w: _edit(w, competitor(w), "competitors"), "/competitors/update"
    ),
    "visits.create_competitor_product": Example("carol", _product, "/competitor-products"),
    "visits.update_competitor_product": Example(
        "carol", lambda w: _edit(w, competitor_product(w), "competitor-products"), "/competitor-products/update"
    ),
    "visits.observe_competitor": Example("alice", _observe, "/visits/{visit_id}/competitor-observations"),
    "visits.link_observation": Example(
        "carol",
        lambda w: {"id": observation(w, w.open_visit()), "competitor_product_id": competitor_product(w)},
        "/competitor-observations/{id}/link",
    ),
    "visits.withdraw_observation": Example(
        "alice",
        lambda w: {"id": observation(w, w.open_visit()), "reason": w.text("misread")},
        "/competitor-observations/{id}/withdraw",
    ),
}
