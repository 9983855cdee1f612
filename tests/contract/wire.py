"""Requests of the sync protocol as the contract tests write them."""

import itertools
from typing import Any
from uuid import UUID

from core.ids import uuid7
from core.registry import COMMANDS
from tests.personas import ApiClient

AT = "2026-11-21T08:12:03.120+08:00"
_seq = itertools.count(1)


def command(
    name: str, payload: Any, *, id: UUID | str | None = None, seq: int | None = None, **more: Any
) -> dict[str, Any]:
    """One command as a phone sends it, by default in its present schema, with a number that no other command has."""
    return {
        "id": str(id or uuid7()),
        "seq": seq or next(_seq),
        "name": name,
        "schema": COMMANDS[name].schema if name in COMMANDS else 1,
        "payload": payload,
        "at": AT,
    } | more


def push(client: ApiClient, *commands: dict[str, Any]) -> list[dict[str, Any]]:
    """Push the commands and return their verdicts."""
    response = client.call("POST", "/api/v1/sync/push", {"schema": 1, "commands": list(commands)})
    assert response.status_code == 200, response.content
    verdicts: list[dict[str, Any]] = response.json()["verdicts"]
    return verdicts


def statuses(verdicts: list[dict[str, Any]]) -> list[str]:
    """Of each verdict its code, or its status where it has none."""
    return [verdict["code"] or verdict["status"] for verdict in verdicts]


def pull(client: ApiClient, cursor: str | None = None, **more: Any) -> tuple[dict[tuple[str, str, str], Any], str]:
    """A whole answer: its rows by (scope, kind, id), and the cursor behind its last page."""
    rows: dict[tuple[str, str, str], Any] = {}
    while True:
        response = client.call("POST", "/api/v1/sync/pull", {"schema": 1, "cursor": cursor} | more)
        assert response.status_code == 200, response.content
        page = response.json()
        rows |= {(row["scope"], row["kind"], row["id"]): row for row in page["changes"]["rows"]}
        cursor = page["cursor"]
        if page["complete"]:
            return rows, page["cursor"]
