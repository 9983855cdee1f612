"""Database objects that are code, not history: functions, triggers, views, policies and privileges.

They are derived from the registries (feeds, grants, models) and are put in place after every migration, so that no
migration has to be written when a feed gains a field, and none can be forgotten. Each provider gives SQL that can be
run any number of times. `digest` names the whole; the server is ready only when the database carries the same.
"""

import hashlib
import re
from collections.abc import Callable

from django.apps import apps
from django.db import connections, transaction

from core.fence import fence_sql
from core.models import CompanyModel

_PROVIDERS: dict[str, Callable[[], str]] = {}
_STEPS: list[Callable[[str], None]] = []


def provide(name: str, sql: Callable[[], str]) -> None:
    """Register a provider. Providers run in the order of registration."""
    _PROVIDERS[name] = sql


def after_install(step: Callable[[str], None]) -> None:
    """Register what has to be done once new definitions are in place; called with the owner's alias."""
    _STEPS.append(step)


def company_models() -> list[type[CompanyModel]]:
    """Every model whose rows belong to a company, sorted by table."""
    found = [model for model in apps.get_models() if issubclass(model, CompanyModel)]
    return sorted(found, key=lambda model: model._meta.db_table)


def statements() -> list[tuple[str, str]]:
    """All SQL to run, by name, in order."""
    parts = [(f"fence:{model._meta.db_table}", fence_sql(model._meta.db_table)) for model in company_models()]
    parts += [
        (f"append_only:{model._meta.db_table}", _append_only(model)) for model in company_models() if model.append_only
    ]
    parts += [(f"kept:{model._meta.db_table}", _kept(model)) for model in company_models() if model.kept]
    parts.append(("constraints", _IMMEDIATE_FOREIGN_KEYS))
    parts += [(name, sql()) for name, sql in _PROVIDERS.items()]
    return parts


def _append_only(model: type[CompanyModel]) -> str:
    columns = ", ".join(field.column for field in model._meta.concrete_fields if field.attname in model.amendable)
    amend = f"execute format('grant update ({columns}) on {model._meta.db_table} to %I', role);" if columns else ""
    return _APPEND_ONLY.format(table=model._meta.db_table, amend=amend)


def _kept(model: type[CompanyModel]) -> str:
    return _KEPT.format(table=model._meta.db_table)


def trigger_names() -> set[str]:
    """The triggers that the statements create."""
    return {name for _, sql in statements() for name in re.findall(r"create trigger (\w+)", sql)}


def digest() -> str:
    """The name of the present definitions: SHA-256 over all of their SQL."""
    return hashlib.sha256("\n".join(sql for _, sql in statements()).encode()).hexdigest()


def installed_digest(using: str = "default") -> str | None:
    """The name of the definitions that the database carries, or None."""
    with connections[using].cursor() as cursor:
        cursor.execute("select to_regclass('core_definitions')")
        if cursor.fetchone()[0] is None:
            return None
        cursor.execute("select digest from core_definitions")
        row = cursor.fetchone()
        return row[0] if row else None


def install(using: str = "owner", *, report: Callable[[str], None] = lambda line: None) -> None:
    """Put all objects in place, in one transaction. Must run as the owner."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("create table if not exists core_definitions (digest text not null)")
        for name, sql in statements():
            report(name)
            cursor.execute(sql)
        for step in _STEPS:
            step(using)
        cursor.execute("delete from core_definitions")
        cursor.execute("insert into core_definitions values (%s)", [digest()])


# Django makes foreign keys deferred to the commit. A set of commands must learn of a violation while it can still
# name the guilty one.
_IMMEDIATE_FOREIGN_KEYS = """
do $$
declare c record;
begin
  for c in select conrelid::regclass as tab, conname from pg_constraint
           where contype = 'f' and condeferrable and connamespace = current_schema()::regnamespace
  loop
    execute format('alter table %s alter constraint %I not deferrable', c.tab, c.conname);
  end loop;
end $$;
"""

# Every role but the owner loses the right to change or remove rows of a table of facts, and keeps that to amend what
# follows from a fact, where the table has such columns.
_KEPT = """
do $$
declare role text;
begin
  for role in
    select distinct grantee from information_schema.role_table_grants
    where table_schema = current_schema() and table_name = '{table}' and grantee <> current_user
      and privilege_type = 'DELETE'
  loop
    execute format('revoke delete on {table} from %I', role);
  end loop;
end $$;
"""
_APPEND_ONLY = """
do $$
declare role text;
begin
  for role in
    select distinct grantee from information_schema.role_table_grants
    where table_schema = current_schema() and table_name = '{table}' and grantee <> current_user
      and privilege_type in ('UPDATE', 'DELETE')
  loop
    execute format('revoke update, delete on {table} from %I', role);
    {amend}
  end loop;
end $$;
"""
