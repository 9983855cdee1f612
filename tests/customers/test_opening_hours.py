"""Opening hours of sites: given, edited, merged."""

from core.ids import uuid7
from tests.customers.world import create_customer
from tests.personas import TestCompany

MORNING = [{"start": "08:00", "end": "12:00"}]


def test_opening_hours_are_given_and_edited(company: TestCompany) -> None:
    customer, site = create_customer(company.alice), uuid7()
    alice = company.client("alice")
    body = {"id": site, "customer_id": customer, "name": "Shop", "opening_hours": {"monday": MORNING}}
    assert alice.call("POST", "/api/v1/customers/add-site", body).status_code == 200
    shown = alice.call("GET", f"/api/v1/customers/{customer}/sites").json()["items"][0]
    assert (shown["opening_hours"]["monday"], shown["opening_hours"]["sunday"]) == (MORNING, [])
    edit = {"opening_hours": {"from": {"monday": MORNING}, "to": {"friday": MORNING}}}
    answer = alice.call("POST", "/api/v1/customers/update-site", {"id": site, "changes": edit}).json()
    assert answer["verdict"]["status"] == "applied"
    stale = {"opening_hours": {"from": None, "to": {"sunday": MORNING}}}
    answer = alice.call("POST", "/api/v1/customers/update-site", {"id": site, "changes": stale}).json()
    assert [conflict["field"] for conflict in answer["verdict"]["conflicts"]] == ["opening_hours"]
    always = {"opening_hours": {"from": {"sunday": MORNING}, "to": None}}
    assert alice.call("POST", "/api/v1/customers/update-site", {"id": site, "changes": always}).status_code == 200
    assert alice.call("GET", f"/api/v1/customers/{customer}/sites").json()["items"][0]["opening_hours"] is None
