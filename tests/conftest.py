"""What all tests share: a company with everybody in it."""

import pytest

from tests.personas import TestCompany, make_company


@pytest.fixture
def company() -> TestCompany:
    """A fresh company with alice, bob, carol, dora, erin, dan and zed."""
    return make_company()
