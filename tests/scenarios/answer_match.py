"""Compares an answer of the real server with the one that a scenario tells of."""

from typing import Any

from roundsman_conformance.names import Json, Names
from roundsman_conformance.rows import Row, Table


def expected_rows(answer: Json, table: Table, names: Names) -> list[Row]:
    """The symbolic rows of an answer, in the server's order; noted in the table as the present ones."""
    for written in answer.get("unsent", ()):
        table.write(written)
    rows: list[Row] = []
    for written in answer.get("rows", ()):
        rows += table.write_all(written, lambda row: (row.kind, names.id(row.id)))
    return rows


def wrong_rows(rows: list[Row], got: list[Json], names: Names) -> list[str]:
    """What differs between the rows of a scenario and those of the server."""
    wrong, left = [], list(got)
    for row in rows:
        pattern = {"scope": row.scope, "kind": row.kind, "id": row.id, "data": row.data}
        found = _take(pattern, left, names)
        if found is None:
            wrong.append(f"{row.kind} {row.id} is missing")
        else:
            # Feeds grow: members that the scenarios do not name yet are none of their business.
            wrong += [f"{row.kind} {row.id}: {text}" for text in names.differences(pattern, found, subset=True)]
    return wrong + [f"unexpected: {names.say(item)}" for item in left]


def _take(pattern: Json, left: list[Json], names: Names) -> Json | None:
    """The server's row that this one tells of, without the members that no scenario can know."""
    alike = [row for row in left if row["kind"] == pattern["kind"]]
    same = [row for row in alike if row["id"] == names.known(pattern["id"])]
    if not same and names.known(pattern["id"]) is None:  # a row that the server has made, such as a conflict
        same = alike
    if not same:
        return None
    left.remove(same[0])
    return {name: value for name, value in same[0].items() if name not in ("version", "tag")}


def wrong_verdicts(answer: Json, commands: list[Json], got: list[Json], names: Names) -> list[str]:
    """What differs between the verdicts of a scenario (applied, if it says nothing) and those of the server."""
    if [verdict["id"] for verdict in got] != [command["id"] for command in commands]:
        return [f"verdicts on other commands: {names.say(got)}"]
    wrong = []
    for command, verdict in zip(commands, got, strict=True):
        name = names.name_of(command["id"]).removeprefix("$")
        said = next((v for v in answer.get("verdicts", ()) if v["command"] == name), {})
        pattern: dict[str, Any] = {
            "id": command["id"],
            "seq": command["seq"],
            "status": said.get("status", "applied"),
            "code": said.get("code"),
            "field": said.get("field"),
            "message": "*text" if said.get("code") else None,
            "details": said.get("details", "*object"),
            "conflicts": said.get("conflicts", []),
        }
        wrong += [f"{name}: {text}" for text in names.differences(pattern, verdict)]
    return wrong
