"""What cannot be undone: customers with visits stay, evidence is never changed, sites may go."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from core.fence import company_fence
from core.models import Entry
from tests.personas import TestCompany
from tests.visits.field import SHOP, add_customer, add_site, check_in, evidence_row, plan, push, request, visit_row


def test_a_customer_with_visits_is_not_deleted(company: TestCompany) -> None:
    customer_id = add_customer(company.alice, SHOP)
    plan(company.alice, customer_id)
    [verdict] = push(company.alice, request("customers.delete", {"id": customer_id}))
    assert (verdict.status, verdict.code) == ("refused", "customers.has_history")
    with pytest.raises(IntegrityError), company_fence(company.id), connection.cursor() as cursor:
        cursor.execute("delete from customers_customer where id = %s", [customer_id])


def test_a_removed_site_leaves_its_visits_and_its_evidence(company: TestCompany) -> None:
    customer_id = add_customer(company.alice)
    site_id = add_site(company.alice, customer_id, **SHOP)
    visit_id = check_in(company.alice, customer_id)
    assert visit_row(company.alice, visit_id).site_id == site_id
    [verdict] = push(company.alice, request("customers.remove_site", {"id": site_id}))
    assert verdict.status == "applied"
    assert visit_row(company.alice, visit_id).site_id is None
    proof = evidence_row(company.alice, visit_id)
    assert (proof.site_id, proof.verdict_details["site"]["lat"]) == (site_id, SHOP["lat"])
    with company_fence(company.id):
        assert '"site_id":null' in Entry.objects.get(scope_id=customer_id, kind="visit", id=visit_id).body


@pytest.mark.parametrize("table", ["accounts_user", "visits_visit"])
def test_what_evidence_names_is_never_removed(company: TestCompany, table: str) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), company_fence(company.id):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"delete from {table} where false")


@pytest.mark.parametrize("table", ["visits_check_in", "visits_visit_log"])
@pytest.mark.parametrize("statement", ["update {} set occurred_at = occurred_at", "delete from {}"])
def test_facts_are_append_only(company: TestCompany, table: str, statement: str) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), company_fence(company.id):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement.format(table))
