"""Who may call what: every endpoint, for every role, on one's own, another team's and another company's rows.

Every text of every row carries the mark of whose it is. No answer to anybody may hold a mark that is not his to see, a
row of another company does not exist, and nothing changes that the caller may not change.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client

from core.registry import COMMANDS
from tests.contract import competitor_examples, task_examples
from tests.contract.addresses import PARAMETER, address_of, operations
from tests.contract.examples import EXAMPLES, Payload, fill
from tests.contract.form_examples import a_draft, a_version
from tests.contract.test_two_doors import Rows, entries
from tests.contract.world import World
from tests.personas import call
from tests.trails.field import at_noon

NORTH, SOUTH, FOREIGN, REFERENCE = "NORTHSECRET", "SOUTHSECRET", "FOREIGNSECRET", "INSIDERSECRET"
# Who may not read the customers of which team: bob has some of north's by shares, dora reads everything.
SECRETS = {
    "anonymous": (NORTH, SOUTH, FOREIGN, REFERENCE),
    "left": (NORTH, SOUTH, FOREIGN, REFERENCE),
    "lost phone": (NORTH, SOUTH, FOREIGN, REFERENCE),
    "alice": (SOUTH, FOREIGN),
    "bob": (SOUTH, FOREIGN),
    "carol": (SOUTH, FOREIGN),
    "dan": (SOUTH, FOREIGN),
    "erin": (NORTH, SOUTH, FOREIGN),
    "zed": (NORTH, FOREIGN),
    "dora": (FOREIGN,),
}
OUTSIDERS = ("anonymous", "left", "lost phone")
INSIDERS = tuple(name for name in SECRETS if name not in OUTSIDERS)
ONE_OF_EACH_ROLE = ("alice", "carol", "dan", "erin", "dora")
PUBLIC = {
    ("GET", "/health/live"),
    ("GET", "/health/ready"),
    ("GET", "/api/v1/openapi.json"),
    ("GET", "/api/v1/docs"),
    ("GET", "/"),
    ("GET", "/app"),
    ("GET", "/^app/"),
    ("GET", "/static/ninja/<path:path>"),
    ("POST", "/api/v1/auth/sign-in"),
    ("POST", "/api/v1/auth/refresh"),
    ("OPTIONS", "/api/v1/files/"),
    ("GET", "/api/v1/files/content"),
    ("HEAD", "/api/v1/files/content"),
}
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_ONES_OWN = {
    "accounts.change_password",
    "accounts.enable_second_factor",
    "accounts.forget_view",
    "accounts.remove_second_factor",
    "accounts.renew_recovery_codes",
    "accounts.set_preferences",
}


@dataclass
class Stage:
    """Two companies, three sorts of rows, and a client for every caller."""

    north: World
    south: World
    foreign: World
    clients: dict[str, Client]
    targets: dict[str, dict[str, str]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def stage() -> Stage:
    north = World(marker=NORTH, company_marker=REFERENCE)
    # The same examples, made by people outside of carol's region.
    south = World(
        north.company, marker=SOUTH, company_marker=REFERENCE, cast={"alice": "zed", "carol": "dora", "bob": "zoe"}
    )
    foreign = World(marker=FOREIGN, company_marker=FOREIGN)
    north.company.add_person("left", ["rep"], "north")
    north.company.add_person("zoe", ["rep"], "south")
    clients: dict[str, Client] = {name: north.client(name) for name in INSIDERS}
    clients |= {"anonymous": Client(), "left": north.client("left"), "lost phone": north.company.client("alice")}
    north.do("dora", "accounts.deactivate_user", {"id": north.person("left")})
    north.do("dora", "accounts.revoke_device", {"id": str(clients["lost phone"].device_id)})  # type: ignore[attr-defined]
    fill(north)
    fill(south, "customers", "visits", "sync")
    fill(foreign)
    found = Stage(north, south, foreign, clients)
    for name in ("north", "south", "foreign"):
        found.targets[name] = _rows_of(getattr(found, name))
    return found


def _rows_of(world: World) -> dict[str, str]:
    """A row for every parameter of an address."""
    customer = world.customer()
    visit = world.open_visit(customer)
    world.log(visit)
    world.site(customer)
    world.contact(customer)
    return {
        "customer_id": customer,
        "id": visit,
        "visit_id": visit,
        "user_id": world.person("alice"),
        "org_unit_id": str(world.company.units["north"]),
        "territory_id": world.territory(),
        "product_id": world.product(),
        "category_id": world.category(),
        "calendar_id": world.calendar(),
        "task_id": task_examples.task(world),
        "competitor_id": competitor_examples.competitor(world),
        "competitor_product_id": competitor_examples.competitor_product(world),
        "check_in_id": world.check_in(),
        "recomputation_id": world.recomputation(),
        "import_id": world.imported("carol"),
        **world.filed(),
        "day": at_noon().date().isoformat(),
        "form_id": a_draft(world),
        "version_id": a_version(world),
    }


OPERATIONS = sorted(set(operations()))
READS = [path for method, path in OPERATIONS if method == "GET" and ("GET", path) not in PUBLIC]
COMMAND_ADDRESSES = {
    (example.method, "/api/v1" + re.sub(r"\{\w+\}", "{}", example.path)): name for name, example in EXAMPLES.items()
}
# Writing endpoints that are no commands, each tried below by name; those of files in `tests/files/test_access.py`.
OTHER_WRITES = {
    ("POST", "/api/v1/sync"),
    ("POST", "/api/v1/sync/push"),
    ("POST", "/api/v1/sync/pull"),
    ("POST", "/api/v1/auth/sign-out"),
    ("POST", "/api/v1/customers/reassign/dry-run"),
    ("POST", "/api/v1/visits/publish-plan/dry-run"),
    ("POST", "/api/v1/visits/verdicts/preview"),
    ("POST", "/api/v1/visits/compliance-rules/preview"),  # in tests/visits/test_compliance.py
    ("POST", "/api/v1/imports"),
    *(("POST", f"/api/v1/imports/{{import_id}}/{step}") for step in ("apply", "undo/preview", "undo")),
    ("POST", "/api/v1/files/"),
    ("HEAD", "/api/v1/files/{upload_id}"),
    ("PATCH", "/api/v1/files/{upload_id}"),
    ("DELETE", "/api/v1/files/{upload_id}"),
    ("POST", "/api/v1/forms/check"),  # in tests/forms/test_publish_version.py
    ("POST", "/api/v1/me/second-factor/begin"),  # in tests/accounts/test_second_factor.py
    ("POST", "/api/v1/trails/points"),  # in test_trail_sight.py
}


def test_every_endpoint_is_in_the_matrix() -> None:
    tried = PUBLIC | OTHER_WRITES | {("GET", path) for path in READS}
    left_out = [
        (method, path)
        for method, path in OPERATIONS
        if (method, path) not in tried and (method, PARAMETER.sub("{}", path)) not in COMMAND_ADDRESSES
    ]
    assert not left_out, f"give these an example of their command, or a test of their own: {left_out}"
    assert len(OPERATIONS) > 60


def told(response: Any) -> str:
    """The answer's text; the stream of pokes has no end and is not read."""
    if getattr(response, "streaming", False):
        if response.is_async:
            return ""
        response._told = getattr(response, "_told", None) or response.getvalue().decode()
        streamed: str = response._told
        return streamed
    text: str = response.content.decode()
    return text


def ask(stage: Stage, caller: str, method: str, path: str, body: Any = None) -> Any:
    """One request, whose answer is looked through for what the caller may not see."""
    response = call(stage.clients[caller], method, path, body)
    assert response.status_code < 500, (caller, method, path, response.content[:300])
    found = [mark for mark in SECRETS[caller] if mark in told(response)]
    assert not found, f"{caller} reads {found} from {method} {path}: {told(response)[:500]}"
    return response


@pytest.mark.parametrize("caller", OUTSIDERS)
@pytest.mark.parametrize(("method", "path"), [item for item in OPERATIONS if item not in PUBLIC])
def test_nobody_from_outside_gets_in(stage: Stage, caller: str, method: str, path: str) -> None:
    response = ask(stage, caller, method, address_of(path, stage.targets["north"]), {} if method != "GET" else None)
    assert response.status_code == 401, response.content
    if method == "HEAD":
        return
    code = response.json()["error"]["code"]
    expected = {"anonymous": "unauthenticated", "left": "user_inactive", "lost phone": "device_revoked"}
    assert code == f"accounts.{expected[caller]}"


@pytest.mark.parametrize("path", READS)
@pytest.mark.parametrize("caller", INSIDERS)
def test_reading(stage: Stage, caller: str, path: str) -> None:
    """Every page of every list, and every row by its address."""
    asked = set()
    for whose in stage.targets:
        rows = stage.targets[whose]
        if address_of(path, rows) in asked:
            continue  # a list is one for all
        asked.add(address_of(path, rows))
        response = ask(stage, caller, "GET", address_of(path, rows))
        named = PARAMETER.search(path) is not None
        if named and whose == "foreign":
            assert response.status_code in (403, 404), (path, response.content)
            allowed = ask(stage, caller, "GET", address_of(path, stage.targets["north"])).status_code != 403
            assert response.status_code == (404 if allowed else 403)
        if not named:
            assert response.status_code in (200, 403)
        for _ in range(20):
            following = response.json().get("next") if "json" in response["Content-Type"] else None
            if following is None:
                break
            address = address_of(path, rows)
            response = ask(stage, caller, "GET", f"{address}{'&' if '?' in address else '?'}cursor={following}")


@pytest.mark.parametrize("caller", INSIDERS)
def test_pulling(stage: Stage, caller: str) -> None:
    """Nothing foreign by asking for its scope either, nor with another device's cursor."""
    scopes = [rows["customer_id"] for rows in stage.targets.values()] + [str(stage.foreign.id)]
    for body in ({}, {"repair": scopes, "digests": "all"}):
        cursor = None
        while True:
            page = ask(stage, caller, "POST", "/api/v1/sync", body | {"cursor": cursor}).json()
            assert not {str(stage.foreign.id), stage.targets["foreign"]["customer_id"]} & set(page["digests"])
            cursor = page["cursor"]
            if page["complete"]:
                break
    for other in INSIDERS:
        if other != caller:
            response = ask(stage, other, "POST", "/api/v1/sync/pull", {"cursor": cursor})
            assert (response.status_code, response.json()["error"]["code"]) == (400, "sync.cursor_invalid")


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_commands_on_own_rows(stage: Stage, name: str) -> None:
    """A role that the command is not for is refused; the example's own sender is not."""
    example = EXAMPLES[name]
    for caller in INSIDERS if name != "accounts.change_password" else [example.who]:  # everybody has his own
        payload = _unmarked(example.make(stage.north))
        response = ask(stage, caller, *example.request(payload))
        roles = stage.north.persona(caller).actor.roles
        if roles.isdisjoint(COMMANDS[name].roles):
            assert response.status_code == 403, (caller, response.content)
        elif caller == example.who and name != "accounts.change_password":  # which fits once
            assert response.status_code == 200, (caller, response.content)


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_commands_on_rows_of_another_company(stage: Stage, name: str) -> None:
    """What they name does not exist, at both doors, and nothing over there changes."""
    example = EXAMPLES[name]
    payload = _unmarked(example.make(stage.foreign))
    if not _ids(stage.foreign) & set(_UUID.findall(json.dumps(payload))):
        assert name in _ONES_OWN or COMMANDS[name].creates, "the example names no row"
        return
    before = entries(stage.foreign)
    for caller in ONE_OF_EACH_ROLE:  # over there, a team or a share makes no difference
        response = ask(stage, caller, *example.request(payload))
        pushed = _push(stage, caller, name, payload)
        assert response.status_code in (403, 404, 422), (caller, response.content)
        assert pushed["status"] == "refused"
        assert pushed["code"] in (example.pushed, response.json()["error"]["code"])
        if response.status_code == 403:
            assert stage.north.persona(caller).actor.roles.isdisjoint(COMMANDS[name].roles)
    assert entries(stage.foreign) == before


@pytest.mark.parametrize(
    "name", sorted(name for name in EXAMPLES if name.partition(".")[0] in ("customers", "visits", "sync"))
)
def test_commands_on_rows_of_another_team(stage: Stage, name: str) -> None:
    example = EXAMPLES[name]
    payload = _unmarked(example.make(stage.south))
    named = set(_UUID.findall(json.dumps(payload)))
    rows = entries(stage.south)
    secret = _ids_with(SOUTH, rows) & named or ({"a command"} if name.startswith("sync.") else set())
    # What all of the company hold, any of its managers may keep.
    before = {k: row for k, row in rows.items() if named & set(k) and k[0] != str(stage.south.id)}
    for caller in INSIDERS:
        if caller in ("dora", "zed"):
            continue
        response = ask(stage, caller, *example.request(payload))
        pushed = _push(stage, caller, name, payload)
        if secret:
            assert response.status_code in (403, 404, 422), (caller, response.content)
            assert pushed["status"] == "refused"
    after = entries(stage.south)
    assert {key: after.get(key) for key in before} == before


@pytest.mark.parametrize("caller", INSIDERS)
def test_rehearsing_a_reassignment(stage: Stage, caller: str) -> None:
    """The rehearsal tells nothing that the reassignment would not."""
    for whose, rows in stage.targets.items():
        body = {"customer_ids": [rows["customer_id"]], "owner_id": stage.north.person("bob")}
        response = ask(stage, caller, "POST", "/api/v1/customers/reassign/dry-run", body)
        allowed = caller == "dora" or (caller == "carol" and whose == "north")
        assert (response.status_code == 200) == (allowed and whose != "foreign"), (caller, whose, response.content)


@pytest.mark.parametrize("caller", INSIDERS)
def test_previewing_plans(stage: Stage, caller: str) -> None:
    """Only superiors, and only the plans of their own people."""
    for whose in ("north", "south", "foreign"):
        world = getattr(stage, whose)
        body = {"rep_ids": [world.person("alice")]}
        response = ask(stage, caller, "POST", "/api/v1/visits/publish-plan/dry-run", body)
        allowed = caller == "dora" or (caller in ("carol", "dan") and whose == "north")
        assert (response.status_code == 200) == (allowed and whose != "foreign"), (caller, whose, response.content)


@pytest.mark.parametrize("caller", INSIDERS)
def test_importing(stage: Stage, caller: str) -> None:
    """Others' uploads are not to be had, nor applied."""
    before = entries(stage.foreign)
    for whose, rows in stage.targets.items():
        owner = {"north": "carol", "south": "dora"}.get(whose)
        path = f"/api/v1/imports/{rows['import_id']}"
        read = ask(stage, caller, "GET", path).status_code
        assert read == (200 if caller == owner or (caller == "dora" and owner) else 404), (whose, caller)
        if caller != owner:
            applied = ask(stage, caller, "POST", f"{path}/apply", {"mode": "skip_errors"})
            assert caller == "dora" or applied.status_code == 404, applied.content
            assert caller != "dora" or whose != "foreign" or applied.status_code == 404
            for step in ("undo/preview", "undo"):
                undone = ask(stage, caller, "POST", f"{path}/{step}").status_code
                assert undone == 404 or (caller == "dora" and whose != "foreign"), (whose, caller, step)
    assert entries(stage.foreign) == before


def test_the_stream_of_pokes_knows_its_callers(stage: Stage) -> None:
    for caller in INSIDERS:
        response = ask(stage, caller, "GET", "/api/v1/sync/events")
        assert response.status_code == 200
        assert response["Content-Type"] == "text/event-stream"


def test_signing_in_opens_no_other_company(stage: Stage) -> None:
    """Right name and password, wrong company; and a device that belongs to somebody else."""
    alice = stage.foreign.persona("alice")
    body = {
        "company": stage.north.company.code,
        "username": "alice",
        "password": "not hers",
        "device": {"name": "phone", "platform": "ios", "id": stage.foreign.device("alice")},
    }
    assert ask(stage, "anonymous", "POST", "/api/v1/auth/sign-in", body).status_code == 401
    body["password"] = alice.password
    response = call(Client(REMOTE_ADDR="10.9.9.9"), "POST", "/api/v1/auth/sign-in", body)
    assert (response.status_code, response.json()["error"]["code"]) == (409, "accounts.device_taken")


def _push(stage: Stage, caller: str, name: str, payload: Payload) -> Payload:
    from tests.contract.wire import command

    answer = ask(stage, caller, "POST", "/api/v1/sync/push", {"commands": [command(name, payload)]})
    verdict: Payload = answer.json()["verdicts"][0]
    return verdict


def _unmarked(payload: Payload) -> Payload:
    """The payload in neutral words: what the caller says himself is no leak."""
    text = json.dumps(payload)
    for mark in (NORTH, SOUTH, FOREIGN, REFERENCE):
        text = text.replace(mark, "attempt")
    unmarked: Payload = json.loads(text)
    return unmarked


def _ids_with(mark: str, rows: Rows) -> set[str]:
    """The ids of the scopes that hold a mark, and of all in them."""
    scopes = {key[0] for key, (_, data) in rows.items() if mark in str(data)}
    return scopes | {key[2] for key in rows if key[0] in scopes}


def _ids(world: World) -> set[str]:
    """The ids of everything in a company: published rows, commands, devices, keys."""
    from accounts.models import ApiKey, Device
    from core.fence import company_fence
    from core.models import CommandRecord

    rows = entries(world)
    with company_fence(world.id):
        more = [*CommandRecord.objects.filter(company_id=world.id).values_list("id", flat=True)]
        more += Device.objects.values_list("id", flat=True)
        more += ApiKey.objects.values_list("id", flat=True)
    return {id_ for scope, _, id_ in rows} | {scope for scope, _, _ in rows} | {str(id_) for id_ in more}
