"""To whom a pull says that scopes have left: to phones that may hold them, and to no others."""

from datetime import timedelta
from uuid import UUID

import pytest

from sync import pull as pulling
from tests.personas import TestCompany
from tests.sync.phones import Phone, is_right
from tests.sync.tables import committed

PAGE = 1_024


def shared_for_a_while(company: TestCompany, count: int) -> list[UUID]:
    """Customers that alice saw once; and some of her own, of several pages."""
    with committed(company.id) as tables:
        lost = [tables.add_customer(company.bob.id) for _ in range(count)]
        for customer in lost:
            tables.share(customer, company.alice.id)
        for _ in range(20):
            tables.add_customer(company.alice.id)
    return lost


def unshare(company: TestCompany, customers: list[UUID]) -> None:
    with committed(company.id) as tables:
        for customer in customers:
            tables.unshare(customer, company.alice.id)


def leaves(pages: list[dict]) -> list[set[str]]:
    return [{leave["scope"] for leave in page["changes"]["leave"]} for page in pages]


def test_a_new_device_is_not_told_of_what_it_never_held(company: TestCompany) -> None:
    unshare(company, shared_for_a_while(company, 5))
    phone = Phone.of(company.alice, page_bytes=PAGE)
    pages = phone.sync()
    assert len(pages) > 2
    assert leaves(pages) == [set()] * len(pages)
    assert is_right(phone)


def test_what_is_lost_between_two_pages_of_a_first_pull_leaves(company: TestCompany) -> None:
    lost = shared_for_a_while(company, 5)
    phone = Phone.of(company.alice, page_bytes=PAGE)
    assert not phone.page()["complete"]
    unshare(company, lost)
    pages = phone.sync()
    assert leaves(pages) == [{str(customer) for customer in lost}] * len(pages)
    phone.sync()
    assert is_right(phone)


def test_a_phone_with_an_expired_cursor_is_told_of_everything(
    company: TestCompany, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = shared_for_a_while(company, 5)
    phone = Phone.of(company.alice, page_bytes=PAGE)
    phone.sync()
    unshare(company, lost)
    monkeypatch.setattr(pulling, "TOMBSTONE_RETENTION", timedelta(0))
    first = phone.page()
    monkeypatch.undo()
    assert leaves([first]) == [{str(customer) for customer in lost}]
    phone.sync()
    assert is_right(phone)
