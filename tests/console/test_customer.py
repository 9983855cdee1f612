"""One customer's page: its timeline, edits, proposals for pins, and who sees it why."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from core.fence import company_fence
from core.ids import uuid7
from customers import queries
from customers.models import PinProposal, Site
from tests.console.desk import Desk, Form, at_desk, words
from tests.customers.world import create_customer, sight
from tests.personas import TestCompany
from tests.visits.field import FIX, SHOP, add_customer, add_site, applied, check_in, push, request

HOURS = {"monday": [{"start": "09:00", "end": "12:00"}, {"start": "13:30", "end": "18:00"}]}


def page_of(customer: UUID) -> str:
    return f"/console/customers/{customer}"


def section(text: str, title: str) -> str:
    """What a reader sees of one section."""
    return words(text.partition(f'aria-labelledby="{title}"')[2].partition("</section>")[0])


def moments(desk: Desk, customer: UUID) -> list[str]:
    """Every moment of the timeline, page by page."""
    path, found = page_of(customer), []
    while True:
        text = desk.text(path)
        found += [words(part.partition("</li>")[0]) for part in text.split('<li class="moment">')[1:]]
        following = re.search(r'href="(\?before=[^"]+)"', text)
        if following is None:
            return found
        path = page_of(customer) + following[1]


def test_the_timeline_tells_what_happened_and_what_was_edited(company: TestCompany) -> None:
    customer = add_customer(company.alice, SHOP, name="Lotus Tea")
    start = datetime.now(UTC) - timedelta(hours=3)
    visit = check_in(company.alice, customer, occurred_at=start)
    step = {"text": "Bring samples", "due_date": "2026-12-01"}
    log = {"id": uuid7(), "visit_id": visit, "result": "follow_up", "note": "They hesitate", "next_steps": [step]}
    seen = {"id": uuid7(), "visit_id": visit, "competitor_name": "Rival", "product_name": "Green tea", "facings": 3}
    out = {"visit_id": visit, "fix": None}
    sent = (("visits.log", log), ("visits.observe_competitor", seen), ("visits.check_out", out))
    for minutes, (name, payload) in enumerate(sent, 10):
        applied(*push(company.alice, request(name, payload, occurred_at=start + timedelta(minutes=minutes))))
    edit = {"id": str(customer), "changes": {"phone": {"from": "", "to": "021 77"}}}
    assert company.alice.execute("customers.update", edit).settled
    told = moments(at_desk(company.carol), customer)
    assert [line.split(" Alice Wang")[0] for line in told] == [
        "Edited a customer",
        "Added a site",
        "Created a customer",
        "Competitor seen",
        "Visit log to be followed up",
        "Visit verified",
    ]
    assert "phone: – → 021 77" in told[0]
    assert "Rival · Green tea" in told[3] and "3 facings" in told[3]
    assert "They hesitate" in told[4] and "Next: Bring samples · due 1 Dec 2026" in told[4]
    assert "stayed 12 min" in told[5]


def test_the_timeline_is_paged_without_gap_or_repetition(company: TestCompany) -> None:
    customer = create_customer(company.alice)
    for number in range(50):
        task = {"id": str(uuid7()), "customer_id": str(customer), "text": f"Task {number:02}"}
        assert company.alice.execute("visits.add_task", task).settled
    told = moments(at_desk(company.carol), customer)
    assert [line.split("Task ")[1].split()[0] for line in told[:-1]] == [f"{number:02}" for number in range(49, -1, -1)]
    assert told[-1].startswith("Created a customer")
    assert at_desk(company.carol).get(f"{page_of(customer)}?before=yesterday").status_code == 422


def test_edits_of_those_whom_one_may_not_look_into_are_left_out(company: TestCompany) -> None:
    customer = create_customer(company.alice)
    assert company.dora.execute("customers.update", edited(customer, "notes", "", "by an administrator")).settled
    assert "by an administrator" in str(moments(at_desk(company.dora), customer))
    assert "by an administrator" not in str(moments(at_desk(company.carol), customer))


def test_a_handover_is_told(company: TestCompany) -> None:
    customer = create_customer(company.alice)
    moved = {"customer_ids": [str(customer)], "owner_id": str(company.bob.id)}
    assert company.carol.execute("customers.reassign", moved).settled
    told = [line for line in moments(at_desk(company.carol), customer) if line.startswith("Reassigned Carol Chen")]
    assert len(told) == 1 and told[0].endswith("for Bob Li")


def edited(customer: UUID, field: str, was: Any, to: Any) -> dict[str, Any]:
    return {"id": str(customer), "changes": {field: {"from": was, "to": to}}}


def test_an_edit_sends_what_was_changed_and_from_what(company: TestCompany) -> None:
    customer, desk = create_customer(company.alice, phone="021 1"), at_desk(company.carol)
    path = f"{page_of(customer)}/edit"
    form = Form(desk.text(path), path)
    assert company.alice.execute("customers.update", edited(customer, "phone", "021 1", "021 2")).settled
    answer = desk.client.post(path, form.values | {"address": "Bund 1", "credit_hold": "on", "stage": "dormant"})
    assert answer.status_code == 302, words(answer.content.decode())
    with company_fence(company.id):
        row = queries.get_customer(company.carol.actor, customer)
    assert (row.phone, row.address, row.stage, row.credit_hold) == ("021 2", "Bund 1", "dormant", True)
    last = moments(desk, customer)[0]
    assert "Bund 1" in last and "021" not in last, "what nobody changed is not sent"


def test_what_is_wrong_with_an_edit_stands_at_its_field(company: TestCompany) -> None:
    customer, desk = create_customer(company.alice), at_desk(company.carol)
    answer = desk.send(f"{page_of(customer)}/edit", name="", address="kept")
    assert answer.status_code == 422
    assert 'aria-describedby="fault-name"' in answer.content.decode() and 'value="kept"' in answer.content.decode()
    assert desk.send(f"{page_of(customer)}/edit", was="nonsense").status_code == 422


def test_a_site_is_placed_in_the_datum_of_the_map_and_has_hours(company: TestCompany) -> None:
    customer, desk = create_customer(company.alice), at_desk(company.carol)
    given = {"name": "Gate", "lat": "31.228", "lon": "121.4747", "datum": "GCJ-02", "monday": "9:00-12:00，13:30–18:00"}
    assert desk.send(f"{page_of(customer)}/add-site", **given).status_code == 302
    with company_fence(company.id):
        site = Site.objects.get(customer_id=customer)
    assert (site.lat_given, site.datum_given, site.confirmed) == (31.228, "GCJ-02", True)
    assert site.lat is not None and abs(site.lat - 31.228) > 0.001
    assert site.opening_hours["monday"] == HOURS["monday"] and site.opening_hours["tuesday"] == []
    text = section(desk.text(page_of(customer)), "sites-title")
    assert "Mon: 09:00-12:00, 13:30-18:00" in text and "Tue – Sun: closed" in text
    path = f"/console/customers/sites/{site.id}/edit"
    assert desk.send(path, tuesday="noon").status_code == 422
    assert desk.send(path, name="Rear gate", monday="", fence_radius_m="150").status_code == 302
    with company_fence(company.id):
        after = Site.objects.get(id=site.id)
    assert (after.name, after.fence_radius_m, after.opening_hours) == ("Rear gate", 150, None)
    assert (after.lat, after.lon) == (site.lat, site.lon)
    assert desk.send(f"/console/customers/sites/{site.id}/remove").status_code == 302
    assert "No site yet" in section(desk.text(page_of(customer)), "sites-title")


def test_contacts_come_change_and_go(company: TestCompany) -> None:
    customer, desk = create_customer(company.alice), at_desk(company.carol)
    assert desk.send(f"{page_of(customer)}/add-contact", name="Li Mei", phone="138").status_code == 302
    with company_fence(company.id):
        contact = queries.list_contacts_of(customer).get()
    path = f"/console/customers/contacts/{contact.id}"
    assert desk.send(f"{path}/edit", title="Buyer", is_primary="on").status_code == 302
    assert "Li Mei main contact Buyer 138" in section(desk.text(page_of(customer)), "contacts-title")
    assert desk.send(f"{path}/remove").status_code == 302
    assert "No contact yet" in section(desk.text(page_of(customer)), "contacts-title")


def test_who_sees_it_and_why_and_sharing(company: TestCompany) -> None:
    customer, desk = create_customer(company.alice), at_desk(company.carol)
    company.client("alice")
    seen = section(desk.text(page_of(customer)), "access-title")
    assert "Alice Wang owns the customer on 1" in seen and "Carol Chen superior of the owner web only" in seen
    assert "Dora" not in seen or "sees the whole company" in seen
    assert desk.send(f"{page_of(customer)}/share", user_id=str(company.zed.id)).status_code == 302
    assert "Zed Xu shared with" in section(desk.text(page_of(customer)), "access-title")
    unshare = f"{page_of(customer)}/unshare"
    assert desk.send(f"{unshare}?user={company.zed.id}").status_code == 302
    assert "zed*" not in sight(company, customer)
    assert desk.send(f"{page_of(customer)}/follow").status_code == 302
    assert sight(company, customer)["carol*"] == {"superior", "follow"}
    assert "Stop following" in desk.text(page_of(customer))
    assert desk.send(f"{page_of(customer)}/unfollow").status_code == 302
    assert "carol" in sight(company, customer)
    assert "Who sees this" not in at_desk(company.dan).text(page_of(customer)), "that is for managers"


@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_a_proposal_is_decided_on_the_map(company: TestCompany, decision: str) -> None:
    customer = add_customer(company.alice, name="Lotus Tea")
    site = add_site(company.alice, customer, SHOP["lat"], SHOP["lon"], name="Gate")
    check_in(company.alice, customer, fix=FIX | {"lat": SHOP["lat"] + 0.009})
    pin, place = uuid7(), {"lat": SHOP["lat"] + 0.009, "lon": SHOP["lon"]}
    proposal = {"id": str(pin), "customer_id": str(customer), "site_id": str(site), "position": place}
    assert company.alice.execute("customers.propose_pin", proposal | {"note": "At the rear"}).settled
    desk = at_desk(company.carol)
    listed = section(desk.text(page_of(customer)), "pins-title")
    assert "Gate Alice Wang" in listed and "At the rear" in listed
    text = words(desk.text(f"/console/customers/pins/{pin}"))
    assert "is 999 m from where it is now" in text or "is 1,000 m from where it is now" in text
    assert "Check-in outside" in text and "→ 0 m" in text
    values = {"reason": "That is the neighbour's door"} if decision == "reject" else {}
    assert desk.send(f"/console/customers/pins/{pin}/{decision}", **values).status_code == 302
    with company_fence(company.id):
        row, now = PinProposal.objects.get(id=pin), Site.objects.get(id=site)
    assert (row.state, row.reason) == ("approved" if decision == "approve" else "rejected", values.get("reason", ""))
    assert (now.lat == place["lat"]) == (decision == "approve")
    assert desk.get(f"/console/customers/pins/{pin}").status_code == 404
    assert 'aria-labelledby="pins-title"' not in desk.text(page_of(customer))


def test_a_customer_is_archived_and_taken_out_again(company: TestCompany) -> None:
    customer, desk = create_customer(company.alice), at_desk(company.carol)
    assert desk.send(f"{page_of(customer)}/archive").status_code == 302
    assert "Take out of the archive" in desk.text(page_of(customer))
    assert desk.send(f"{page_of(customer)}/unarchive").status_code == 302
    assert "Take out of the archive" not in desk.text(page_of(customer))
