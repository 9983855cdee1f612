"""What an operator has on the command line: why somebody sees a scope, and the proof that sync is right."""

from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from core.clock import now
from core.fence import company_fence
from core.models import Entry
from sync.jobs import purge_tombstones
from tests.personas import TestCompany


def run(*arguments: str, **options: object) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


def a_customer(company: TestCompany) -> str:
    id_ = str(uuid4())
    assert company.alice.execute("customers.create", {"id": id_, "name": "Corner shop"}).settled
    return id_


def test_explain_access_names_every_reason(company: TestCompany) -> None:
    id_ = a_customer(company)
    explain = lambda who: run("explain_access", who, id_, "--company", company.code)  # noqa: E731
    assert "owner:" in explain("alice")
    assert "on the phone: yes" in explain("alice")
    assert "superior:" in explain("carol")
    assert "on the phone: no" in explain("carol")
    assert "sees the whole company" in explain("dora")
    assert "never saw" in explain("zed")
    company.alice.execute("customers.share", {"customer_id": id_, "user_id": str(company.zed.id)})
    assert "share:" in explain("zed")
    company.alice.execute("customers.unshare", {"customer_id": id_, "user_id": str(company.zed.id)})
    assert "unshared" in explain("zed")
    assert "on the phone: no" in explain(str(company.zed.id))


def test_explain_access_says_what_it_does_not_know(company: TestCompany) -> None:
    with pytest.raises(CommandError, match="no such company"):
        run("explain_access", "alice", str(uuid4()), "--company", "nowhere")
    with pytest.raises(CommandError, match="no such user"):
        run("explain_access", "nobody", str(uuid4()), "--company", company.code)


def spoil(company: TestCompany, statement: str, *values: object) -> None:
    """Change the published tables behind the triggers' back, as only the owner can."""
    with company_fence(company.id, using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(statement, list(values))
        assert cursor.rowcount == 1


@pytest.mark.parametrize(
    "statement, said",
    [
        ("delete from sync_entry where id = %s and kind = 'customer'", "customer: 1 missing"),
        ("update sync_entry set body = '{}' where id = %s and kind = 'customer'", "1 different"),
        ("update sync_entry set tag = tag + 1 where id = %s and kind = 'customer'", "1 different"),
        (
            "insert into sync_entry (company_id, scope_id, kind, id, xid, version, tag, body)"
            " select company_id, scope_id, kind, gen_random_uuid(), xid, 1, 1, body from sync_entry"
            " where id = %s and kind = 'customer'",
            "customer: 0 missing, 1 too many",
        ),
        ("delete from sync_grant where scope_id = %s and 'owner' = any (reasons)", "grants: 1 missing"),
        ("update sync_grant set reasons = '{share}' where scope_id = %s and 'owner' = any (reasons)", "1 different"),
    ],
)
def test_check_sync_finds_and_mends(company: TestCompany, statement: str, said: str) -> None:
    id_ = a_customer(company)
    assert "everything agrees" in run("check_sync", company=company.code)
    spoil(company, statement, id_)
    out = StringIO()
    with pytest.raises(CommandError, match="1 rows differ"):
        call_command("check_sync", company=company.code, stdout=out)
    assert said in out.getvalue()
    assert "1 rows mended" in run("check_sync", company=company.code, mend=True)
    assert "everything agrees" in run("check_sync", company=company.code)


def test_old_tombstones_are_purged_and_young_ones_kept(company: TestCompany) -> None:
    old, young, live = (a_customer(company) for _ in range(3))
    for id_ in (old, young):
        assert company.alice.execute("customers.delete", {"id": id_}).settled
    spoil(company, "update sync_entry set deleted_at = %s where id = %s", now() - timedelta(days=92), old)
    assert purge_tombstones(0) >= 1
    with company_fence(company.id):
        left = set(Entry.objects.filter(kind="customer").values_list("id", flat=True))
    assert {str(id_) for id_ in left} == {young, live}
