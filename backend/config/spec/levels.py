"""Levels of the contract in use: what is published now, since when each part is, and whether all of it may be."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from config.spec.changelog import list_problems, read_changelog
from config.spec.command_schemas import command_schemas
from config.spec.contract import FOLDER, Released, present_contract, released
from config.spec.contract_changes import list_changes
from config.spec.json_schemas import Json, without_null
from config.spec.kind_schemas import kind_schemas
from config.spec.message_schemas import message_schemas
from core.api_level import API_LEVEL
from core.clock import now

CHANGELOG = "CHANGELOG.md"


@dataclass(frozen=True)
class Published:
    """The schemas of the present level. Whatever came after level 1 says since when it is, in `x-since`."""

    commands: dict[str, Json]
    kinds: dict[str, Json]
    messages: dict[str, Json]


def published() -> Published:
    """Returns what is published: commands by name and number, kinds and messages by name."""
    since = since_map(released())
    commands, kinds, messages = command_schemas(), kind_schemas(), message_schemas()
    for folder, schemas in (("commands", commands), ("kinds", kinds), ("messages", messages)):
        for name, schema in schemas.items():
            _mark(f"{folder}/{name}", schema, since)
    return Published(commands, kinds, messages)


def since_map(before: Released) -> dict[str, int]:
    """Returns, of every place that came after level 1, the level with which it came."""
    changes = list_changes(before.contract, present_contract())
    return before.since | {change.place: API_LEVEL for change in changes if change.kind == "Added"}


def problems(folder: Path = FOLDER) -> list[str]:
    """Returns what has to be done before the contract may stay as it is now."""
    sections = read_changelog((folder / CHANGELOG).read_text())
    return list(list_problems(sections, API_LEVEL, released(folder), present_contract(), now().date()))


def _mark(place: str, schema: Json, since: dict[str, int]) -> None:
    if place in since:
        schema["x-since"] = since[place]
    for where, member in _members(place, schema, schema.get("$defs", {})):
        if where in since:
            member["x-since"] = since[where]


def _members(place: str, schema: Json, definitions: dict[str, Json]) -> Iterator[tuple[str, Json]]:
    """Every member with its place, those of objects in it below theirs."""
    for name, member in schema.get("properties", {}).items():
        where = f"{place}/{name}"
        yield where, member
        core = without_null(member)
        core = core.get("items", core)
        if "$ref" in core:
            core = definitions[core["$ref"].rpartition("/")[2]]
        if where.count("/") < 12:
            yield from _members(where, core, definitions)
