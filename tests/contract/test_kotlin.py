"""The Kotlin models, compiled: real examples go through them and come out as they were. Needs `make check-kotlin`."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from config.spec.contract import FOLDER
from core.feeds import FEEDS
from core.fence import company_fence
from core.ids import uuid7
from core.models import Entry
from tests.contract.examples import EXAMPLES, fill
from tests.contract.wire import command
from tests.contract.world import World

ROOT = FOLDER.parent
COMPILER = FOLDER / "kotlin" / "check" / "node_modules" / "kotlin-compiler" / "lib"
JARS = sorted((ROOT / "var" / "kotlin").glob("kotlinx-serialization-*.jar"))
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        shutil.which("java") is None or not COMPILER.exists() or not JARS,
        reason="no Kotlin compiler: `make check-kotlin` fetches it",
    ),
]
Json = dict[str, Any]


def _java(*arguments: Any) -> str:
    """Run Java; what it prints. A failure shows all of that."""
    done = subprocess.run(["java", *map(str, arguments)], capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The class path of the compiled models and of the program that tries them."""
    classes = tmp_path_factory.mktemp("classes")
    path = ":".join(map(str, [*JARS, COMPILER / "kotlin-stdlib.jar"]))
    sources = [*(FOLDER / "kotlin" / "roundsman").rglob("*.kt"), FOLDER / "kotlin" / "check" / "RoundTrip.kt"]
    said = _java(
        "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx1g",  # half the time of a long-lived JVM's settings
        "-cp", COMPILER / "kotlin-compiler.jar", "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler", "-Werror",
        "-no-stdlib", "-no-reflect", f"-Xplugin={COMPILER / 'kotlin-serialization-compiler-plugin.jar'}",
        "-cp", path, "-d", classes, *sources,
    )  # fmt: skip
    assert "error:" not in said
    return f"{classes}:{path}"


@pytest.fixture(scope="module")
def given() -> Json:
    """Payloads of all commands, rows of all kinds, requests and answers, made through the public door."""
    world = World()
    fill(world)
    payloads = {name: example.make(world) for name, example in EXAMPLES.items()}
    with company_fence(world.id):
        entries = Entry.objects.filter(company_id=world.id, body__isnull=False)
        found = list(entries.values_list("scope_id", "kind", "id", "version", "body"))
    client = world.client("alice")
    sent = [command("customers.delete", {"id": world.customer("zed")}), command("of.tomorrow", {"a": [1, None]})]
    request = {
        "schema": 1, "clock": {"at": "2026-11-21T08:12:03.120+08:00", "uptime_ms": 81_234_567_890, "boot_id": "b"},
        "commands": sent, "repair": [str(world.id)], "digests": "all", "max_bytes": 2**20,
    }  # fmt: skip
    messages = {
        "sync_request": request,
        "sync_answer": client.call("POST", "/api/v1/sync", request).json(),
        "push_answer": client.call("POST", "/api/v1/sync/push", request).json(),
        "session_answer": client.session_tokens,
        "me_answer": client.call("GET", "/api/v1/me").json(),
        "error": client.call("POST", "/api/v1/customers/delete", {"id": "x"}).json(),
    }
    rows = [
        {
            "scope": str(scope),
            "kind": kind,
            "id": str(id_),
            "version": version,
            "tag": "0" * 16,
            "data": json.loads(body),
        }
        for scope, kind, id_, version, body in found
    ]
    return {"commands": payloads, "rows": rows, "messages": messages}


def _row(kind: str, data: Json | None, scope: UUID, id_: UUID, version: int = 1) -> Json:
    """A row as a pull delivers it."""
    return {"scope": str(scope), "kind": kind, "id": str(id_), "version": version, "tag": "0" * 16, "data": data}


def _through(compiled: str, given: Json, folder: Path) -> Json:
    """What the models make of it."""
    (folder / "given.json").write_text(json.dumps(given, ensure_ascii=False))
    _java("-cp", compiled, "RoundTripKt", folder / "given.json", folder / "done.json")
    found: Json = json.loads((folder / "done.json").read_text())
    return found


def _without_nulls(value: Any) -> Any:
    """Members that are null left out: to an app they are the same."""
    if isinstance(value, dict):
        return {key: _without_nulls(child) for key, child in value.items() if child is not None}
    return [_without_nulls(child) for child in value] if isinstance(value, list) else value


def test_everything_comes_out_as_it_was(compiled: str, given: Json, tmp_path: Path) -> None:
    assert {row["kind"] for row in given["rows"]} == set(FEEDS)
    done = _through(compiled, given, tmp_path)
    assert done["commands"] == given["commands"]
    for row, made in zip(given["rows"], done["rows"], strict=True):
        assert _without_nulls(made) == _without_nulls(row["data"]), row["kind"]
    assert given["messages"]["sync_answer"]["changes"]["rows"]
    assert _without_nulls(done["messages"]) == _without_nulls(given["messages"])
    assert done["values"] == {
        "instant": "2026-11-23T01:30:00.120Z",
        "instant_of": "2026-11-23T09:30:00.120+08:00",
        "day": "2026-12-01",
        "decimal": "20.00",
        "then": "KEPT LATER",
    }


def test_a_newer_and_an_older_server_break_nothing(compiled: str, given: Json, tmp_path: Path) -> None:
    """Unknown members are ignored, unknown words kept, unknown kinds passed over; newer members may be missing."""
    by_kind = {row["kind"]: row for row in given["rows"]}
    customer = by_kind["customer"] | {"data": by_kind["customer"]["data"] | {"stage": "of_tomorrow", "mood": {"a": 1}}}
    unknown = {
        "scope": str(uuid7()),
        "kind": "of_tomorrow",
        "id": str(uuid7()),
        "version": 1,
        "tag": "0" * 16,
        "data": {},
    }
    gone = by_kind["visit"] | {"data": None}
    log = by_kind["visit_log"]
    since = {
        name
        for name, member in json.loads((FOLDER / "schemas/kinds/visit_log.json").read_text())["properties"].items()
        if "x-since" in member
    }
    older = log | {"data": {name: value for name, value in log["data"].items() if name not in since}}
    done = _through(compiled, given | {"rows": [customer, unknown, gone, older]}, tmp_path)
    assert done["rows"][0]["stage"] == "of_tomorrow"
    assert "mood" not in done["rows"][0]
    assert done["rows"][1:3] == ["unknown or gone"] * 2
    assert _without_nulls(done["rows"][3]) == _without_nulls(older["data"])
