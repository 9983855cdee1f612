"""The reference client keeps every rule in every scenario, and what travels then fits the published JSON Schemas."""

import json
from functools import cache
from typing import Any

import pytest
from in_process import LIBRARY, SPEC, play

from roundsman_client.client import Client
from roundsman_conformance.scenario import Scenario
from roundsman_conformance.script import PULL, PUSH, REFRESH, SIGN_IN, SYNC, Script
from roundsman_conformance.turns import Reply

REQUESTS = {SYNC: "sync_request", PUSH: "sync_request", PULL: "sync_request", SIGN_IN: "sign_in_request"}
ANSWERS = {SYNC: "sync_answer", PUSH: "push_answer", PULL: "sync_answer", SIGN_IN: "session_answer"}
ANSWERS |= {REFRESH: "session_answer"}
BROKEN_ON_PURPOSE = {"damaged-answers", "old-app"}
"""Scenarios in which the scripted server sends what no schema allows."""


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any, Reply]]:
    """Every request with its reply: path, body, reply."""
    exchanges = []
    handle = Script.handle

    def listen(self: Script, path: str, headers: dict[str, str], body: Any, size: int) -> Reply:
        reply = handle(self, path, headers, body, size)
        exchanges.append((path, body, reply))
        return reply

    monkeypatch.setattr(Script, "handle", listen)
    return exchanges


@cache
def validator(file: str) -> Any:
    schemas = pytest.importorskip("jsonschema_rs")
    schema = json.loads((SPEC / "schemas" / f"{file}.json").read_text())
    return schemas.Draft202012Validator(schema, validate_formats=True)


def faults(file: str, value: Any) -> list[str]:
    return [f"{file} {'/'.join(map(str, e.instance_path))}: {e.message}" for e in validator(file).iter_errors(value)]


def faults_in(path: str, body: Any, reply: Reply, broken: bool) -> list[str]:
    """What does not fit its schema, in the request and, unless that is on purpose, in the reply."""
    found = faults(f"messages/{REQUESTS[path]}", body) if path in REQUESTS else []
    if broken or not reply.body:
        return found
    if reply.status != 200:
        return found + faults("messages/error", reply.body)
    found += faults(f"messages/{ANSWERS[path]}", reply.body) if path in ANSWERS else []
    rows = reply.body.get("changes", {}).get("rows", [])
    known = [row for row in rows if (SPEC / "schemas" / "kinds" / f"{row['kind']}.json").exists() and row["data"]]
    return found + [fault for row in known for fault in faults(f"kinds/{row['kind']}", row["data"])]


@pytest.mark.parametrize("scenario", LIBRARY.scenarios, ids=lambda scenario: scenario.id)
def test_the_reference_client_keeps_the_rules(scenario: Scenario, heard: list[tuple[str, Any, Reply]]):
    if "kill" in scenario.needs:
        pytest.skip("needs a process of its own: see test_command_line.py")
    outcome = play(Client, scenario.id)[scenario.id]
    assert not outcome.lacking
    assert not outcome.failures, "\n".join(map(str, outcome.failures))
    broken = scenario.id in BROKEN_ON_PURPOSE
    wrong = [fault for path, body, reply in heard for fault in faults_in(path, body, reply, broken)]
    assert heard
    assert not wrong, "\n".join(wrong[:10])
