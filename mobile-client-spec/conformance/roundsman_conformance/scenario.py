"""Scenarios as they lie in the folder `scenarios/`, read and checked as far as both runners rely on it."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from roundsman_conformance.kinds import Kinds, read_kinds
from roundsman_conformance.names import Json, Names
from roundsman_conformance.rows import Table

FORMAT = 1
ACTIONS = (
    "sign_in",
    "sign_out",
    "other_user",
    "do",
    "sync",
    "reset",
    "office",
    "server",
    "clock",
    "network",
    "restart",
    "expect",
)
"""What a step may do; a step has exactly one of these members (`expect` may also accompany another)."""


class ScenarioBroken(Exception):
    """A file in the folder is not a scenario."""


@dataclass(frozen=True)
class Scenario:
    """One scenario. The members are explained in `scenarios/README.md`."""

    id: str
    title: Json
    covers: tuple[str, ...]
    needs: tuple[str, ...]
    given: Json
    start: str
    steps: tuple[Json, ...]
    ends_apart: bool = False

    def rules_in_steps(self) -> set[str]:
        """Every rule that a step, an exchange or an expectation names."""
        return set(_rules(list(self.steps)))

    def exchanges(self) -> Iterator[Json]:
        """Every exchange, in order."""
        for step in self.steps:
            yield from step.get("sync") or step.get("reset") or ()


@dataclass(frozen=True)
class Library:
    """The folder: the scenarios, the people who are in all of them, and what is known of the kinds of row."""

    scenarios: tuple[Scenario, ...]
    cast: Json
    kinds: Kinds

    def table(self, scenario: Scenario, names: Names) -> Table:
        """The server's rows before the first step. Ids are given in their order, so that they sort like it."""
        table = Table(self.kinds)
        names.id("company")
        for row in [*self.cast["rows"], *scenario.given.get("rows", [])]:
            names.id(row["id"])
            table.write(row)
        return table

    def scopes(self, scenario: Scenario) -> list[str]:
        """The scopes that the phone's user holds before the first step: his own, his customers, shared customers."""
        user = self.cast["phone_of"]
        rows = scenario.given.get("rows", [])
        owned = [row["id"] for row in rows if row["kind"] == "customer" and row["data"].get("owner_id", user) == user]
        shared = [share["customer_id"] for share in scenario.given.get("shares", []) if share["user_id"] == user]
        return [*self.cast["scopes"], *owned, *shared]


def read_library(folder: Path) -> Library:
    """Everything in the folder. Raises ScenarioBroken, OSError."""
    cast, kinds = _load(folder / "cast.json"), _load(folder / "kinds.json")
    others = {"cast.json", "kinds.json", "scenario.schema.json"}
    paths = sorted(path for path in folder.glob("*.json") if path.name not in others)
    schemas = folder.parent / "schemas" / "kinds"
    return Library(tuple(_read(path) for path in paths), cast, read_kinds(kinds, schemas))


def action_of(step: Json) -> str:
    """What a step does."""
    found = [action for action in ACTIONS if action in step and action != "expect"]
    if len(found) > 1 or not (found or "expect" in step):
        raise ScenarioBroken(f"a step with {found or 'nothing to do'}: {step}")
    return found[0] if found else "expect"


def _read(path: Path) -> Scenario:
    content = _load(path)
    try:
        scenario = Scenario(
            id=content["id"],
            title=content["title"],
            covers=tuple(content["covers"]),
            needs=tuple(content.get("needs", ())),
            given=content.get("given", {}),
            start=content.get("start", "synced"),
            steps=tuple(content["steps"]),
            ends_apart=bool(content.get("ends_apart", False)),
        )
    except (KeyError, TypeError) as error:
        raise ScenarioBroken(f"{path.name}: lacks {error}") from error
    if content.get("format") != FORMAT:
        raise ScenarioBroken(f"{path.name}: format {content.get('format')!r} is not known here")
    if scenario.id != path.stem:
        raise ScenarioBroken(f"{path.name}: its id is {scenario.id}")
    for step in scenario.steps:
        action_of(step)
    return scenario


def _load(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ScenarioBroken(f"{path.name}: {error}") from error


def _rules(value: Any) -> Iterable[str]:
    if isinstance(value, list):
        for item in value:
            yield from _rules(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key == "rule":
                yield item
            elif key == "rules":
                yield from item.values()
            elif key not in ("payload", "data"):
                yield from _rules(item)
