"""What no phone should send and some do: refused by its type, or taken and tagged. Over HTTP, and nothing is lost."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from core.clock import now, to_wire
from core.ids import uuid7
from tests.contract.wire import command
from tests.personas import ApiClient, TestCompany
from tests.visits.field import FIX, SHOP, add_customer, evidence_row


def check_in(client: ApiClient, customer_id: UUID, visit_id: UUID, **odd: Any) -> Any:
    body = {"customer_id": customer_id, "fix": FIX | odd}
    return client.call("POST", f"/api/v1/visits/{visit_id}/check-in", body)


@pytest.mark.parametrize(
    ("odd", "field"),
    [
        ({"lat": 90.0001}, "fix.lat"), ({"lat": -91}, "fix.lat"), ({"lon": 180.0001}, "fix.lon"),
        ({"lon": -1e300}, "fix.lon"), ({"accuracy_m": -0.1}, "fix.accuracy_m"),
        ({"accuracy_m": None}, "fix.accuracy_m"),
    ],
)  # fmt: skip
def test_a_position_that_is_none(company: TestCompany, odd: dict[str, Any], field: str) -> None:
    client, shop = company.client("alice"), add_customer(company.alice, SHOP)
    visit_id = uuid7()
    answer = check_in(client, shop, visit_id, **odd)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "core.invalid_input")
    assert answer.json()["error"]["field"] == field
    payload = {"visit_id": visit_id, "customer_id": shop, "fix": FIX | odd}
    pushed = client.call("POST", "/api/v1/sync/push", {"commands": [command("visits.check_in", payload)]})
    (verdict,) = pushed.json()["verdicts"]
    assert (verdict["status"], verdict["code"], verdict["field"]) == ("refused", "core.invalid_input", field)
    kept = client.call("GET", "/api/v1/sync/commands?status=refused").json()["items"]
    assert any(one["payload"]["fix"] == FIX | odd for one in kept), "a refused fact is kept with all it said"
    assert check_in(client, shop, visit_id).status_code == 200, "the visit itself can still be made"


def test_an_accuracy_of_zero_is_taken_and_tagged(company: TestCompany) -> None:
    """Phones say zero when they do not know how accurate they are."""
    client, shop, visit_id = company.client("alice"), add_customer(company.alice, SHOP), uuid7()
    assert check_in(client, shop, visit_id, accuracy_m=0).status_code == 200
    proof = evidence_row(company.alice, visit_id)
    assert (proof.verdict, proof.accuracy_m) == ("inaccurate", 0)
    assert proof.verdict_details["distance_m"] == 0


def test_a_time_in_the_future_is_the_time_of_arrival_and_doubtful(company: TestCompany) -> None:
    """The wall clock stands a day ahead, and nothing tells by how much: the phone has booted meanwhile."""
    client, shop, visit_id = company.client("alice"), add_customer(company.alice, SHOP), uuid7()
    sent = command("visits.check_in", {"visit_id": visit_id, "customer_id": shop, "fix": FIX})
    sent |= {"at": to_wire(now() + timedelta(days=1)), "uptime_ms": 50_000, "boot_id": "before"}
    clock = {"at": to_wire(now()), "uptime_ms": 9_000, "boot_id": "after"}
    answer = client.call("POST", "/api/v1/sync/push", {"clock": clock, "commands": [sent]})
    assert [one["status"] for one in answer.json()["verdicts"]] == ["applied"], answer.content
    proof = evidence_row(company.alice, visit_id)
    assert proof.occurred_at <= now() and not proof.occurred_verified
    assert proof.verdict == "clock_suspect" and proof.raw["claimed_at"].startswith(sent["at"][:10])


def test_a_clock_that_is_a_year_ahead_is_corrected(company: TestCompany) -> None:
    client, shop, visit_id = company.client("alice"), add_customer(company.alice, SHOP), uuid7()
    ahead = now() + timedelta(days=365)
    sent = command("visits.check_in", {"visit_id": visit_id, "customer_id": shop, "fix": FIX})
    sent |= {"at": to_wire(ahead - timedelta(minutes=10)), "uptime_ms": 400_000, "boot_id": "b"}
    clock = {"at": to_wire(ahead), "uptime_ms": 1_000_000, "boot_id": "b"}
    answer = client.call("POST", "/api/v1/sync/push", {"clock": clock, "commands": [sent]})
    assert [one["status"] for one in answer.json()["verdicts"]] == ["applied"], answer.content
    proof = evidence_row(company.alice, visit_id)
    assert abs(proof.occurred_at - (now() - timedelta(minutes=10))) < timedelta(seconds=30)
    assert proof.occurred_verified and proof.verdict == "verified"


def test_a_check_out_before_its_check_in(company: TestCompany) -> None:
    """Both are kept as they were said, and the second is doubtful; without a check-in it is refused."""
    client, shop, visit_id = company.client("alice"), add_customer(company.alice, SHOP), uuid7()
    refused = client.call("POST", f"/api/v1/visits/{visit_id}/check-out", {"fix": FIX})
    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "visits.not_found")
    commands = [
        command("visits.check_in", {"visit_id": visit_id, "customer_id": shop, "fix": FIX}) | {"uptime_ms": 700_000},
        command("visits.check_out", {"visit_id": visit_id, "fix": FIX}) | {"uptime_ms": 400_000},
    ]
    sent = [one | {"at": to_wire(now()), "boot_id": "b"} for one in commands]
    clock = {"at": to_wire(now()), "uptime_ms": 1_000_000, "boot_id": "b"}
    answer = client.call("POST", "/api/v1/sync/push", {"clock": clock, "commands": sent})
    assert [one["status"] for one in answer.json()["verdicts"]] == ["applied", "applied"], answer.content
    came, left = (evidence_row(company.alice, visit_id, direction) for direction in ("in", "out"))
    assert left.occurred_at < came.occurred_at
    assert (came.verdict, left.verdict) == ("verified", "clock_suspect")
    assert left.verdict_details["in_order"] is False
