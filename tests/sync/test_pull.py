"""The pull, straight on tables: whoever writes, and however, the phone ends up with exactly what its user may see."""

from dataclasses import replace
from typing import Any

import psycopg
import pytest

from accounts.errors import DeviceRevoked, UserInactive
from core.clock import now
from core.errors import Unauthenticated
from core.ids import uuid7
from sync.errors import CursorInvalid
from sync.pull import PullRequest, pull
from tests.personas import TestCompany, make_company
from tests.postgres_plugin import DATABASE, admin_conninfo
from tests.sync.phones import Phone, is_right
from tests.sync.tables import committed


def _rows(answer: dict[str, Any]) -> set[tuple[str, bool]]:
    """Id and whether it is a live row, of every row in an answer."""
    return {(row["id"], row["data"] is not None) for row in answer["changes"]["rows"]}


def test_first_pull_brings_exactly_what_the_user_may_see(company: TestCompany) -> None:
    with committed(company.id) as tables:
        own = tables.add_customer(company.alice.id, "Own")
        tables.add_contact(own, "Own contact")
        shared = tables.add_customer(company.bob.id, "Shared")
        tables.share(shared, company.alice.id)
        tables.add_customer(company.bob.id, "Bob's")
    make_company()  # somebody else's rows stand in the same tables

    phone = Phone.of(company.alice)
    [answer] = phone.sync(digests="all")

    assert {row["name"] for row in phone.of_kind("customer").values()} == {"Own", "Shared"}
    assert [row["name"] for row in phone.of_kind("contact").values()] == ["Own contact"]
    assert set(phone.of_kind("user")) == {str(person.id) for person in company.people.values()}
    assert set(phone.of_kind("org_unit")) == {str(id_) for id_ in company.units.values()}
    expected = {company.id, company.alice.id, company.units["north"], own, shared}
    assert set(answer["changes"]["enter"]) == set(map(str, expected))
    assert answer["changes"]["leave"] == []
    assert answer["acknowledged"] == 0
    assert is_right(phone)


def test_an_idle_pull_is_empty_and_a_change_costs_one_row(company: TestCompany) -> None:
    with committed(company.id) as tables:
        customer = tables.add_customer(company.alice.id)
        contact = tables.add_contact(customer)
    phone = Phone.of(company.alice)
    phone.sync()
    [idle] = phone.sync()
    assert idle["changes"] == {"enter": [], "leave": [], "rows": []}

    with committed(company.id) as tables:
        tables.execute("update customers_contact set title = 'Buyer' where id = %s", contact)
    [answer] = phone.sync()
    assert _rows(answer) == {(str(contact), True)}
    assert answer["changes"]["rows"][0]["version"] == 2
    assert is_right(phone)


def test_a_write_that_changes_nothing_published_costs_nothing(company: TestCompany) -> None:
    with committed(company.id) as tables:
        customer = tables.add_customer(company.alice.id)
    phone = Phone.of(company.alice)
    phone.sync()
    with committed(company.id) as tables:
        tables.execute("update customers_customer set edits = '{\"x\": 1}', name = name where id = %s", customer)
    assert phone.sync()[0]["changes"]["rows"] == []


def test_rows_of_a_rolled_back_transaction_never_come(company: TestCompany) -> None:
    phone = Phone.of(company.alice)
    phone.sync()
    with pytest.raises(RuntimeError), committed(company.id) as tables:
        tables.add_customer(company.alice.id)
        raise RuntimeError
    [answer] = phone.sync()
    assert answer["changes"] == {"enter": [], "leave": [], "rows": []}


def test_an_open_transaction_comes_when_it_commits_however_late(company: TestCompany) -> None:
    phone = Phone.of(company.alice)
    phone.sync()
    with committed(company.id) as slow:
        late = slow.add_customer(company.alice.id, "Late")
        for number in range(3):
            with committed(company.id) as quick:
                quick.add_customer(company.alice.id, f"Quick {number}")
            phone.sync()
        assert str(late) not in phone.of_kind("customer")
    phone.sync()
    assert len(phone.of_kind("customer")) == 4
    assert is_right(phone)


def test_enter_brings_old_rows_and_leave_takes_all(company: TestCompany) -> None:
    with committed(company.id) as tables:
        customer = tables.add_customer(company.bob.id)
        contact = tables.add_contact(customer)
        gone = tables.add_contact(customer)
        tables.execute("delete from customers_contact where id = %s", gone)
    alice, bob = Phone.of(company.alice), Phone.of(company.bob)
    alice.sync(), bob.sync()

    with committed(company.id) as tables:
        tables.execute("update customers_customer set owner_id = %s where id = %s", company.alice.id, customer)
    [entered], [left] = alice.sync(), bob.sync()
    assert entered["changes"]["enter"] == [str(customer)]
    assert _rows(entered) == {(str(customer), True), (str(contact), True)}  # no tombstones of old
    assert left["changes"] == {
        "enter": [], "leave": [{"scope": str(customer), "reason": "reassigned"}], "rows": [],
    }  # fmt: skip
    assert is_right(alice)
    assert is_right(bob)
    assert str(customer) not in bob.of_kind("customer")


@pytest.mark.parametrize("between", [False, True], ids=["one pull", "two pulls"])
def test_left_and_entered_again(company: TestCompany, between: bool) -> None:
    with committed(company.id) as tables:
        customer = tables.add_customer(company.bob.id)
        contact = tables.add_contact(customer)
        tables.share(customer, company.alice.id)
    phone = Phone.of(company.alice)
    phone.sync()
    with committed(company.id) as tables:
        tables.unshare(customer, company.alice.id)
    with committed(company.id) as tables:  # while nobody looks, a row goes and the tombstone is purged
        tables.execute("delete from customers_contact where id = %s", contact)
    with psycopg.connect(admin_conninfo(DATABASE)) as admin:
        admin.execute("delete from sync_entry where body is null and scope_id = %s", [customer])
    if between:
        assert phone.sync()[0]["changes"]["leave"] == [{"scope": str(customer), "reason": "unshared"}]
    with committed(company.id) as tables:
        tables.share(customer, company.alice.id)
    [answer] = phone.sync()
    assert answer["changes"]["enter"] == [str(customer)]
    assert answer["changes"]["leave"] == []
    assert is_right(phone)


def test_two_reasons_and_one_goes(company: TestCompany) -> None:
    """A scope that stays visible for another reason neither leaves nor is sent again."""
    with committed(company.id) as tables:
        customer = tables.add_customer(company.alice.id)
        tables.share(customer, company.alice.id)
    phone = Phone.of(company.alice)
    phone.sync()
    with committed(company.id) as tables:
        tables.unshare(customer, company.alice.id)
    assert phone.sync()[0]["changes"] == {"enter": [], "leave": [], "rows": []}


def test_tombstones(company: TestCompany) -> None:
    with committed(company.id) as tables:
        customer = tables.add_customer(company.alice.id)
        contacts = [tables.add_contact(customer) for _ in range(3)]
    phone = Phone.of(company.alice)
    phone.sync()
    with committed(company.id) as tables:
        tables.execute("delete from customers_contact where id = any(%s)", contacts[:2])
    [answer] = phone.sync()
    assert _rows(answer) == {(str(id_), False) for id_ in contacts[:2]}
    assert phone.of_kind("contact").keys() == {str(contacts[2])}
    assert is_right(phone)
    with committed(company.id) as tables:  # the same id lives again, with a version that goes on
        tables.add_contact(customer, "Back", id_=contacts[0])
    [answer] = phone.sync()
    assert answer["changes"]["rows"][0]["version"] == 3
    assert is_right(phone)


@pytest.mark.parametrize("held", ["both", "old", "new"])
def test_a_row_moves_between_scopes(company: TestCompany, held: str) -> None:
    with committed(company.id) as tables:
        first, second = sorted([uuid7(), uuid7()])
        for id_ in (first, second):
            tables.add_customer(company.bob.id, id_=id_)
        contact = tables.add_contact(first)
    for target, old in ((second, first), (first, second)):  # both orders of row and tombstone in the answer
        with committed(company.id) as tables:
            tables.execute("delete from customers_share")
            for scope, name in ((old, "old"), (target, "new")):
                if held in ("both", name):
                    tables.share(scope, company.alice.id)
        phone = Phone.of(company.alice)
        phone.sync()
        before = phone.rows.get(("contact", str(contact)))
        with committed(company.id) as tables:
            tables.execute("update customers_contact set customer_id = %s where id = %s", target, contact)
        phone.sync()
        after = phone.rows.get(("contact", str(contact)))
        assert (before is not None, after is not None) == (held != "new", held != "old")
        if before and after:
            assert after.version > before.version
        assert is_right(phone)


def test_who_may_not_pull(company: TestCompany) -> None:
    phone = Phone.of(company.alice)
    phone.sync()
    other = make_company()
    for actor in (
        replace(phone.actor, device_id=uuid7()),
        replace(phone.actor, user_id=company.bob.id),
        replace(phone.actor, company_id=other.id),
        replace(phone.actor, device_id=None),
    ):
        with pytest.raises(Unauthenticated):
            pull(actor, PullRequest(), now())
        with pytest.raises(CursorInvalid):
            pull(actor, PullRequest(phone.cursor), now())
    with committed(company.id) as tables:
        tables.execute("update accounts_user set is_active = false where id = %s", company.alice.id)
    with pytest.raises(UserInactive):
        phone.sync()
    with committed(company.id) as tables:
        tables.execute("update accounts_device set revoked_at = now() where id = %s", phone.actor.device_id)
    with pytest.raises(DeviceRevoked):
        phone.sync()


def test_a_user_who_is_active_again_gets_everything_again(company: TestCompany) -> None:
    with committed(company.id) as tables:
        tables.add_contact(tables.add_customer(company.alice.id))
    phone = Phone.of(company.alice)
    phone.sync()
    for active in ("false", "true"):
        with committed(company.id) as tables:
            tables.execute(f"update accounts_user set is_active = {active} where id = %s", company.alice.id)
    phone.sync()
    assert is_right(phone)


def test_a_user_moves_to_another_team(company: TestCompany) -> None:
    phone = Phone.of(company.alice)
    phone.sync()
    with committed(company.id) as tables:
        tables.execute(
            "update accounts_user set org_unit_id = %s where id = %s", company.units["south"], company.alice.id
        )
    [answer] = phone.sync()
    assert answer["changes"]["enter"] == [str(company.units["south"])]
    assert [leave["scope"] for leave in answer["changes"]["leave"]] == [str(company.units["north"])]
    assert is_right(phone)
