"""customers.update: fields are merged one by one; what loses is kept."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from core.batches import Verdict
from core.fence import company_fence
from core.ids import uuid7
from core.models import Conflict
from customers.models import Customer
from tests.customers.world import NOON, counted_queries, create_customer, entries, run_at, run_many
from tests.personas import Persona, TestCompany, make_company


def edit(persona: Persona, customer_id: UUID, minutes: int = 0, **fields: tuple[Any, Any]) -> Verdict:
    """An edit of `field=(from, to)`, made `minutes` after noon."""
    changes = {name: {"from": old, "to": new} for name, (old, new) in fields.items()}
    payload = {"id": str(customer_id), "changes": changes}
    return run_at(persona, "customers.update", payload, NOON + timedelta(minutes=minutes))


def stored(company: TestCompany, customer_id: UUID) -> Customer:
    with company_fence(company.id):
        return Customer.objects.get(id=customer_id)


@pytest.fixture
def lotus(company: TestCompany) -> UUID:
    """Alice's customer, made at 11:00, which covers a territory with bob."""
    customer_id = uuid7()
    payload = {"id": str(customer_id), "name": "Lotus", "phone": "1", "code": "C-1"}
    assert run_at(company.alice, "customers.create", payload, NOON - timedelta(hours=1)).settled
    assert company.alice.execute(
        "customers.share", {"customer_id": str(customer_id), "user_id": str(company.bob.id)}
    ).settled
    return customer_id


def test_over_http(company: TestCompany, lotus: UUID) -> None:
    client = company.client("alice")
    body = {"changes": {"phone": {"from": "1", "to": "2"}, "colour": {"from": "red", "to": "blue"}}}
    answer = client.call("PATCH", f"/api/v1/customers/{lotus}", body)
    assert answer.status_code == 200, answer.content
    assert answer.json()["verdict"]["status"] == "applied"
    row = client.call("GET", f"/api/v1/customers/{lotus}").json()
    assert (row["phone"], row["version"]) == ("2", 2)


def test_equal_to_from_sets(company: TestCompany, lotus: UUID) -> None:
    verdict = edit(company.alice, lotus, name=("Lotus", "Lotus Tea"), customer_class=(None, "B"))
    assert (verdict.status, verdict.conflicts) == ("applied", [])
    row = stored(company, lotus)
    assert (row.name, row.customer_class) == ("Lotus Tea", "B")
    assert row.edits["name"] == {"at": "2026-11-20T12:00:00.000Z", "by": str(company.alice.id)}


def test_equal_to_to_does_nothing(company: TestCompany, lotus: UUID) -> None:
    edit(company.alice, lotus, phone=("1", "2"))
    verdict = edit(company.bob, lotus, minutes=5, phone=("1", "2"))
    assert (verdict.status, verdict.conflicts) == ("applied", [])
    assert stored(company, lotus).edits["phone"]["by"] == str(company.alice.id)


def test_two_fields_of_one_row_do_not_conflict(company: TestCompany, lotus: UUID) -> None:
    edit(company.alice, lotus, phone=("1", "2"))
    assert edit(company.bob, lotus, minutes=-5, name=("Lotus", "Lotos")).status == "applied"
    row = stored(company, lotus)
    assert (row.phone, row.name) == ("2", "Lotos")


def test_the_later_edit_stands_when_it_comes_last(company: TestCompany, lotus: UUID) -> None:
    edit(company.alice, lotus, minutes=1, phone=("1", "2"))
    verdict = edit(company.bob, lotus, minutes=2, phone=("1", "3"))
    assert verdict.status == "merged"
    assert verdict.conflicts[0] | {"conflict_id": None} == {
        "field": "phone", "yours": "3", "theirs": "2", "kept": "yours", "conflict_id": None
    }  # fmt: skip
    assert stored(company, lotus).phone == "3"
    with company_fence(company.id):
        kept = Conflict.objects.get(id=verdict.conflicts[0]["conflict_id"])
    assert (kept.user_id, kept.yours, kept.theirs, kept.state) == (company.alice.id, "3", "2", "open")


def test_the_later_edit_stands_when_it_came_first(company: TestCompany, lotus: UUID) -> None:
    edit(company.alice, lotus, minutes=2, phone=("1", "2"))
    verdict = edit(company.bob, lotus, minutes=1, phone=("1", "3"))
    assert (verdict.status, verdict.conflicts[0]["kept"]) == ("merged", "theirs")
    assert stored(company, lotus).phone == "2"
    conflict_id = UUID(verdict.conflicts[0]["conflict_id"])
    published = entries(company, company.bob.id)["conflict", conflict_id]
    assert published and (published["yours"], published["theirs"], published["kept"]) == ("3", "2", "theirs")


def test_a_kept_loser_is_restored(company: TestCompany, lotus: UUID) -> None:
    edit(company.alice, lotus, minutes=2, phone=("1", "2"))
    verdict = edit(company.bob, lotus, minutes=1, phone=("1", "3"))
    conflict_id = verdict.conflicts[0]["conflict_id"]
    restored = company.bob.execute("sync.restore_value", {"conflict_id": conflict_id})
    assert restored.settled, restored
    assert stored(company, lotus).phone == "3"


def test_names_of_other_systems_keep_the_server_s_value(company: TestCompany, lotus: UUID) -> None:
    edit(company.alice, lotus, minutes=1, code=("C-1", "C-2"))
    verdict = edit(company.bob, lotus, minutes=2, code=("C-1", "C-3"))
    assert verdict.conflicts[0]["kept"] == "theirs"
    assert stored(company, lotus).code == "C-2"


def test_a_conflict_with_the_creation(company: TestCompany, lotus: UUID) -> None:
    """Nobody edited the phone since the row was made at 11:00; the edit was based on another value."""
    assert edit(company.bob, lotus, minutes=-90, phone=("0", "9")).conflicts[0]["kept"] == "theirs"
    assert edit(company.bob, lotus, minutes=-30, phone=("0", "9")).conflicts[0]["kept"] == "yours"


def test_several_edits_of_one_row_in_one_set(company: TestCompany, lotus: UUID) -> None:
    def payload(old: str, new: str) -> dict[str, Any]:
        return {"id": str(lotus), "changes": {"phone": {"from": old, "to": new}}}

    verdicts = run_many(company.alice, "customers.update", [payload("1", "2"), payload("2", "3"), payload("3", "4")])
    assert [verdict.status for verdict in verdicts] == ["applied"] * 3
    assert stored(company, lotus).phone == "4"


@pytest.mark.parametrize(
    "changes",
    [
        {"name": {"from": "Lotus", "to": None}}, {"name": {"from": "Lotus"}}, {"name": {"from": "Lotus", "to": ""}},
        {"stage": {"from": "active", "to": "gone"}}, {"credit_hold": {"from": False, "to": "no"}},
        {"phone": "2"}, {"phone": ["1", "2"]}, [],
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(company: TestCompany, lotus: UUID, changes: Any) -> None:
    verdict = company.alice.execute("customers.update", {"id": str(lotus), "changes": changes})
    assert verdict.code == "core.invalid_input"
    assert company.client("alice").call("PATCH", f"/api/v1/customers/{lotus}", {"changes": changes}).status_code == 422


def test_an_empty_edit_and_null_members_change_nothing(company: TestCompany, lotus: UUID) -> None:
    before = stored(company, lotus)
    assert company.alice.execute("customers.update", {"id": str(lotus), "changes": {}}).status == "applied"
    assert company.alice.execute("customers.update", {"id": str(lotus), "changes": {"phone": None}}).settled
    assert stored(company, lotus).updated_at == before.updated_at


def test_credit_hold_belongs_to_managers(company: TestCompany, lotus: UUID) -> None:
    refused = edit(company.alice, lotus, credit_hold=(False, True), phone=("1", "2"))
    assert (refused.status, refused.code) == ("refused", "customers.credit_hold_protected")
    assert stored(company, lotus).phone == "1"
    assert edit(company.carol, lotus, credit_hold=(False, True)).settled
    assert stored(company, lotus).credit_hold is True


def test_a_taken_code_refuses_the_guilty_one_alone(company: TestCompany, lotus: UUID) -> None:
    others = [create_customer(company.alice) for _ in range(9)]
    payloads = [
        {"id": str(id_), "changes": {"code": {"from": None, "to": "C-1" if n == 4 else f"D-{n}"}}}
        for n, id_ in enumerate(others)
    ]
    verdicts = run_many(company.alice, "customers.update", payloads)
    assert [verdict.code for verdict in verdicts if not verdict.settled] == ["customers.code_taken"]
    assert stored(company, others[4]).code is None


def test_rows_out_of_sight_do_not_exist(company: TestCompany, lotus: UUID) -> None:
    for persona in (company.zed, make_company().dora):
        assert edit(persona, lotus, phone=("1", "2")).code == "customers.not_found"
    assert edit(company.dora, uuid7(), phone=("1", "2")).code == "customers.not_found"


def test_an_edit_after_the_grant_was_lost_is_parked(company: TestCompany, lotus: UUID) -> None:
    payload = {"customer_ids": [str(lotus)], "owner_id": str(company.bob.id)}
    assert company.carol.execute("customers.reassign", payload).settled
    parked = edit(company.alice, lotus, phone=("1", "2"))
    assert (parked.status, parked.code) == ("parked", "sync.scope_lost")
    assert stored(company, lotus).phone == "1"
    answer = company.client("alice").call(
        "PATCH", f"/api/v1/customers/{lotus}", {"changes": {"phone": {"from": "1", "to": "2"}}}
    )
    assert answer.status_code == 202


def test_the_number_of_statements_does_not_grow(company: TestCompany) -> None:
    ids = [create_customer(company.alice) for _ in range(50)]
    lost = [create_customer(company.bob) for _ in range(2)]
    company.bob.execute("customers.share", {"customer_id": str(lost[0]), "user_id": str(company.alice.id)})
    company.bob.execute("customers.unshare", {"customer_id": str(lost[0]), "user_id": str(company.alice.id)})

    def statements(chosen: list[UUID], new: str) -> int:
        payloads = [{"id": str(id_), "changes": {"phone": {"from": "x", "to": new}}} for id_ in [*chosen, *lost]]
        with counted_queries() as captured:
            verdicts = run_many(company.alice, "customers.update", payloads)
        assert [verdict.code for verdict in verdicts[-2:]] == ["sync.scope_lost", "customers.not_found"]
        return len(captured)

    assert statements(ids[:1], "1") == statements(ids, "2")
