"""Only the commands of an app write. Everything else that does is named here, with the reason."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.architecture.source import BACKEND, modules, name_of, strings, tree
from tests.postgres_plugin import owner_conninfo

ALLOWED = {
    "core/writing.py": "the one place with the statements of set-based writes",
    "core/batches.py": "hands the writes of a handler to core.writing",
    "core/records.py": "stores the record of every command: the command path itself",
    "core/edits.py": "has the rows of an edit written with the handler's set",
    "core/database_objects.py": "installs functions and triggers after a migration, as the owner",
    "sync/entry_triggers.py": "the text of the triggers that maintain entries",
    "sync/grant_triggers.py": "the text of the triggers that maintain grants",
    "sync/proof.py": "check_sync --mend writes entries and grants anew, as the owner",
    "sync/push.py": "what is known of a device, in the transaction of its commands' verdicts",
    "sync/presence.py": "that a device was here: no company data",
    "sync/pull.py": "renews the epoch of the installation, no company data",
    "visits/site_triggers.py": "the text of the trigger that takes a removed site from its visits",
    "visits/task_triggers.py": "the text of the trigger that hands tasks on with their customer",
    "files/attachment_triggers.py": "the text of the triggers that maintain attachments",
    "files/storage.py": "writes files, not rows",
    "files/pictures/maker.py": "writes renditions of pictures, not rows",
    "accounts/jobs.py": "purges tokens and sign-in attempts that have run out",
    "visits/jobs/plans.py": "takes back sight of customers that has run out",
    "sync/jobs.py": "purges tombstones that no cursor can need",
}
_WRITES = {"save", "create", "get_or_create", "update_or_create", "bulk_create", "bulk_update", "abulk_create"}
_BATCH_WRITES = {"write", "write_fact", "insert_rows", "insert_missing"}
_SQL = re.compile(
    r"\b(insert\s+into|delete\s+from|truncate\s|merge\s+into|copy\s+\S+\s+from|update\s+\S+\s+(as\s+)?(\w+\s+)?set\s)",
    re.IGNORECASE,
)


def writes(root: ast.AST, writing_functions: re.Pattern[str] | None = None) -> Iterator[tuple[int, str]]:
    """Line and form of everything in the code that looks like a write to the database."""
    for node in ast.walk(root):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        method, receiver = node.func.attr, node.func.value
        on = receiver.id if isinstance(receiver, ast.Name) else ""
        keywords_only = bool(node.keywords) and not node.args
        if (
            method in _WRITES
            or (method == "update" and keywords_only)
            or (method == "delete" and (not node.args or on in ("items", "batch", "writing")))
            or (on == "writing" and method in ("insert", "update"))
            or (method in _BATCH_WRITES and on in ("items", "batch", "writing"))
        ):
            yield node.lineno, f"{on}.{method}()"
    for line, text in strings(root):
        if _SQL.search(text) or (writing_functions and writing_functions.search(text)):
            yield line, " ".join(text.split())[:60]


def _is_writer(path: Path) -> bool:
    inside = path.relative_to(BACKEND)
    return inside.parts[1:2] == ("commands",) or inside.name == "commands.py"


@pytest.fixture(scope="module")
def writing_functions() -> re.Pattern[str]:
    """The functions in the database that write: calling one is writing."""
    with psycopg.connect(owner_conninfo()) as connection:
        rows = connection.execute(
            "select proname, prosrc from pg_proc where pronamespace = 'public'::regnamespace"
            " and prorettype <> 'trigger'::regtype and proname not like 'procrastinate%' and proowner ="
            " (select relowner from pg_class where oid = 'sync_entry'::regclass)"
        ).fetchall()
    names = {name for name, source in rows if _SQL.search(source)}
    assert names, "no function in the database writes: the scan looks in the wrong place"
    while True:  # and those that call them
        called = {name for name, source in rows if any(re.search(rf"\b{other}\(", source) for other in names)}
        if called <= names:
            return re.compile(rf"\b({'|'.join(sorted(names))})\(")
        names |= called


def test_only_commands_write(writing_functions: re.Pattern[str]) -> None:
    found = [
        f"{name_of(path)}:{line}: {form}"
        for path in modules("backend")
        if not _is_writer(path) and name_of(path) not in ALLOWED
        for line, form in writes(tree(path), writing_functions)
    ]
    assert not found, "writes outside of commands:\n" + "\n".join(found)


def test_every_exception_is_needed(writing_functions: re.Pattern[str]) -> None:
    idle = [
        name
        for name in ALLOWED
        if not (BACKEND / name).exists() or not list(writes(tree(BACKEND / name), writing_functions))
    ]
    assert not idle, f"these write no more; take them off the list: {idle}"


@pytest.mark.parametrize(
    "code",
    [
        "customer.save()",
        "Customer.objects.create(name='x')",
        "rows.update(name='x')",
        "rows.filter(id=1).delete()",
        "Customer.objects.bulk_create(rows)",
        "items.write(row)",
        "items.delete(row)",
        "cursor.execute('INSERT into customers_customer values (1)')",
        "cursor.execute(f'update {table} t set x = 1')",
        "cursor.execute('delete from ' + table)",
        "cursor.execute('select sync_note_push(1)')",
    ],
)
def test_the_scan_finds(code: str) -> None:
    assert list(writes(ast.parse(code), re.compile(r"\bsync_note_push\("))), code


@pytest.mark.parametrize(
    "code",
    [
        "known.update(other)",
        "seen.add(1)",
        "cursor.execute('select * from customers_customer for update')",
        '"""Docstrings may say insert into."""',
    ],
)
def test_the_scan_lets_pass(code: str) -> None:
    assert not list(writes(ast.parse(code), re.compile(r"\bsync_note_push\("))), code
