"""The number of statements does not grow with the number of rows, at no door.

Counted at the driver, so that what goes past Django is counted too.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import connection

from core.ids import uuid7
from tests.architecture.source import BACKEND
from tests.contract import competitor_examples as competitors
from tests.contract import notice_examples, task_examples
from tests.contract.examples import EXAMPLES, Example
from tests.contract.form_examples import a_form, a_score, a_type, a_version, an_answer
from tests.contract.wire import command
from tests.contract.world import World

_MANY = 8  # one more for each row would show with two


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The statements that the driver sends for this thread while the block runs."""
    sent: list[str] = []
    here = threading.get_ident()
    execute, executemany, copy = psycopg.Cursor.execute, psycopg.Cursor.executemany, psycopg.Cursor.copy

    def watch(original: Callable[..., Any]) -> Callable[..., Any]:
        def run(self: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
            if threading.get_ident() == here:
                sent.append(str(query))
            return original(self, query, *args, **kwargs)

        return run

    with monkeypatch.context() as patch:
        patch.setattr(psycopg.Cursor, "execute", watch(execute))
        patch.setattr(psycopg.Cursor, "executemany", watch(executemany))
        patch.setattr(psycopg.Cursor, "copy", watch(copy))
        yield sent


def statements(monkeypatch: pytest.MonkeyPatch, call: Callable[[], Any]) -> list[str]:
    """The statements that `call` needs once every cache is warm."""
    call()
    with counted(monkeypatch) as sent:
        call()
    return sent


@pytest.fixture
def world() -> World:
    return World()


def _customers(world: World, count: int) -> None:
    payloads = [{"id": str(uuid7()), "name": f"Customer {n}"} for n in range(count)]
    commands = [command("customers.create", payload) for payload in payloads]
    for start in range(0, count, 100):
        body = {"commands": commands[start : start + 100]}
        assert world.client("alice").call("POST", "/api/v1/sync/push", body).status_code == 200


def test_the_count_sees_every_statement(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def ask() -> None:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
        with psycopg.Cursor(connection.connection) as raw:
            raw.execute("select 2")

    assert len(statements(monkeypatch, ask)) == 2


@pytest.mark.parametrize("digests", ["sample", "all"])
@pytest.mark.parametrize("first", [True, False], ids=["first", "delta"])
def test_a_pull_is_one_statement(world: World, monkeypatch: pytest.MonkeyPatch, digests: str, first: bool) -> None:
    """With one customer, and with two hundred of them: each is a scope."""
    client = world.client("alice")
    counts = []
    for more in (1, 200):
        cursor = client.call("POST", "/api/v1/sync/pull", {}).json()["cursor"] if not first else None
        _customers(world, more)
        body = {"cursor": cursor, "digests": digests}
        counts.append(statements(monkeypatch, lambda body=body: client.call("POST", "/api/v1/sync/pull", body)))
        rows = client.call("POST", "/api/v1/sync/pull", body).json()["changes"]["rows"]
        assert len([row for row in rows if row["kind"] == "customer"]) >= more
    assert [len(sent) for sent in counts] == [1, 1], counts


def test_every_page_of_a_pull_is_one_statement(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = world.client("alice")
    _customers(world, 200)
    cursor, pages = None, 0
    while True:
        with counted(monkeypatch) as sent:
            page = client.call("POST", "/api/v1/sync/pull", {"cursor": cursor, "max_bytes": 8_192}).json()
        pages += 1
        assert len([statement for statement in sent if "note_pull" not in statement]) <= 1 + (pages == 1), sent
        cursor = page["cursor"]
        if page["complete"]:
            break
    assert pages > 5


LISTS = {
    "/api/v1/trails/policies": lambda w: w.do(
        "dora", "trails.set_policy", {"id": str(uuid7()), "org_unit_id": w.kept_unit, "tracks": False}
    ),
    "/api/v1/trails/consent-texts": lambda w: w.consent_text(),
    "/api/v1/trails/consents": lambda w: w.do("dora", "trails.withdraw_consent", {"id": str(uuid7())}),
    # An administrator is nobody's superior and has none: these are counted in tests/trails/test_reading.py.
    "/api/v1/trails/access-log": lambda w: None,
    "/api/v1/trails/last-positions": lambda w: None,
    "/api/v1/trails/mileage": lambda w: None,
    "/api/v1/trails/days/{user}/{day}": lambda w: None,
    "/api/v1/calendars": lambda w: w.calendar(),
    "/api/v1/calendars/effective": lambda w: w.calendar(),
    "/api/v1/calendars/{calendar}/days": lambda w: w.do(
        "dora", "calendars.set_days", {"calendar_id": w.kept_calendar, "days": [{"day": w.day(), "works": False}]}
    ),
    "/api/v1/customers": lambda w: w.customer(),
    "/api/v1/customers/{customer}/sites": lambda w: w.site(w.kept),
    "/api/v1/customers/pins": lambda w: w.pin(w.kept),
    "/api/v1/customers/{customer}/site-positions": lambda w: w.site(w.kept),
    "/api/v1/customers/{customer}/contacts": lambda w: w.contact(w.kept),
    "/api/v1/customers/{customer}/access": lambda w: w.do(
        "dora", "customers.share", {"customer_id": w.kept, "user_id": w.user()}
    ),
    "/api/v1/forms": lambda w: a_form(w),
    "/api/v1/forms/{form}/versions": lambda w: a_version(w, w.kept_form),
    "/api/v1/forms/{form}/draft": lambda w: w.do(
        "dora", "forms.save_draft", {"form_id": w.kept_form, "definition": {}}
    ),
    "/api/v1/visits/{visit}/forms": lambda w: an_answer(w, w.kept_visit),
    "/api/v1/visits/{visit}/actions": lambda w: an_answer(w, w.kept_visit),
    "/api/v1/visit-scores": lambda w: a_score(w),
    "/api/v1/form-results": lambda w: an_answer(w, w.kept_visit),
    "/api/v1/form-results/summary": lambda w: an_answer(w, w.kept_visit),
    "/api/v1/visit-types": lambda w: a_type(w),
    "/api/v1/products": lambda w: w.product(),
    "/api/v1/product-categories": lambda w: w.category(),
    "/api/v1/users": lambda w: w.user(),
    "/api/v1/org-units": lambda w: w.unit(),
    "/api/v1/territories": lambda w: w.territory(),
    "/api/v1/devices": lambda w: w.device(),
    "/api/v1/api-keys": lambda w: w.api_key(),
    "/api/v1/visits/day-order": lambda w: w.visit(w.kept, "dora"),
    "/api/v1/routes": lambda w: w.route(w.kept),
    "/api/v1/absences": lambda w: w.absence(),
    "/api/v1/visits/{visit}/participants": lambda w: w.joined(w.kept_visit),
    "/api/v1/tasks": lambda w: task_examples.task(w, w.kept, "dora"),
    "/api/v1/notifications": lambda w: notice_examples.told(w, "dora"),
    "/api/v1/alert-rules": lambda w: None,
    "/api/v1/competitors": competitors.competitor,
    "/api/v1/competitor-products": competitors.competitor_product,
    "/api/v1/competitor-observations": lambda w: competitors.observation(w, w.kept_visit),
    "/api/v1/competitor-prices": lambda w: competitors.price(w, w.kept_visit),
    "/api/v1/call-cycles": lambda w: w.cycle(w.kept),
    "/api/v1/visits": lambda w: w.visit(w.kept),
    "/api/v1/visits/{visit}/logs": lambda w: w.log(w.kept_visit),
    "/api/v1/visits/{visit}/check-ins": lambda w: None,  # one visit has two at most
    "/api/v1/visits/evidence-rules": lambda w: w.do(
        "dora", "visits.set_evidence_rules", {"id": str(uuid7()), "rules": {}}
    ),
    "/api/v1/visits/compliance-rules": lambda w: w.do(
        "dora", "visits.set_compliance_rule", {"id": str(uuid7()), "applies_from": "2026-12-01", "rules": {}}
    ),
    # With few and many due visits they are counted in tests/visits/test_compliance.py.
    "/api/v1/visits/compliance": lambda w: None,
    "/api/v1/visits/compliance/due-visits": lambda w: None,
    "/api/v1/visits/{visit}/photos": lambda w: w.photo(w.kept_visit),
    "/api/v1/files/attachments": lambda w: w.photo(w.kept_visit),
    "/api/v1/files/{attachment}/likenesses": lambda w: w.likeness(w.kept_photo),
    "/api/v1/sync/commands": lambda w: w.refused_command(),
    "/api/v1/imports": lambda w: w.imported("dora"),
    "/api/v1/imports/{import}/rows": lambda w: None,  # the rows of a part are one value
    "/api/v1/imports/{import}/undo/rows": lambda w: None,  # likewise
    "/api/v1/imports/nouns": lambda w: None,
    "/api/v1/me/second-factor": lambda w: None,
    "/api/v1/me": lambda w: w.do(
        "dora", "accounts.add_territory_member", {"territory_id": w.territory(), "user_id": w.person("dora")}
    ),
}


_DAYS = "?from_date=2026-11-01&to_date=2026-11-30"
ASKED = {
    "/api/v1/files/attachments": "?subject_id={visit}",
    "/api/v1/visits/compliance": f"{_DAYS}&by=rep&period=week",
    "/api/v1/visits/compliance/due-visits": _DAYS,
}
"""What a list has to be asked with."""


def test_every_list_is_counted() -> None:
    """A list is a GET that answers with `items`, or that takes a cursor."""
    from config.api import api

    lists = {
        path
        for path, methods in api.get_openapi_schema()["paths"].items()
        if "get" in methods and not path.endswith(("_id}", "/{id}", ".csv", "/address", "/files/content"))
    }
    by_shape = {path.replace("{id}", "{visit}").replace("_id}", "}") for path in lists}
    assert by_shape - {"/api/v1/health"} == set(LISTS)


@pytest.mark.parametrize("path", LISTS)
def test_a_page_of_a_list_needs_as_many_statements_for_one_row_as_for_many(
    monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    world: Any = World()
    world.kept = world.customer()
    world.kept_visit = world.open_visit(world.kept)
    world.kept_calendar = world.calendar()
    world.kept_photo = world.photo(world.open_visit())
    world.kept_unit = world.unit()
    world.kept_form = a_form(world)
    kept = {"customer": world.kept, "visit": world.kept_visit, "calendar": world.kept_calendar}
    kept["form"] = world.kept_form
    kept |= {"attachment": world.kept_photo, "user": world.person("dora"), "day": "2026-11-20"}
    address = path.format(**kept, **{"import": world.imported("dora")}) + ASKED.get(path, "").format(**kept)
    client = world.client("dora")
    counts = []
    for more in (1, _MANY):
        for _ in range(more):
            LISTS[path](world)
        sent = statements(monkeypatch, lambda: client.call("GET", address))
        assert client.call("GET", address).status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1], counts
    assert counts[0] <= 8, sent


_SETS = {name: example for name, example in EXAMPLES.items() if not (example.one_by_one or example.pushed)}


@pytest.mark.parametrize("name", sorted(_SETS))
def test_a_push_of_many_commands_needs_as_many_statements_as_of_one(
    world: World, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    example = _SETS[name]
    client = world.client(example.who)
    counts = []
    for count in (1, _MANY):
        _push(client, world, example, name, 1)  # so that caches are warm and the device is known
        commands = [command(name, example.make(world)) for _ in range(count)]
        with counted(monkeypatch) as sent:
            answer = client.call("POST", "/api/v1/sync/push", {"commands": commands})
        assert {verdict["status"] for verdict in answer.json()["verdicts"]} <= {"applied", "merged"}, answer.content
        counts.append(sent)
    assert len(counts[0]) == len(counts[1]), "\n".join(sorted(set(counts[1]) - set(counts[0])) or counts[1])


def _push(client: Any, world: World, example: Example, name: str, count: int) -> None:
    commands = [command(name, example.make(world)) for _ in range(count)]
    assert client.call("POST", "/api/v1/sync/push", {"commands": commands}).status_code == 200


def test_what_is_taken_one_by_one_says_so() -> None:
    """Only a person's rare decisions may cost a statement each; the room says why."""
    assert {name.partition(".")[0] for name, example in EXAMPLES.items() if example.one_by_one} == {"sync"}
    assert "one at a time" in (BACKEND / "sync" / "commands.py").read_text()
