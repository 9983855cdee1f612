"""The second fence: what the application's role sees with plain SQL, without any filter of ours."""

import pytest
from django.db import DatabaseError, connections, transaction

from accounts import queries
from core.fence import company_fence
from tests.personas import TestCompany, make_company

TABLES = [
    "accounts_user",
    "accounts_org_unit",
    "accounts_territory",
    "accounts_territory_member",
    "accounts_device",
    "accounts_refresh_token",
]


def companies_in(table: str, column: str = "company_id", using: str = "default") -> set[object]:
    with connections[using].cursor() as cursor:
        cursor.execute(f"select distinct {column} from {table}")
        return {row[0] for row in cursor.fetchall()}


@pytest.fixture
def other(company: TestCompany) -> TestCompany:
    """A second company. Both have a row in every table."""
    other = make_company()
    for one in (company, other):
        territory = {"id": str(one.units["north"]), "code": "T", "name": "T"}
        assert one.dora.execute("accounts.create_territory", territory).settled
        member = {"territory_id": territory["id"], "user_id": str(one.alice.id)}
        assert one.dora.execute("accounts.add_territory_member", member).settled
        one.alice.client()
    return other


@pytest.mark.parametrize("using", ["default", "owner"])
def test_plain_sql_sees_one_company(company: TestCompany, other: TestCompany, using: str) -> None:
    for one in (company, other):  # each is the other's control: the rows are there
        with company_fence(one.id, using):
            for table in TABLES:
                assert companies_in(table, using=using) == {one.id}, table


def test_without_a_fence_there_is_nobody(other: TestCompany) -> None:
    for table in TABLES:
        assert companies_in(table) == set()
    assert companies_in("accounts_company", "id") == set()


def test_company_row_is_fenced_by_its_own_id(company: TestCompany, other: TestCompany) -> None:
    with company_fence(company.id):
        assert companies_in("accounts_company", "id") == {company.id}
    assert {company.id, other.id} <= companies_in("accounts_company", "id", using="owner")


def test_plain_sql_cannot_write_across_the_fence(company: TestCompany, other: TestCompany) -> None:
    with company_fence(company.id), connections["default"].cursor() as cursor:
        cursor.execute("update accounts_user set name = 'x' where id = %s", [other.alice.id])
        assert cursor.rowcount == 0
        cursor.execute("update accounts_user set name = 'x' where id = %s", [company.alice.id])
        assert cursor.rowcount == 1  # control
    for statement, values in (
        ("update accounts_user set company_id = %s where id = %s", [other.id, company.alice.id]),
        ("insert into accounts_company (id, code, name, locale, time_zone) values (%s, %s, '', '', '')",
         [other.alice.id, "intruder"]),
    ):  # fmt: skip
        with pytest.raises(DatabaseError, match="row-level security"):
            with company_fence(company.id), connections["default"].cursor() as cursor:
                cursor.execute(statement, values)


def test_application_cannot_lift_the_fence(company: TestCompany) -> None:
    for statement in (
        "alter table accounts_user disable row level security",
        "drop policy company_fence on accounts_user",
        "set role roundsman_owner",
        "truncate accounts_user cascade",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connections["default"].cursor() as cursor:
            cursor.execute(statement)


def test_companies_are_found_before_anybody_is_known(company: TestCompany, other: TestCompany) -> None:
    assert queries.find_company_id(company.code) == company.id
    assert queries.find_company_id("no-such-company") is None
    assert {company.id, other.id} <= set(queries.list_company_ids())
    assert {company.code, other.code} <= {one.code for one in queries.list_companies()}


def test_a_session_is_not_found_under_another_company(company: TestCompany, other: TestCompany) -> None:
    client = company.alice.client()
    assert queries.get_actor_on_device(company.id, company.alice.id, client.device_id).user_id == company.alice.id
    with pytest.raises(queries.Unauthenticated):
        queries.get_actor_on_device(other.id, company.alice.id, client.device_id)
    with pytest.raises(queries.Unauthenticated):
        queries.get_actor_on_device(company.id, company.bob.id, client.device_id)
    with pytest.raises(queries.UserNotFound):
        queries.get_actor(other.id, company.alice.id)
