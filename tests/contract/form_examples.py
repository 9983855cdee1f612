"""Examples of the commands about forms, and what has to stand before them."""

from typing import Any

from tests.contract.example import Example, Payload
from tests.contract.world import World, new_id


def definition(world: World) -> Payload:
    """A form that asks a bit of everything."""
    shelf = {"en": world.label("Shelf"), "zh": world.label("货架")}
    return {
        "questions": [
            {
                "id": "stocked", "type": "boolean", "names": {"en": "In stock?", "zh": "有货吗？"}, "required": True,
                "score": {"yes": 10},
            },
            {
                "id": "facings", "type": "number", "names": shelf, "unit": "pcs", "min": "0", "max": "99",
                "visible_if": {"op": "equals", "question": "stocked", "value": True},
                "score": {"weight": 2, "ranges": [{"from": "4", "points": 10}, {"from": "1", "points": 5}]},
            },
            {
                "id": "place", "type": "choice", "names": {"en": "Where?", "zh": "位置"},
                "choices": [
                    {"id": "eye", "names": {"en": "Eye level", "zh": "视线层"}},
                    {"id": "floor", "names": {"en": "Floor", "zh": "地堆"}},
                ],
                "score": {"points": {"eye": 10, "floor": 2}},
            },
            {"id": "proof", "type": "photo", "names": {"en": "Photo", "zh": "照片"}, "required": True},
            {
                "id": "counts", "type": "matrix", "names": {"en": "Stock", "zh": "库存"},
                "product_ids": [world.product()],
                "measures": [{"id": "stock", "type": "number", "names": {"en": "Stock", "zh": "库存"}}],
            },
        ]
    }  # fmt: skip


def a_form(world: World) -> str:
    """A form without a version."""
    id_ = new_id()
    payload = {"id": id_, "code": world.code(), "names": {"en": world.label("Form"), "zh": world.label("表单")}}
    world.do("dora", "forms.create", payload)
    return id_


def a_version(world: World, form: str | None = None, **more: Any) -> str:
    """A version of a form that can be answered."""
    id_ = new_id()
    payload = {"id": id_, "form_id": form or a_form(world), "definition": definition(world)} | more
    world.do("dora", "forms.publish_version", payload)
    return id_


def a_draft(world: World) -> str:
    """A form that is being designed."""
    form = a_form(world)
    world.do("dora", "forms.save_draft", {"form_id": form, "definition": {"questions": [{"id": world.label("q")}]}})
    return form


def _edit(world: World) -> Payload:
    id_, code = new_id(), world.code()
    names = {"en": world.label("Form"), "zh": ""}
    world.do("dora", "forms.create", {"id": id_, "code": code, "names": names})
    changes = {"names": {"from": names, "to": {"en": world.label("Audit"), "zh": world.label("检查")}}}
    return {"id": id_, "changes": changes | {"code": {"from": code, "to": world.code()}}}


def _archived(world: World) -> Payload:
    payload = {"id": a_form(world)}
    world.do("dora", "forms.archive", payload)
    return payload


def a_type(world: World, **more: Any) -> str:
    """A visit type that nothing chooses."""
    id_ = new_id()
    payload = {"id": id_, "code": world.code(), "names": {"en": world.label("Type"), "zh": world.label("类型")}}
    world.do("dora", "visits.set_visit_type", payload | more)
    return id_


def actions(world: World) -> list[Payload]:
    """What has to be done on a visit: a bit of everything."""
    words = {"en": world.label("Shelf"), "zh": world.label("货架")}
    return [
        {"id": "shelf", "kind": "photo", "names": words, "min_count": 2, "only_for": {"customer_classes": ["A"]}},
        {"id": "audit", "kind": "form", "names": words, "form_id": a_form(world)},
        {"id": "log", "kind": "log", "names": words},
    ]


def an_answer(world: World, visit: str | None = None, who: str = "alice", form: str | None = None) -> str:
    """An answer set to a version of a form, of a form of its own unless one is named."""
    id_ = new_id()
    payload = {"id": id_, "visit_id": visit or world.open_visit(who=who), "form_version_id": a_version(world, form)}
    world.do(who, "visits.answer_form", payload | {"answers": answers(world)})
    return id_


def a_score(world: World, customer: str | None = None) -> str:
    """A closed visit of a type, whose only action was not done."""
    names = {"en": world.label("Log"), "zh": ""}
    type_ = a_type(world, actions=[{"id": "log", "kind": "log", "names": names}])
    visit = new_id()
    arrival = {"visit_id": visit, "customer_id": customer or world.customer(), "fix": None, "visit_type_id": type_}
    world.do("alice", "visits.check_in", arrival)
    world.do("alice", "visits.check_out", {"visit_id": visit, "fix": None})
    return visit


def answers(world: World) -> Payload:
    """Answers to the definition above."""
    file = {"id": new_id(), "sha256": world.digest(), "bytes": 1000, "media_type": "image/jpeg"}
    return {"stocked": True, "facings": "4", "place": "floor", "proof": [file]}


TYPE_EXAMPLES: dict[str, Example] = {
    "visits.set_visit_type": Example(
        "dora",
        lambda w: {
            "id": new_id(), "code": w.code(), "names": {"en": w.label("Audit"), "zh": w.label("检查")}, "position": 900,
            "chosen_for": {"channels": ["nobody"], "roles": ["rep"]}, "actions": actions(w),
        },
        "/visit-types",
    ),
    "visits.answer_form": Example(
        "alice",
        lambda w: {
            "id": new_id(), "visit_id": a_score(w), "form_version_id": a_version(w), "answers": answers(w),
        },
        "/visits/{visit_id}/forms",
    ),
}  # fmt: skip
FORM_EXAMPLES: dict[str, Example] = TYPE_EXAMPLES | {
    "forms.create": Example(
        "dora",
        lambda w: {
            "id": new_id(),
            "code": w.code(),
            "names": {"en": w.label("Shelf check"), "zh": w.label("陈列检查")},
        },
        "/forms",
    ),
    "forms.update": Example("dora", _edit, "/forms/update"),
    "forms.archive": Example("dora", lambda w: {"id": a_form(w)}, "/forms/archive"),
    "forms.unarchive": Example("dora", _archived, "/forms/unarchive"),
    "forms.save_draft": Example(
        "dora", lambda w: {"form_id": a_draft(w), "definition": definition(w)}, "/forms/save-draft"
    ),
    "forms.publish_version": Example(
        "dora",
        lambda w: {"id": new_id(), "form_id": a_draft(w), "definition": definition(w)},
        "/forms/publish-version",
    ),
}
