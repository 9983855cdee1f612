"""The database is part of the design: triggers, keys, fences and rights are in place, and each check can fail."""

from datetime import date

import psycopg
import pytest
from django.apps import apps
from django.db import models

from core import database_objects, partitions
from core.feeds import FEEDS
from core.grants import TRIGGERS
from core.postgres.roles import APP
from files.attachment_triggers import trigger_tables
from tests.architecture import database
from tests.postgres_plugin import app_conninfo
from visits import site_triggers, task_triggers

_READ_ONLY = ("sync_entry", "sync_grant", "sync_epoch", "core_definitions", "sync_feed_definition", "django_migrations")


def _wanted_triggers() -> dict[str, str]:
    wanted = {
        f"sync_feed_{feed.kind}_{event}": feed.table
        for feed in FEEDS.values()
        for event in ("insert", "update", "delete")
    }
    for trigger in TRIGGERS:
        events = ["insert", "delete", *(["update"] if trigger.columns else [])]
        wanted |= {f"sync_grants_{trigger.name}_{event}": trigger.table for event in events}
    return wanted | trigger_tables() | task_triggers.TRIGGERS | site_triggers.TRIGGERS


def test_every_synced_table_has_its_triggers() -> None:
    wanted = _wanted_triggers()
    assert set(wanted) == database_objects.trigger_names()
    with database.as_owner() as connection:
        assert not database.missing_triggers(connection, wanted)


@pytest.mark.parametrize(
    "fault",
    [
        "alter table accounts_user disable trigger sync_feed_user_update",
        "drop trigger sync_feed_user_insert on accounts_user",
        "alter table accounts_user enable replica trigger sync_feed_user_delete",
    ],
)
def test_a_trigger_that_does_not_fire_is_found(fault: str) -> None:
    with database.as_owner() as connection:
        connection.execute(fault)
        assert len(database.missing_triggers(connection, _wanted_triggers())) == 1


def test_every_foreign_key_is_indexed() -> None:
    with database.as_owner() as connection:
        assert not [name for name in database.unindexed_keys(connection) if not name.startswith("procrastinate")]


def test_keys_without_a_constraint_are_indexed_too() -> None:
    """A key that the database does not check is still followed from the other side."""
    faults = []
    for model in apps.get_models():
        leading = [tuple(index.fields) for index in model._meta.indexes]
        leading += [tuple(item.fields) for item in model._meta.constraints if isinstance(item, models.UniqueConstraint)]
        starts = {fields[0].lstrip("-") for fields in leading if fields}
        starts |= {fields[1] for fields in leading if len(fields) > 1 and fields[0] in ("company", "company_id")}
        for key in model._meta.concrete_fields:
            unchecked = isinstance(key, models.ForeignKey) and not key.db_constraint and key.name != "company"
            if unchecked and not (key.db_index or {key.name, key.attname} & starts):
                faults.append(f"{model._meta.db_table}.{key.attname}")
    assert not faults, faults


def test_a_key_without_an_index_is_found() -> None:
    with database.as_owner() as connection:
        before = database.unindexed_keys(connection)
        connection.execute("create table scratch_child (id uuid primary key, parent_id uuid references accounts_user)")
        connection.execute("create index scratch_partial on scratch_child (parent_id) where id is not null")
        assert set(database.unindexed_keys(connection)) - set(before) == {"scratch_child.scratch_child_parent_id_fkey"}
        connection.execute("create index scratch_whole on scratch_child (parent_id) where parent_id is not null")
        assert database.unindexed_keys(connection) == before


def test_every_company_table_is_fenced() -> None:
    with database.as_owner() as connection:
        tables = set(database.company_tables(connection))
        assert {model._meta.db_table for model in database_objects.company_models()} < tables
        assert not database.unfenced_tables(connection, APP)


_FORCED = "alter table scratch enable row level security; alter table scratch force row level security;"
_EQUAL = "(select nullif(current_setting('roundsman.company_id', true), '')::uuid)"


@pytest.mark.parametrize(
    "fence",
    [
        "",
        f"alter table scratch enable row level security; create policy p on scratch using (company_id = {_EQUAL})",
        _FORCED,
        _FORCED + "create policy p on scratch using (true) with check (true)",
        _FORCED + f"create policy p on scratch using (company_id = {_EQUAL}) with check (true)",
        _FORCED + f"create policy p on scratch using (company_id = {_EQUAL} or id is null)"
        f" with check (company_id = {_EQUAL})",
        _FORCED + f"create policy p on scratch for select using (company_id = {_EQUAL})",
    ],
    ids=["none", "not forced", "no policy", "all rows", "writes unchecked", "a gap", "reads only"],
)
def test_a_table_without_its_fence_is_found(fence: str) -> None:
    with database.as_owner() as connection:
        connection.execute("create table scratch (id uuid primary key, company_id uuid not null)")
        if fence:
            connection.execute(fence)
        assert set(database.unfenced_tables(connection, APP)) == {"scratch"}


def test_partitions_are_reached_through_their_parent_alone() -> None:
    """A partition has no policy of its own: whoever might read it directly would read all companies."""
    for model in partitions.partitioned_models():
        partitions.make_days(model, [date(2031, 1, 5)])
        with database.as_owner() as connection:
            part = f"{model._meta.db_table}_p20310105"
            connection.execute("select %s::regclass", [part])
            assert not database.open_partitions(connection, APP)
            for fault in ("alter table {} no force row level security", f"grant select on {{}} to {APP}"):
                with connection.transaction(force_rollback=True):
                    connection.execute(fault.format(part))
                    assert database.open_partitions(connection, APP) == [part]
    assert partitions.partitioned_models()


def test_only_tables_that_are_partitioned_get_partitions() -> None:
    with psycopg.connect(app_conninfo()) as connection:
        for call in (
            "core_make_day('accounts_user', '2031-01-05')",
            "core_drop_empty_days('sync_entry', '2031-01-05')",
        ):
            with pytest.raises(psycopg.errors.RaiseException, match="is not partitioned by day"):
                connection.execute(f"select {call}")
            connection.rollback()


def test_views_look_with_the_eyes_of_their_reader() -> None:
    """A view of its owner's would look past the fence of whoever asks."""
    with database.as_owner() as connection:
        assert not database.column(
            connection,
            "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('v', 'm')"
            " and not coalesce(reloptions::text like '%security_invoker=true%', false)",
        )


def test_functions_of_the_owner_name_where_they_look() -> None:
    """Without a search path of its own, a function with the owner's rights can be led to another's table."""
    with database.as_owner() as connection:
        assert not database.column(
            connection,
            "select proname from pg_proc where pronamespace = 'public'::regnamespace and prosecdef"
            " and not coalesce(proconfig::text like '%search_path=public, pg_temp%', false)",
        )


def test_the_applications_role_owns_nothing_and_passes_no_fence() -> None:
    with database.as_owner() as connection:
        row = connection.execute(
            "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication"
            " from pg_roles where rolname = %s",
            [APP],
        ).fetchone()
        assert row == (False,) * 5
        assert not database.column(
            connection, "select roleid::regrole from pg_auth_members where member = %s::regrole", APP
        )
        assert not database.column(
            connection,
            "select classid::regclass || ' ' || objid from pg_shdepend where refobjid = %s::regrole and deptype = 'o'",
            APP,
        )
        assert not database.column(connection, "select 1 where has_schema_privilege(%s, 'public', 'create')", APP)


def test_the_applications_role_may_only_do_what_it_must() -> None:
    with database.as_owner() as connection:
        tables = database.column(
            connection, "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'"
        )
        held = {
            (table, right)
            for table in tables
            for right in ("INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
            if database.column(connection, "select 1 where has_table_privilege(%s, %s, %s)", APP, table, right)
        }
    assert {right for _, right in held} == {"INSERT", "UPDATE", "DELETE"}
    assert ("core_command_record", "INSERT") in held
    assert not held & {("core_command_record", "UPDATE"), ("core_command_record", "DELETE")}
    assert not {(table, right) for table, right in held if table in _READ_ONLY}


@pytest.mark.parametrize(
    "statement",
    [
        "update core_command_record set status = 'applied'",
        "delete from core_command_record",
        "truncate core_command_record",
        "update sync_entry set body = null",
        "insert into sync_grant (company_id, user_id, scope_id, active, phone) values"
        " (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), true, true)",
        "delete from sync_grant",
        "update sync_epoch set id = gen_random_uuid()",
        "truncate accounts_user cascade",
        "create table mine (id int)",
        "alter table accounts_user disable row level security",
        "alter table accounts_user disable trigger all",
        "drop policy company_fence on accounts_user",
        "create or replace function sync_tag(kind text, id uuid, body text) returns bigint language sql as 'select 1'",
        "set role roundsman_owner",
    ],
)
def test_the_database_itself_refuses(statement: str) -> None:
    with psycopg.connect(app_conninfo()) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


def test_setting_replication_role_is_refused() -> None:
    """It would switch every trigger off for the session."""
    with psycopg.connect(app_conninfo()) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("set session_replication_role = replica")
