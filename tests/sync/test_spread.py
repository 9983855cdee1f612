"""`next_sync_after_s`: a busy server asks phones that have all they need to stay away, and nobody else."""

import pytest

from core.load import LOAD
from tests.personas import TestCompany
from tests.sync.phones import Phone
from tests.sync.tables import committed


@pytest.fixture
def company_with_pages(company: TestCompany) -> TestCompany:
    """A company of which a first pull has several pages."""
    with committed(company.id) as tables:
        for number in range(6):
            tables.add_customer(company.alice.id, f"客户 {number}", notes="注" * 100)
    return company


@pytest.mark.usefixtures("tiny_pages")
def test_a_calm_server_asks_for_nothing(company_with_pages: TestCompany) -> None:
    pages = Phone.of(company_with_pages.alice, page_bytes=400).sync()
    assert {page["next_sync_after_s"] for page in pages} == {0}


@pytest.mark.usefixtures("tiny_pages")
def test_a_busy_server_spreads_phones_that_have_all_they_need(
    company_with_pages: TestCompany, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LOAD, "use", 1.0)
    pages = Phone.of(company_with_pages.alice, page_bytes=400).sync()
    assert len(pages) > 2
    assert {page["next_sync_after_s"] for page in pages[:-1]} == {0}, "an answer under way is never held up"
    assert pages[-1]["next_sync_after_s"] > 0
