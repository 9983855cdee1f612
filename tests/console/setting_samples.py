"""Settings of a furnished company: a visit type with every kind of action, work calendars with holidays; long names."""

from uuid import UUID

from core.ids import uuid7
from tests.personas import Persona, TestCompany, make_company
from tests.visits.field import applied

_SHELF = {"en": "Photo of the shelf, with everything from floor to ceiling", "zh": "货架全景照片"}


def furnish_settings(company: TestCompany, form: UUID) -> dict[str, UUID]:
    """Rows by what they are; as `foreign_…` those of another company."""
    rows = {"visit_type": _type(company.dora, str(form))}
    return rows | {"foreign_visit_type": _type(make_company().dora, None)}


def _type(admin: Persona, form: str | None) -> UUID:
    """A visit type with every kind of action that there can be."""
    id_ = uuid7()
    actions = [
        {"id": "shelf", "kind": "photo", "names": _SHELF, "min_count": 2, "label": "shelf"},
        {"id": "rivals", "kind": "competitor", "names": {"zh": "竞品价格"}},
        {"id": "sign", "kind": "signature", "names": {"en": "Signature"}, "only_for": {"customer_classes": ["A"]}},
        {"id": "log", "kind": "log", "names": {"en": "Log", "zh": "拜访记录"}, "only_for": {"roles": ["rep"]}},
    ]
    if form is not None:
        actions.append(
            {"id": "check", "kind": "form", "names": {"en": "Shelf check", "zh": "陈列检查"}, "form_id": form}
        )
    payload = {
        "id": str(id_),
        "code": "STORE",
        "names": {"en": "Store visit with everything that the district asks for", "zh": "门店例行拜访"},
        "chosen_for": {"customer_classes": ["A", "B"], "channels": ["supermarket"], "roles": []},
        "actions": actions,
    }
    applied(admin.execute("visits.set_visit_type", payload))
    return id_
