"""Visits at the desk: the list's filters, one visit, the evidence and who decides about it, the day and its trail."""

from datetime import time, timedelta
from urllib.parse import quote

import pytest

from core.fence import company_fence
from core.ids import uuid7
from tests.architecture.test_query_counts import statements
from tests.console.desk import Desk, at_desk, words
from tests.console.rep_day import RepDay
from tests.console.test_lists import names, read_csv
from tests.console.test_visibility import MORE_STATEMENTS
from tests.personas import TestCompany, make_company
from tests.visits.field import SHOP, add_customer, check_in, evidence_row, plan, visit_row
from trails.models import Access

HARBOUR, BAKER, TEA, CORNER = "Harbour Café", "Jing'an Bakery", "Red Lantern", "街角便利店"


@pytest.fixture(scope="module")
def day() -> RepDay:
    """alice's day, with a trail."""
    day = RepDay(make_company())
    day.leave_trail()
    plan(day.company.alice, day.customers["tea"], planned_date=str(day.day + timedelta(days=5)))
    return day


def customers(desk: Desk, query: str) -> list[str]:
    """Whose visits the list shows, without the rest of their names."""
    known = (HARBOUR, BAKER, TEA, CORNER)
    text = desk.text(f"/console/visits?{query}").replace("&#x27;", "'")
    return sorted(next(one for one in known if name.startswith(one)) for name in names(text))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [HARBOUR, BAKER, TEA, TEA, CORNER]),
        ("when=yesterday", [HARBOUR, BAKER, TEA, CORNER]),
        ("when=ahead", [TEA]),
        ("timing=late", [HARBOUR]),
        ("timing=missed", [TEA]),
        ("verdict=doubtful", [BAKER, CORNER]),
        ("verdict=outside", [BAKER]),
        ("state=closed&q=alice", [HARBOUR, BAKER, CORNER]),
        ("q=bakery", [BAKER]),
    ],
)
def test_filters(day: RepDay, query: str, expected: list[str]) -> None:
    assert customers(at_desk(day.company.carol), query) == sorted(expected)


def test_filters_by_team_rep_customer_and_day(day: RepDay) -> None:
    desk, company = at_desk(day.company.carol), day.company
    assert len(customers(desk, f"team={company.units['region']}&rep={company.alice.id}")) == 5
    assert customers(desk, f"team={company.units['south']}") == customers(desk, f"rep={company.bob.id}") == []
    assert customers(desk, f"customer={day.customers['baker']}") == [BAKER]
    assert customers(desk, f"since={day.day + timedelta(days=1)}") == [TEA]
    assert len(customers(desk, f"until={day.day}")) == 4
    assert desk.get("/console/visits?since=soon").status_code == desk.get("/console/visits?type=x").status_code == 422


def test_a_type_is_found_whether_said_or_chosen_by_rule(company: TestCompany) -> None:
    rep, types = company.alice, {code: uuid7() for code in ("fine", "plain")}
    for position, (code, classes) in enumerate((("fine", ["A"]), ("plain", []))):
        payload = {"id": str(types[code]), "code": code, "names": {"en": f"{code} visit"}, "position": position}
        payload |= {"chosen_for": {"customer_classes": classes}, "actions": []}
        assert company.dora.execute("visits.set_visit_type", payload).settled
    shops = {grade: add_customer(rep, SHOP, name=f"Shop {grade}", customer_class=grade) for grade in ("A", "B")}
    unclassed = add_customer(rep, SHOP, name="Shop without")
    for shop in (*shops.values(), unclassed):
        plan(rep, shop)
    plan(rep, shops["B"], visit_type_id=str(types["fine"]))
    desk = at_desk(company.carol)
    assert sorted(names(desk.text(f"/console/visits?type={types['fine']}"))) == ["Shop A", "Shop B"]
    assert sorted(names(desk.text(f"/console/visits?type={types['plain']}"))) == ["Shop B", "Shop without"]
    rows = read_csv(desk.download(f"/console/visits?type={types['fine']}&format=csv"))
    assert {row[-1] for row in rows[1:]} == {"fine visit"}


def test_a_visit_shows_what_was_recorded(day: RepDay) -> None:
    desk = at_desk(day.company.carol)
    text = words(desk.text(f"/console/visits/{day.visits['harbour']}"))
    for said in (
        *("came 22 min later than planned", "28 min", "verified", "44 m from Door", "to be followed up"),
        *("try it for two weeks", "送样品 Bring samples", "Call again", "Rival tea", "12.50 CNY", "4 facings"),
        *("The phone has not sent it yet", "货架 Shelf"),
    ):
        assert said in text, said
    for said in ("Shelf check incomplete 75 %", "Stocked yes Place floor Depth –", "Green tea 绿茶 12", "score 75 %"):
        assert said in text, said
    for said in ("Store check", "Photo of the shelf : done", "Shelf check : not done", "Signature : not done"):
        assert said in text, said
    missed = words(desk.text(f"/console/visits/{day.visits['tea']}"))
    assert "missed" in missed and "Nobody has checked in." in missed and "No photo was taken." in missed


def test_evidence_tells_what_led_to_the_verdict(day: RepDay) -> None:
    desk = at_desk(day.company.carol)
    text = words(desk.text(f"/console/visits/evidence/{day.evidence['baker']}"))
    assert "The position lies 998 m from Door, 798 m beyond its fence of 200 m; its error of 40 m does not" in text
    assert "built-in rules" in text and "which nobody can set" in text
    nowhere = words(desk.text(f"/console/visits/evidence/{day.evidence['corner']}"))
    assert "The phone sent no position." in nowhere


def test_a_superior_decides_and_lets_the_rules_decide_again(company: TestCompany) -> None:
    visit = check_in(company.alice, add_customer(company.alice, SHOP), fix=None)
    row = evidence_row(company.alice, visit)
    page = f"/console/visits/evidence/{row.id}"
    desk = at_desk(company.carol)
    assert "Let the rules decide" not in words(desk.text(page))
    refused = desk.send(f"{page}/override", verdict="verified", reason=" ")
    assert refused.status_code == 422 and 'aria-invalid="true"' in refused.content.decode()
    response = desk.send(f"{page}/override?next={quote(page)}", verdict="verified", reason="I stood beside her")
    assert (response.status_code, response["Location"]) == (302, page)
    text = words(desk.text(page))
    assert "Carol Chen decided otherwise" in text and "I stood beside her" in text and "What the rules said" in text
    assert visit_row(company.alice, visit).check_in_verdict == "verified"
    assert desk.send(f"{page}/lift").status_code == 302
    assert visit_row(company.alice, visit).check_in_verdict == "no_fix"
    history = words(desk.text(page)).partition("History of verdicts")[2]
    for said in ("no position in force", "Decided by a superior · Carol Chen", "Judged on arrival built-in rules"):
        assert said in history, history


def test_nobody_decides_about_another_teams_evidence(company: TestCompany) -> None:
    visit = check_in(company.zed, add_customer(company.zed, SHOP), fix=None)
    page = f"/console/visits/evidence/{evidence_row(company.zed, visit).id}"
    desk = at_desk(company.carol)
    token = desk.text("/console/preferences").partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    values = {"csrfmiddlewaretoken": token, "verdict": "verified", "reason": "Because"}
    for path in (f"{page}/override", f"{page}/lift", f"/console/visits/day/{company.zed.id}"):
        assert desk.client.post(path, values).status_code == 404
    assert visit_row(company.zed, visit).check_in_verdict == "no_fix"


def test_a_dispatcher_sees_evidence_and_decides_nothing(company: TestCompany) -> None:
    visit = check_in(company.alice, add_customer(company.alice, SHOP), fix=None)
    assert company.dan.execute("customers.follow", {"customer_id": str(visit_row(company.alice, visit).customer_id)})
    page = f"/console/visits/evidence/{evidence_row(company.alice, visit).id}"
    desk = at_desk(company.dan)
    assert "Decide" not in words(desk.text(page))
    assert desk.send(f"{page}/override", verdict="verified", reason="Because").status_code == 422
    assert visit_row(company.alice, visit).check_in_verdict == "no_fix"


def test_the_day_compares_plan_and_fact(day: RepDay) -> None:
    text = words(at_desk(day.company.carol).text(day.address))
    for said in ("planned 09:30 made 09:52–10:20 28 min 22 min late", "planned 14:00", "without a plan made 15:00"):
        assert said in text, said
    assert "Where Alice Wang was in working hours" in text and "will read that you looked" in text
    assert "Stops" not in text, "the trail is not loaded before a purpose is named"
    following = at_desk(day.company.carol).text(f"/console/visits/day/{day.company.alice.id}?day={day.day}")
    assert f"?day={day.day + timedelta(days=1)}" in following and f"?day={day.day - timedelta(days=1)}" in following


def looks(company: TestCompany) -> list[tuple[str, str, str]]:
    """Who looked at alice's trail: viewer, purpose, note."""
    with company_fence(company.id):
        rows = Access.objects.filter(user_id=company.alice.id).order_by("at")
        return [(str(row.viewer_id), row.purpose, row.note) for row in rows]


def test_who_looks_at_a_trail_says_what_for_and_is_noted(day: RepDay) -> None:
    desk, company = at_desk(day.company.carol), day.company
    before = len(looks(company))
    assert desk.send(day.address, purpose="").status_code == 422
    assert desk.send(day.address, purpose="curiosity").status_code == 422
    assert desk.send(day.address, purpose="mileage").status_code == 403
    assert len(looks(company)) == before
    response = desk.send(day.address, purpose="evidence", note="Complaint 17")
    text = words(response.content.decode())
    assert response.status_code == 200
    assert "Evidence: a question about a visit. Alice Wang can read that." in text
    assert "11:44–12:40 no signal (as the phone says) 56 min" in text
    assert "at Harbour Café" in text and "straight across gaps" in text
    assert looks(company)[before:] == [(str(company.carol.id), "evidence", "Complaint 17")]


def test_a_page_says_why_there_is_no_trail(day: RepDay, company: TestCompany) -> None:
    assert "Trails are open to the employee" in words(at_desk(day.company.dora).text(day.address))
    bob = f"/console/visits/day/{day.company.bob.id}?day={day.day}"
    assert "Bob Li had not agreed to trails on this day" in words(at_desk(day.company.carol).text(bob))
    untracked = words(at_desk(company.carol).text(f"/console/visits/day/{company.alice.id}"))
    assert "No trail policy was in force for this team" in untracked
    later = f"/console/visits/day/{day.company.alice.id}?day=2100-01-01"
    assert "This day is still to come." in words(at_desk(day.company.carol).text(later))
    assert at_desk(day.company.carol).get(f"{bob}x").status_code == 422


def test_pages_need_as_many_statements_for_many_visits(company: TestCompany, monkeypatch: pytest.MonkeyPatch) -> None:
    day = RepDay(company)
    desk = at_desk(company.carol)
    pages = ["/console/visits", day.address, f"/console/visits/{day.visits['harbour']}"]
    counts = []
    for more in (0, 12):
        for number in range(more):
            shop = add_customer(company.alice, SHOP, name=f"Shop {number}")
            check_in(company.alice, shop, occurred_at=day.at(time(16, number)))
        counts.append([len(statements(monkeypatch, lambda path=path: desk.text(path))) for path in pages])
    assert counts[0] == counts[1]
    assert max(counts[0]) <= MORE_STATEMENTS["visits.visit"], counts
