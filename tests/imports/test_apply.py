"""POST /imports/{id}/apply: all or nothing, or the good rows; once, whatever happens in between."""

import json
import threading
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError, connection
from django.db.models import QuerySet

from core.actor import Actor
from core.fence import company_fence
from core.ids import uuid7
from core.imports import applying, commands, jobs, queries
from core.imports.errors import HasErrors, Interrupted
from core.imports.ids import command_id
from core.imports.models import Import, ImportPart, Mode, State
from core.models import CommandRecord, Entry
from customers.commands import contacts
from customers.models import Customer
from tests.imports.tables import counts, faults, lines, preview, upload
from tests.personas import TestCompany


def apply(company: TestCompany, body: dict, mode: str = "all_or_nothing", who: str = "dora") -> Any:
    """The answer to an apply."""
    return company.client(who).call("POST", f"/api/v1/imports/{body['id']}/apply", {"mode": mode})


def customers(company: TestCompany) -> int:
    """How many customers the company has."""
    with company_fence(company.id):
        return Customer.objects.count()


def stored(company: TestCompany, body: dict) -> Import:
    """The import as it is kept."""
    with company_fence(company.id):
        return Import.objects.get(id=body["id"])


def imported() -> QuerySet[CommandRecord]:
    """The commands that imports of customers have left on record."""
    return CommandRecord.objects.filter(door="import", name__startswith="customers.")


def numbered(*numbers: int) -> bytes:
    """A table of customers."""
    return lines("code,name", *(f"C{number},Customer {number}" for number in numbers))


def test_rows_become_ordinary_commands(company: TestCompany) -> None:
    body = preview(company.carol.client(), "customers", numbered(1, 2))
    applied = apply(company, body, who="carol")
    assert (applied.status_code, applied.json()["state"]) == (200, "applied")
    assert applied.json()["applied_by_id"] == str(company.carol.id)
    with company_fence(company.id):
        records = {record.id: record for record in imported()}
        item = stored(company, body)
        assert set(records) == {command_id(item.id, row, 0) for row in (2, 3)}
        assert {record.user_id for record in records.values()} == {company.carol.id}
        made = {record.creates for record in records.values()}
        assert made == set(Customer.objects.values_list("id", flat=True)), "which rows were created is on record"
        assert Entry.objects.filter(kind="customer", scope_id__in=made).count() == 2, "and phones get them"
    rows = company.carol.client().get(f"/api/v1/imports/{body['id']}/rows").json()["items"]
    assert {row["id"] for row in rows} == {str(id_) for id_ in made}


def test_all_or_nothing_refuses_a_table_with_errors(company: TestCompany) -> None:
    body = preview(company.dora.client(), "customers", lines("code,name,class", "C1,A,A", "C2,B,X"))
    refused = apply(company, body)
    error = refused.json()["error"]
    assert (refused.status_code, error["code"], error["details"]) == (409, "imports.has_errors", {"errors": 1})
    assert customers(company) == 0


def test_what_changes_after_the_preview_still_leaves_nothing_behind(company: TestCompany) -> None:
    """The last of 700 rows is taken by somebody else: the first part was written already, and is rolled back."""
    body = preview(company.carol.client(), "customers", numbered(*range(700)))
    assert counts(body) == {"create": 700}
    company.zed.execute("customers.create", {"id": str(uuid7()), "name": "Zed's", "code": "C699"})
    refused = apply(company, body, who="carol")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "imports.has_errors")
    assert customers(company) == 1
    with company_fence(company.id):
        assert not imported().exists()
    after = company.carol.client().get(f"/api/v1/imports/{body['id']}").json()
    assert (after["state"], after["error"]["code"]) == ("checked", "imports.has_errors")
    assert faults(after) == [(701, "code", "customers.code_taken")], "the preview was made again"
    assert counts(after) == {"create": 699, "error": 1}
    good = apply(company, body, "skip_errors", who="carol")
    assert counts(good.json()) == {"create": 699, "error": 1}
    assert customers(company) == 700


def test_good_rows_without_the_bad_ones(company: TestCompany) -> None:
    table = lines("code,name,class,contact", "C1,A,A,Ann", "C2,B,X,Ben", "C3,C,B,", f"C4,D,C,{'n' * 201}")
    body = preview(company.dora.client(), "customers", table)
    applied = apply(company, body, "skip_errors").json()
    assert (counts(applied), applied["mode"]) == ({"create": 2, "error": 2}, "skip_errors")
    assert [code for *_, code in faults(applied)] == ["imports.choice_unknown", "imports.value_too_long"]
    with company_fence(company.id):
        assert sorted(Customer.objects.values_list("code", flat=True)) == ["C1", "C3"]
        statuses = set(imported().values_list("status", flat=True))
    assert statuses == {"applied"}, "a bad row leaves no refused command on anybody's phone"


def test_a_row_is_whole_or_not_at_all(company: TestCompany) -> None:
    """When a row's second command is refused, its first one does not stay either; the other rows do."""
    body = preview(company.dora.client(), "customers", lines("code,name,contact", "C1,A,Ann", "C2,B,Ben", "C3,C,Cid"))
    add = contacts.Contact

    def contact(**values: Any) -> Any:
        if values["name"] == "Ben":
            raise contacts.ContactNotFound("name")
        return add(**values)

    with patch.object(contacts, "Contact", contact):
        applied = apply(company, body, "skip_errors").json()
    assert (counts(applied), faults(applied)) == (
        {"create": 2, "error": 1},
        [(3, "contact_name", "customers.contact_not_found")],
    )
    with company_fence(company.id):
        assert sorted(Customer.objects.values_list("code", flat=True)) == ["C1", "C3"]


def test_applying_again_changes_nothing(company: TestCompany) -> None:
    body = preview(company.dora.client(), "customers", numbered(1, 2, 3))
    first = apply(company, body).json()
    with company_fence(company.id):
        customer = Customer.objects.get(code="C1")
    edit = {"name": {"from": customer.name, "to": "Edited meanwhile"}}
    company.dora.execute("customers.update", {"id": str(customer.id), "changes": edit})
    for mode in ("all_or_nothing", "skip_errors"):
        again = apply(company, body, mode)
        assert (again.status_code, again.json()) == (200, first)
    with company_fence(company.id):
        assert Customer.objects.get(code="C1").name == "Edited meanwhile"
        assert imported().count() == 3


def test_updates_of_what_is_there(company: TestCompany) -> None:
    preview_one = preview(company.dora.client(), "customers", lines("code,name,phone,notes", "C1,A,1,x", "C2,B,2,y"))
    apply(company, preview_one)
    table = lines("code,name,phone,notes", "C1,A,,NULL", "C2,B2,9,", "C3,C,3,z")
    body = preview(company.dora.client(), "customers", table)
    assert counts(body) == {"unchanged": 1, "update": 1, "create": 1}
    apply(company, body)
    with company_fence(company.id):
        found = Customer.objects.order_by("code").values_list("code", "name", "phone", "notes")
        assert list(found) == [("C1", "A", "1", "x"), ("C2", "B2", "9", "y"), ("C3", "C", "3", "z")]
        record = CommandRecord.objects.get(name="customers.update")
        assert record.payload["changes"] == {"name": {"from": "B", "to": "B2"}, "phone": {"from": "2", "to": "9"}}
        assert record.status == "applied"


def test_a_crash_in_the_middle_of_good_rows_is_gone_on_from(company: TestCompany) -> None:
    body = preview(company.dora.client(), "customers", numbered(*range(1_200)))
    item, actor = stored(company, body), company.actor("dora")
    applying.begin(item, actor, Mode.SKIP_ERRORS)
    keep, calls = commands.keep_results, []

    def crash_at_the_second_part(*args: Any, **options: Any) -> Any:
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return keep(*args, **options)

    with patch.object(commands, "keep_results", crash_at_the_second_part), pytest.raises(KeyboardInterrupt):
        applying.apply(item, actor)
    assert customers(company) == 500
    assert apply(company, body, "skip_errors").json()["error"]["code"] == "imports.not_ready", "it may be alive"
    with company_fence(company.id):
        Import.objects.filter(id=item.id).update(beat_at="2026-01-01T00:00:00Z")
        customer = Customer.objects.get(code="C1")
    edit = {"name": {"from": customer.name, "to": "Edited meanwhile"}}
    company.dora.execute("customers.update", {"id": str(customer.id), "changes": edit})
    after = apply(company, body, "skip_errors").json()
    assert (after["state"], counts(after)) == ("applied", {"create": 1_200})
    with company_fence(company.id):
        assert Customer.objects.count() == 1_200
        assert Customer.objects.get(code="C1").name == "Edited meanwhile"
        assert imported().count() == 1_200


def test_a_crash_in_the_middle_of_a_whole_table_leaves_nothing(company: TestCompany) -> None:
    body = preview(company.dora.client(), "customers", numbered(*range(1_200)))
    keep, calls = commands.keep_results, []

    def fail_at_the_third_part(*args: Any, **options: Any) -> Any:
        calls.append(args)
        if len(calls) == 3:
            raise RuntimeError("the disk is full")
        return keep(*args, **options)

    with patch.object(commands, "keep_results", fail_at_the_third_part):
        response = apply(company, body)
    assert (response.status_code, response.json()["error"]["code"]) == (503, "imports.interrupted")
    assert customers(company) == 0
    item = stored(company, body)
    assert (item.state, item.error["code"]) == ("checked", "imports.interrupted")
    with company_fence(company.id):
        assert not ImportPart.objects.filter(source_id=item.id, applied=True).exists()
    assert counts(apply(company, body).json()) == {"create": 1_200}


def test_deadlocks_are_met_by_trying_again(company: TestCompany) -> None:
    body = preview(company.dora.client(), "customers", numbered(1, 2))
    run, calls = applying.run, []

    class Deadlock(Exception):
        sqlstate = "40P01"

    def deadlock_once(*args: Any) -> bool:
        calls.append(args)
        if len(calls) == 1:
            raise OperationalError from Deadlock()
        return run(*args)

    for mode in ("all_or_nothing", "skip_errors"):
        calls.clear()
        body = preview(company.dora.client(), "customers", numbered(*([1, 2] if mode == "all_or_nothing" else [3, 4])))
        with patch.object(applying, "run", deadlock_once):
            assert counts(apply(company, body, mode).json()) == {"create": 2}
        assert len(calls) == 2


def test_a_whole_table_takes_few_locks_and_no_savepoints(company: TestCompany) -> None:
    """One transaction of many sets: a lock per command or a subtransaction per set would burden all other sessions."""
    body = preview(company.dora.client(), "customers", numbered(*range(2_000)))
    item, seen = stored(company, body), []
    finish = commands.finish

    def look(*args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from pg_locks where pid = pg_backend_pid() and locktype = 'advisory'")
            locks = cursor.fetchone()[0]
            seen.append((locks, _subtransactions(cursor)))
        finish(*args, **options)

    applying.begin(item, company.actor("dora"), Mode.ALL_OR_NOTHING)
    with patch.object(commands, "finish", look):
        applying.apply(item, company.actor("dora"))
    assert customers(company) == 2_000
    ((locks, subtransactions),) = seen
    assert locks < 10
    assert subtransactions < 10


def _subtransactions(cursor: Any) -> int:
    """How many the transaction has, as far as PostgreSQL tells it (from 16 on)."""
    if connection.pg_version < 160_000:
        return 0
    cursor.execute(
        "select s.subxact_count from pg_stat_get_backend_idset() id, pg_stat_get_backend_subxact(id) s"
        " where pg_stat_get_backend_pid(id) = pg_backend_pid()"
    )
    count: int = cursor.fetchone()[0]
    return count


def test_two_at_once_apply_once(company: TestCompany) -> None:
    body = preview(company.dora.client(), "customers", numbered(1, 2))
    item = stored(company, body)
    assert applying.begin(item, company.actor("dora"), Mode.ALL_OR_NOTHING)
    second = apply(company, body)
    assert (second.status_code, second.json()["error"]["code"]) == (409, "imports.not_ready")
    applying.apply(item, company.actor("dora"))
    assert apply(company, body).json()["state"] == "applied"
    assert customers(company) == 2


def test_roles_are_asked_again(company: TestCompany) -> None:
    """Who lost a role since the upload applies nothing."""
    body = preview(company.carol.client(), "customers", numbered(1))
    item = stored(company, body)
    rep = Actor(company.id, company.carol.id, frozenset({"rep"}))
    with pytest.raises(Exception, match=r"core\.forbidden"):
        applying.begin(item, rep, Mode.ALL_OR_NOTHING)
    applying.begin(item, company.actor("carol"), Mode.ALL_OR_NOTHING)
    with pytest.raises(HasErrors):
        applying.apply(item, Actor(company.id, company.carol.id, frozenset()))
    assert customers(company) == 0


# Large tables


def test_large_tables_are_left_to_a_worker(company: TestCompany, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.imports.running.AT_ONCE", 10)
    monkeypatch.setattr("core.imports.execution.AT_ONCE", 10)
    monkeypatch.setattr("core.imports.commands._PULSE_S", 0)
    client = company.dora.client()
    answer = upload(client, "customers", numbered(*range(1_200)))
    body = answer.json()
    assert (answer.status_code, body["state"], body["progress"]) == (202, "checking", {"done": 0, "rows": 1_200})
    jobs.check_import(**waiting_job("imports.check", body))
    after = client.get(f"/api/v1/imports/{body['id']}").json()
    assert (after["state"], counts(after)) == ("checked", {"create": 1_200})
    answer = apply(company, body)
    assert (answer.status_code, answer.json()["state"]) == (202, "applying")
    job = waiting_job("imports.apply", body)
    seen = progress_seen_from_outside(job, company, body)
    assert seen == [0, 500, 1_000], "told while nothing of it was committed"
    after = client.get(f"/api/v1/imports/{body['id']}").json()
    assert (after["state"], after["progress"]) == ("applied", {"done": 1_200, "rows": 1_200})
    assert customers(company) == 1_200
    jobs.apply_import(**job)
    assert customers(company) == 1_200, "a job that runs twice finds nothing to do"


def waiting_job(name: str, body: dict) -> dict[str, str]:
    """The arguments of the job that waits for a worker."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select args, lock from procrastinate_jobs"
            " where task_name = %s and args->>'import_id' = %s and status = 'todo'",
            [name, body["id"]],
        )
        ((arguments, lock),) = cursor.fetchall()
    assert lock.startswith("imports:"), "one at a time for a company"
    return json.loads(arguments) if isinstance(arguments, str) else arguments


def progress_seen_from_outside(job: dict[str, str], company: TestCompany, body: dict) -> list[int]:
    """What another connection reads of the progress, part by part, while the job runs."""
    seen: list[int] = []
    get_part = queries.get_part

    def watch(item: Import, number: int) -> ImportPart:
        def look() -> None:
            seen.append(stored(company, body).done)
            connection.close()

        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
        return get_part(item, number)

    with patch.object(queries, "get_part", watch):
        jobs.apply_import(**job)
    return seen


def test_a_job_writes_down_what_went_wrong(company: TestCompany, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.imports.running.AT_ONCE", 1)
    body = upload(company.dora.client(), "customers", numbered(1, 2)).json()
    with patch("core.imports.checking.rehearse", side_effect=RuntimeError("a fault nobody foresaw")):
        jobs.check_import(**waiting_job("imports.check", body))
    after = company.dora.client().get(f"/api/v1/imports/{body['id']}").json()
    assert (after["state"], after["error"]["code"]) == (State.FAILED, Interrupted.code)
    assert apply(company, body).json()["error"]["code"] == "imports.not_ready"


def test_imports_expire_and_what_they_made_stays(company: TestCompany) -> None:
    body = preview(company.dora.client(), "customers", numbered(1))
    apply(company, body)
    with connection.cursor() as cursor:
        cursor.execute("select scheduled_at, args from procrastinate_jobs where task_name = 'imports.expire'"
                       " and args->>'import_id' = %s", [body["id"]])  # fmt: skip
        ((scheduled, _),) = cursor.fetchall()
    assert scheduled == stored(company, body).expires_at
    with company_fence(company.id):
        Import.objects.filter(id=body["id"]).update(expires_at="2026-01-01T00:00:00Z")
    assert company.dora.client().get(f"/api/v1/imports/{body['id']}").status_code == 404
    jobs.expire_import(str(company.id), body["id"])
    with company_fence(company.id):
        assert not Import.objects.exists()
        assert not ImportPart.objects.exists()
    assert customers(company) == 1


def test_statistics_follow_a_long_transaction(company: TestCompany) -> None:
    """Plans made while a table was small would read all of it for every set."""
    body = preview(company.dora.client(), "customers", numbered(*range(1_500)))
    item, seen = stored(company, body), []
    finish = commands.finish

    def look(*args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("select reltuples from pg_class where relname = 'customers_customer'")
            seen.append(cursor.fetchone()[0])
        finish(*args, **options)

    applying.begin(item, company.actor("dora"), Mode.ALL_OR_NOTHING)
    with patch.object(commands, "finish", look):
        applying.apply(item, company.actor("dora"))
    assert seen[0] >= 1_000
