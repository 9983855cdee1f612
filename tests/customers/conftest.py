"""After every test here, entries equal the feeds and grants equal the view."""

from collections.abc import Iterator

import pytest

from sync.proof import check_company
from tests.personas import TestCompany, make_company


@pytest.fixture
def company() -> Iterator[TestCompany]:
    """A fresh company, proven consistent at the end."""
    made = make_company()
    yield made
    assert [difference for difference in check_company(made.id) if difference.total] == []
