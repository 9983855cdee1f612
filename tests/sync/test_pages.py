"""An answer of several pages: cut by bytes, each row once, grants read afresh, whatever happens in between."""

import json
from datetime import timedelta
from uuid import UUID

import pytest

from core.clock import now
from core.ids import uuid7
from tests.personas import TestCompany
from tests.sync.phones import Phone, is_right
from tests.sync.tables import committed


@pytest.mark.usefixtures("tiny_pages")
@pytest.mark.parametrize("page_bytes", [1, 400, 1500, 4000])
def test_pages(company: TestCompany, page_bytes: int) -> None:
    with committed(company.id) as tables:
        for number in range(12):
            customer = tables.add_customer(company.alice.id, f"客户 {number}", notes="注" * 40 * (number % 3))
            for _ in range(number % 4):
                tables.add_contact(customer)
    phone = Phone.of(company.alice, page_bytes=page_bytes)
    pages = phone.sync(digests="all")
    assert len(pages) > (3 if page_bytes < 4000 else 1)
    assert [page["complete"] for page in pages] == [False] * (len(pages) - 1) + [True]
    entered = [scope for page in pages for scope in page["changes"]["enter"]]
    assert len(entered) == len(set(entered))  # announced once
    keys = [(row["scope"], row["kind"], row["id"]) for page in pages for row in page["changes"]["rows"]]
    assert keys == sorted(set(keys))
    for page in pages:
        sizes = [
            len(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()) for row in page["changes"]["rows"]
        ]
        assert len(sizes) == 1 or sum(sizes) <= page_bytes
    assert all(page["digests"] == {} for page in pages[:-1])
    assert pages[-1]["digests"] == phone.digests()
    assert is_right(phone)


def test_a_page_of_small_rows_does_not_pretend_to_be_complete(company: TestCompany) -> None:
    """Tombstones are the smallest rows there are: a page of them is cut by its bytes like any other."""
    with committed(company.id) as tables:
        customer = tables.add_customer(company.alice.id)
        contacts = [tables.add_contact(customer) for _ in range(120)]
    phone = Phone.of(company.alice, page_bytes=16_384)
    phone.sync()
    with committed(company.id) as tables:
        tables.execute("delete from customers_contact where id = any(%s)", contacts)
    phone.sync()
    assert phone.of_kind("contact") == {}
    assert is_right(phone)


@pytest.mark.usefixtures("tiny_pages")
def test_empty_scopes_between_pages_are_entered(company: TestCompany) -> None:
    """A scope without any row is held all the same: the phone must know that it is there and empty."""
    phone = Phone.of(company.alice, page_bytes=1)
    phone.sync()
    assert str(company.alice.id) in phone.scopes  # his own scope has no rows yet
    assert str(company.units["north"]) in phone.scopes
    assert phone.scopes == set(Phone(phone.actor).sync(digests="all")[-1]["digests"])


@pytest.mark.usefixtures("tiny_pages")
def test_a_page_asked_for_twice_is_the_same(company: TestCompany) -> None:
    phone = Phone.of(company.alice, page_bytes=600)
    phone.page()
    cursor = phone.cursor
    first = phone.page()
    phone.cursor = cursor
    again = phone.page()
    assert (first["changes"], first["complete"]) == (again["changes"], again["complete"])
    phone.sync()
    assert is_right(phone)


@pytest.mark.usefixtures("tiny_pages")
def test_revoked_and_granted_between_pages(company: TestCompany) -> None:
    """Grants are read afresh on every page, so an answer that takes long leaks nothing."""
    scopes = sorted(uuid7() for _ in range(3))
    with committed(company.id) as tables:
        for scope in scopes:
            tables.add_customer(company.bob.id, id_=scope)
            tables.share(scope, company.alice.id)
            for _ in range(3):
                tables.add_contact(scope)
    phone = Phone.of(company.alice, page_bytes=1)
    while str(scopes[1]) not in phone.scopes:
        phone.page()
    with committed(company.id) as tables:
        for scope in scopes:
            tables.unshare(scope, company.alice.id)
    answer = phone.page()
    assert {leave["scope"] for leave in answer["changes"]["leave"]} >= {str(scopes[0]), str(scopes[1])}
    assert not {row.scope for row in phone.rows.values()} & set(map(str, scopes))
    with committed(company.id) as tables:
        tables.share(scopes[0], company.alice.id)  # behind the position: the next pull brings it
        tables.share(scopes[1], company.alice.id)
    while not answer["complete"]:
        answer = phone.page()
    phone.sync()
    assert is_right(phone)


@pytest.mark.usefixtures("tiny_pages")
def test_what_left_before_the_answer_began_is_told_once(company: TestCompany, monkeypatch: pytest.MonkeyPatch) -> None:
    """Years of customers come and gone must not be told again on each page of a long answer."""
    with committed(company.id) as tables:
        gone = [tables.add_customer(company.alice.id) for _ in range(5)]
        last = tables.add_customer(company.alice.id, id_=UUID(int=2**128 - 1 - company.id.int % 2**32))
    phone = Phone.of(company.alice)
    phone.sync()
    with committed(company.id) as tables:
        tables.execute("update customers_customer set owner_id = null where id = any(%s)", gone)
    later = now() + timedelta(days=91)
    monkeypatch.setattr("sync.pull.now", lambda: later)  # the cursor has expired: everything is entered anew
    phone.page_bytes = 1
    assert {leave["scope"] for leave in phone.page()["changes"]["leave"]} == set(map(str, gone))
    monkeypatch.setattr("sync.pull.now", now)
    assert phone.page()["changes"]["leave"] == []
    with committed(company.id) as tables:
        tables.execute("update customers_customer set owner_id = null where id = %s", last)
    assert [leave["scope"] for leave in phone.page()["changes"]["leave"]] == [str(last)]
    phone.sync()
    phone.sync()
    assert is_right(phone)
