"""What is known of the kinds of row: their scopes, what a fresh row has, and the members that scenarios do not name."""

import json
from pathlib import Path
from typing import Any

from roundsman_conformance.names import Json

_NEUTRAL: dict[str, Any] = {"string": "", "boolean": False, "integer": 0, "number": 0, "array": [], "object": {}}
_FORMATS = {
    "uuid": "0193a8f2-7c31-7000-8000-000000000000",
    "date": "2026-11-21",
    "date-time": "2026-11-21T01:00:00.000Z",
}


class Kinds:
    """`kinds.json`, and the JSON Schemas of the kinds where they are at hand."""

    def __init__(self, content: Json, schemas: dict[str, Json]) -> None:
        """content: kind → `{scope, data}`. schemas: kind → JSON Schema of its data."""
        self._content = content
        self._schemas = schemas

    def fresh(self, kind: str) -> Json:
        """The members of a fresh row as scenarios count on them; nothing for a kind that nobody knows."""
        return dict(self._content[kind]["data"]) if kind in self._content else {}

    def scope_of(self, kind: str, id_: str, data: Json) -> str:
        """The scope in which a row lies, by its kind: its own id, the value of a member, or one for all."""
        member: str = self._content[kind]["scope"]
        scope: str = id_ if member == "id" else data.get(member, member)
        return scope

    def whole(self, kind: str, data: Json) -> Json:
        """The data with neutral values for members that came to the feed after the scenario was written."""
        properties = self._schemas.get(kind, {}).get("properties", {})
        return {name: neutral(schema) for name, schema in properties.items() if name not in data} | data


def neutral(schema: Json) -> Any:
    """A value that fits a member's schema and says nothing: null where that is allowed, else an empty one."""
    kinds = schema.get("type", "null")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if "null" in kinds:
        return None
    if "enum" in schema:
        return schema["enum"][0]
    return _FORMATS.get(schema.get("format", ""), _NEUTRAL[kinds[0]])


def read_kinds(content: Json, schemas: Path) -> Kinds:
    """The kinds with the schemas of a folder, which may be missing."""
    return Kinds(content, {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in schemas.glob("*.json")})
