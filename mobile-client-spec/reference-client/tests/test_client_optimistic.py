"""The local effect of each command, and that no payload whatever can break the phone."""

import pytest
from fake_server import USER, FakeServer

from roundsman_client.client import Client
from roundsman_client.clock import FakeClock
from roundsman_client.optimistic import EFFECTS

FIX = {"lat": 30.27, "lon": 120.15, "accuracy_m": 8.0, "is_mock": False, "provider": "gps"}


def data(phone: Client, kind: str, id_: str) -> dict[str, object]:
    row = phone.row(kind, id_)
    assert row is not None
    assert row.state == "pending"
    return row.data


def test_create_customer_fills_in_what_the_server_will(phone: Client):
    phone.do("customers.create", {"id": "c1", "name": "Harbour Café", "phone": "1"})
    row = data(phone, "customer", "c1")
    assert row["stage"] == "active"
    assert row["owner_id"] == row["created_by_id"] == USER
    assert row["created_at"] == "2026-11-21T01:00:00.000Z"
    assert row["credit_hold"] is False
    names = "name code external_id customer_class stage owner_id territory_id phone address notes credit_hold"
    assert set(row) == {*names.split(), "archived_at", "created_at", "created_by_id"}


def test_sites_and_contacts(phone: Client):
    phone.do("customers.add_site", {"id": "s1", "customer_id": "c1", "name": "Door", "position": {"lat": 1, "lon": 2}})
    assert data(phone, "site", "s1") == {
        "customer_id": "c1",
        "name": "Door",
        "address": "",
        "lat": 1,
        "lon": 2,
        "fence_radius_m": 200,
    }
    move = phone.changes("site", "s1", position={"lat": 3, "lon": 4, "datum": "GCJ-02"}, name="Gate")
    assert move["changes"]["position"]["from"] == {"lat": 1, "lon": 2}
    phone.do("customers.update_site", move)
    # What GCJ-02 means in WGS-84 is the server's to say.
    site = data(phone, "site", "s1")
    assert (site["name"], site["lat"], site["lon"]) == ("Gate", None, None)
    phone.do("customers.add_contact", {"id": "p1", "customer_id": "c1", "name": "Lin", "phone": "1"})
    phone.do("customers.update_contact", phone.changes("contact", "p1", title="Owner", is_primary=True))
    contact = data(phone, "contact", "p1")
    assert (contact["name"], contact["title"], contact["is_primary"], contact["email"]) == ("Lin", "Owner", True, "")


def test_a_visit_from_plan_to_check_out(phone: Client, clock: FakeClock):
    phone.do("visits.plan", {"id": "v1", "customer_id": "c1", "planned_date": "2026-11-21", "purpose": "tasting"})
    assert data(phone, "visit", "v1")["state"] == "planned"
    assert data(phone, "visit", "v1")["rep_id"] == USER
    clock.advance(60)
    check_in = phone.do("visits.check_in", {"visit_id": "v1", "customer_id": "c1", "fix": FIX})
    visit = data(phone, "visit", "v1")
    assert (visit["state"], visit["checked_in_at"], visit["purpose"]) == ("open", "2026-11-21T01:01:00.000Z", "tasting")
    evidence = data(phone, "check_in", check_in)
    assert (evidence["direction"], evidence["lat"], evidence["accuracy_m"], evidence["verdict"]) == (
        "in",
        30.27,
        8.0,
        None,
    )
    phone.do("visits.log", {"id": "l1", "visit_id": "v1", "result": "interested", "note": "samples"})
    assert data(phone, "visit_log", "l1")["customer_id"] == "c1"
    clock.advance(600)
    phone.do("visits.check_out", {"visit_id": "v1", "fix": None})
    assert data(phone, "visit", "v1")["state"] == "closed"
    assert data(phone, "visit", "v1")["checked_out_at"] == "2026-11-21T01:11:00.000Z"
    assert [row.data["direction"] for row in phone.rows("check_in")] == ["in", "out"]


def test_next_steps_are_shown_of_a_log_recorded_before_the_app_was_updated_too(phone: Client):
    phone.do("visits.check_in", {"visit_id": "v1", "customer_id": "c1", "fix": None})
    what = {"visit_id": "v1", "result": "other"}
    phone.do("visits.log", what | {"id": "l1", "next_step": "Call", "next_step_date": "2026-12-01"}, schema=1)
    phone.do("visits.log", what | {"id": "l2"}, schema=1)
    phone.do("visits.log", what | {"id": "l3", "next_steps": [{"text": "Call"}, {"due_date": "2026-12-01"}]})
    assert data(phone, "visit_log", "l1")["next_steps"] == [{"text": "Call", "due_date": "2026-12-01"}]
    assert data(phone, "visit_log", "l2")["next_steps"] == []
    assert data(phone, "visit_log", "l3")["next_steps"] == [
        {"text": "Call", "due_date": None},
        {"text": "", "due_date": "2026-12-01"},
    ]


def test_an_ad_hoc_visit_and_a_cancelled_one(phone: Client):
    phone.do("visits.check_in", {"visit_id": "v1", "customer_id": "c1", "fix": FIX | {"datum": "GCJ-02"}})
    assert data(phone, "visit", "v1")["state"] == "open"
    assert phone.rows("check_in")[0].data["lat"] is None
    phone.do("visits.plan", {"id": "v2", "customer_id": "c1", "planned_date": "2026-11-22"})
    phone.do("visits.cancel", {"visit_id": "v2", "reason": "closed today"})
    visit = data(phone, "visit", "v2")
    assert (visit["state"], visit["cancel_reason"]) == ("cancelled", "closed today")


def test_who_stands_at_the_door_opens_a_cancelled_visit(phone: Client):
    phone.do("visits.plan", {"id": "v1", "customer_id": "c1", "planned_date": "2026-11-22"})
    phone.do("visits.cancel", {"visit_id": "v1", "reason": ""})
    phone.do("visits.check_in", {"visit_id": "v1", "customer_id": "c1", "fix": None})
    assert data(phone, "visit", "v1")["state"] == "open"


def test_what_the_state_machine_would_refuse_shows_nothing(phone: Client):
    phone.do("visits.check_out", {"visit_id": "v1", "fix": None})
    phone.do("visits.cancel", {"visit_id": "v1", "reason": ""})
    phone.do("visits.log", {"id": "l1", "visit_id": "v1", "result": "other"})
    assert phone.rows("visit") == phone.rows("visit_log") == phone.rows("check_in") == []
    phone.do("visits.check_in", {"visit_id": "v1", "customer_id": "c1", "fix": None})
    phone.do("visits.cancel", {"visit_id": "v1", "reason": ""})
    phone.do("visits.check_in", {"visit_id": "v1", "customer_id": "c1", "fix": None})
    assert data(phone, "visit", "v1")["state"] == "open"
    assert len(phone.rows("check_in")) == 1


def test_what_makes_a_row_does_nothing_where_the_row_is(phone: Client, server: FakeServer):
    """A replay over rows that already hold the effect, as between two pages of one answer."""
    server.put("c1", "customer", "c1", name="As the server has it")
    server.put("c1", "visit", "v1", customer_id="c1", state="closed")
    server.put("c1", "site", "s1", customer_id="c1", name="As the server has it")
    server.put("c1", "contact", "p1", customer_id="c1", name="As the server has it")
    server.put("c1", "visit_log", "l1", visit_id="v1", note="As the server has it")
    server.grant("c1")
    phone.sync()
    phone.do("customers.create", {"id": "c1", "name": "local"})
    phone.do("customers.add_site", {"id": "s1", "customer_id": "c1", "name": "local"})
    phone.do("customers.add_contact", {"id": "p1", "customer_id": "c1", "name": "local"})
    phone.do("visits.plan", {"id": "v1", "customer_id": "c1", "planned_date": "2026-11-21"})
    phone.do("visits.check_in", {"visit_id": "v1", "customer_id": "c1", "fix": None})
    phone.do("visits.log", {"id": "l1", "visit_id": "v1", "result": "other"})
    for kind in ("customer", "visit", "site", "contact", "visit_log"):
        assert [row.state for row in phone.rows(kind)] == ["synced"]


@pytest.mark.parametrize("name", sorted(EFFECTS))
@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"id": None, "visit_id": None, "customer_id": None, "changes": None, "fix": 7, "position": 7},
        {"id": [], "visit_id": {}, "customer_id": 1, "changes": [1], "name": "x", "fix": [], "position": "here"},
        {"id": "c1", "visit_id": "c1", "changes": {"phone": 5}, "fix": {"lat": 1}, "position": {"lat": 1}},
    ],
)
def test_no_payload_breaks_the_phone(phone: Client, name: str, payload: dict[str, object]):
    phone.do("customers.create", {"id": "c1", "name": "Harbour Café"})
    phone.do("visits.plan", {"id": "c1", "customer_id": "c1", "planned_date": "2026-11-21"})
    phone.do(name, payload)
    assert phone.pending()[-1].command.payload == payload


def test_restoring_a_conflict_has_no_effect_before_the_server_answers(phone: Client):
    phone.do("sync.restore_value", {"conflict_id": "x"})
    assert "sync.restore_value" not in EFFECTS
    assert len(phone.pending()) == 1
