"""Forms of a furnished company: one of every type of question, long names, answers of two teams."""

from uuid import UUID

from core.ids import uuid7
from tests.forms.questionnaires import Json, make_form, of, publish
from tests.personas import Persona, TestCompany, make_company
from tests.visits.field import add_customer, applied, check_in


def named(id_: str, type_: str, english: str, chinese: str, **more: object) -> Json:
    """A question in both languages."""
    return {"id": id_, "type": type_, "names": {"en": english, "zh": chinese}} | more


def everything(company: TestCompany) -> Json:
    """A definition with every type of question, conditions and scores; its products are new ones."""
    products = []
    for number, name in enumerate(("Green tea 500 ml 绿茶", "Oolong, family pack with a rather long name 乌龙茶"), 1):
        products.append(str(uuid7()))
        product = {"id": products[-1], "code": f"T{number}", "name": name, "unit": "box"}
        applied(company.dora.execute("catalog.create_product", product | {"price": "3", "currency": "CNY"}))
    eye = {"id": "eye", "names": {"en": "Eye level", "zh": "视线层"}}
    floor = {"id": "floor", "names": {"en": "Floor display beside the entrance", "zh": "入口旁的地堆陈列"}}
    stock = {"id": "stock", "type": "number", "names": {"en": "Stock", "zh": "库存"}, "required": True}
    stocked = {"op": "equals", "question": "stocked", "value": True}
    ranges = [{"from": "4", "points": 10}, {"from": "1", "to": "3", "points": 5}]
    asked = {"op": "all", "of": [stocked, {"op": "gte", "question": "facings", "value": "1"}]}
    return of(
        named("stocked", "boolean", "In stock?", "有货吗？", required=True, score={"yes": 10}),
        named(
            "facings", "number", "Facings", "排面数", unit="pcs", min="0", max="99", visible_if=stocked,
            score={"weight": 2, "ranges": ranges},
        ),
        named("place", "choice", "Where?", "位置", choices=[eye, floor], visible_if=asked,
              score={"points": {"eye": 10, "floor": 2}}),
        named("seen", "multi_choice", "What do you see?", "看到了什么？", choices=[eye, floor]),
        named("until", "date", "Promotion until", "促销截止"),
        named("proof", "photo", "Photo of the shelf", "货架照片", required=True),
        named("sign", "signature", "The customer signs", "客户签名"),
        named("code", "barcode", "Code on the shelf", "货架条码"),
        named("note", "text", "Anything else?", "其他情况", hint={"en": "In a few words", "zh": "简要说明"}),
        named("counts", "matrix", "Stock by product", "各产品库存", product_ids=products, measures=[stock]),
    )  # fmt: skip


def answer(rep: Persona, version: str, customer: str, answers: Json) -> UUID:
    """Somebody answers a form on a visit at a new customer; returns the visit."""
    visit = check_in(rep, add_customer(rep, name=customer))
    payload = {"id": str(uuid7()), "visit_id": str(visit), "form_version_id": version, "answers": answers}
    applied(rep.execute("visits.answer_form", payload))
    return visit


def furnish_forms(company: TestCompany, marks: dict[str, str]) -> dict[str, UUID]:
    """A form with a version and a draft that differs, and one of another company. marks: of teams, by rep."""
    form = uuid7()
    names = {"en": "Shelf check with everything that a district manager asks for", "zh": "陈列检查（全部题型）"}
    created = {"id": str(form), "code": f"SHELF-{next(iter(marks.values()))[:2]}", "names": names}
    applied(company.dora.execute("forms.create", created))
    definition = everything(company)
    version = publish(company, definition, str(form))
    for rep, mark in marks.items():
        answer(
            company.people[rep], version, f"{mark} 便利店", {"stocked": True, "facings": "3", "note": f"{mark} shelf"}
        )
    questions = definition["questions"]
    kept = [*questions[:7], questions[-1], named("shelf", "text", "Shelf number", "货架编号")]
    applied(company.dora.execute("forms.save_draft", {"form_id": str(form), "definition": {"questions": kept}}))
    stranger = make_company()
    theirs = make_form(stranger)
    other = publish(stranger, of(named("a", "text", "A", "甲")), theirs)
    foreign = {"foreign_form": UUID(theirs), "foreign_form_version": UUID(other)}
    return {"form": form, "form_version": UUID(version)} | foreign
