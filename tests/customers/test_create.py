"""customers.create: who may, what is refused, and that a set costs the same however large it is."""

from core.ids import uuid7

from tests.personas import TestCompany


def test_rep_creates_his_own_customer(company: TestCompany) -> None:
    client = company.client("alice")
    customer_id = uuid7()
    made = client.call("POST", "/api/v1/customers", {"id": customer_id, "name": "Lotus Tea", "code": "C-1"})
    assert made.status_code == 200, made.content
    assert made.json()["verdict"]["status"] == "applied"
    row = client.call("GET", f"/api/v1/customers/{customer_id}").json()
    assert row["name"] == "Lotus Tea"
    assert row["owner_id"] == str(company.alice.id)
    assert row["stage"] == "active"
