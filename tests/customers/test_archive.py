"""customers.archive and customers.unarchive."""

import pytest

from tests.customers.world import NOON, create_customer, entries, run_at
from tests.personas import TestCompany


def test_there_and_back_over_http(company: TestCompany) -> None:
    lotus = create_customer(company.alice)
    client = company.client("alice")
    for verb, page in [("archive", "yes"), ("archive", "yes"), ("unarchive", "no"), ("unarchive", "no")]:
        assert client.call("POST", f"/api/v1/customers/{verb}", {"id": lotus}).status_code == 200
        shown = {
            which: client.call("GET", f"/api/v1/customers?archived={which}").json()["items"] for which in ("no", "yes")
        }
        assert [row["id"] for row in shown.pop(page)] == [str(lotus)]
        assert list(shown.values()) == [[]]
    assert client.call("GET", f"/api/v1/customers/{lotus}").json()["version"] == 3


def test_archived_when_it_happened_and_only_once(company: TestCompany) -> None:
    lotus = create_customer(company.alice)
    assert run_at(company.alice, "customers.archive", {"id": str(lotus)}, NOON).settled
    assert company.alice.execute("customers.archive", {"id": str(lotus)}).settled
    assert (entries(company, lotus)["customer", lotus] or {})["archived_at"] == "2026-11-20T12:00:00.000Z"


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("carol", None), ("dora", None), ("dan", "customers.not_in_charge"), ("bob", "customers.not_in_charge"),
        ("zed", "customers.not_found"), ("erin", "core.forbidden"),
    ],
)  # fmt: skip
def test_who_may(company: TestCompany, who: str, code: str | None) -> None:
    lotus = create_customer(company.alice)
    assert company.alice.execute("customers.share", {"customer_id": str(lotus), "user_id": str(company.bob.id)}).settled
    for name in ("customers.archive", "customers.unarchive"):
        assert company.people[who].execute(name, {"id": str(lotus)}).code == code
