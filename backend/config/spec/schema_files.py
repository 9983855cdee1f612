"""The folder `schemas/`: a JSON Schema for each number of each command, each kind and each message, and for forms."""

import json
from typing import Any

from config.spec.descriptions import split_docstring
from config.spec.json_schemas import Json, head
from config.spec.levels import Published
from forms.definitions import Definition

_INSTEAD = {
    "oneOf": "anyOf"
}  # the `type` of a question tells them apart; validators of old know one as well as the other


def schema_files(present: Published) -> dict[str, str]:
    """Returns the text of each file, by its path in the specification."""
    folders = {"commands": present.commands, "kinds": present.kinds, "messages": present.messages}
    files = {
        f"schemas/{folder}/{name}.json": as_text(schema)
        for folder, schemas in folders.items()
        for name, schema in schemas.items()
    }
    return files | {"schemas/forms/definition.json": as_text(definition_schema())}


def definition_schema() -> Json:
    """Returns the schema of what a form asks. Its questions are variants, which the models of apps do not have."""
    schema: Json = _plain(Definition.model_json_schema(by_alias=True))
    return head("form", "definition", "FormDefinition") | schema | {"title": "FormDefinition"}


def _plain(schema: Any) -> Any:
    """pydantic's schema with described members and without what only pydantic says."""
    if isinstance(schema, list):
        return [_plain(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {_INSTEAD.get(key, key): _plain(value) for key, value in schema.items() if not _said_by_pydantic(key, value)}
    if isinstance(kept.get("properties"), dict) and isinstance(kept.get("description"), str):
        kept["description"], meanings = split_docstring(kept["description"])
        for name, meaning in meanings.items():
            if name in kept["properties"]:
                kept["properties"][name] = {"description": meaning} | kept["properties"][name]
    return kept


def _said_by_pydantic(key: str, value: Any) -> bool:
    """Titles made of names, and the member that tells variants apart, which OpenAPI alone knows."""
    return key == "discriminator" or (key == "title" and isinstance(value, str))


def as_text(schema: Json) -> str:
    """Returns a schema as it belongs in its file: in its own order."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"
