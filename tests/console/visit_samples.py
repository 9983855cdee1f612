"""A visit with its evidence and a photo, for each side of the fence between teams."""

from uuid import UUID

from tests.files import makers, phone
from tests.personas import Persona, TestCompany
from tests.visits.field import FIX, SHOP, add_customer, applied, check_in, evidence_row, push, request

_ONE_PIXEL = makers.jpeg()


def furnish_visits(company: TestCompany, marks: dict[str, str]) -> dict[str, UUID]:
    """Rows by what they are: alice's, and as `foreign_…` those of zed. marks: what is in their texts."""
    rows = {}
    for name, prefix in (("alice", ""), ("zed", "foreign_")):
        found = _visit(company.people[name], marks[name])
        rows |= {f"{prefix}{what}": id_ for what, id_ in found.items()}
    return rows


def _visit(rep: Persona, mark: str) -> dict[str, UUID]:
    visit = check_in(rep, add_customer(rep, SHOP, name=f"{mark} Market 集市"))
    log = {"id": str(visit), "visit_id": str(visit), "result": "ordered", "note": f"{mark} order"}
    applied(*push(rep, request("visits.log", log)))
    applied(*push(rep, request("visits.check_out", {"visit_id": visit, "fix": FIX})))
    photo = phone.add_photo(rep, visit, _ONE_PIXEL, caption=f"{mark} shelf 货架")
    return {"visit": visit, "evidence": evidence_row(rep, visit).id, "photo": photo, "rep": rep.id}
