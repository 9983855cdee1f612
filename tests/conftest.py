"""What all tests share: a company with everybody in it, and jobs that leave other modules' companies alone."""

import time
from collections.abc import Iterator

import pytest

from accounts import queries
from accounts.models import Company
from core.ids import uuid7
from tests.personas import TestCompany, make_company


@pytest.fixture
def company() -> TestCompany:
    """A fresh company with alice, bob, carol, dora, erin, dan and zed."""
    return make_company()


@pytest.fixture(autouse=True, scope="module")
def companies_of_this_module() -> Iterator[None]:
    """Jobs, which take every company, take those that were made since the module began.

    Companies of tests that are over stay in the database, in the end a thousand of them; a job that goes through them
    all would take ten seconds for rows at which nobody looks.
    """
    began, every = uuid7(int(time.time() * 1000) - 1), queries.list_companies

    def list_companies() -> list[Company]:
        return [company for company in every() if company.id > began]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queries, "list_companies", list_companies)
        yield
