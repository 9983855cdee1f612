"""JSON Schemas (draft 2020-12) as people and generators want them: self-contained, described, without needless unions.

pydantic's own are brought into one form: a value that may be null is `"type": [..., "null"]`, an edited field is an
object with `from` and `to`, an enumeration stands where it is used, and each member says what it means and its unit.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode

from config.spec.descriptions import SHARED, split_docstring, unit_of

Json = dict[str, Any]
DRAFT = "https://json-schema.org/draft/2020-12/schema"
_DEFINITIONS = "#/$defs/"


def of_payload(payload: type[BaseModel]) -> Json:
    """Returns the schema of a command's payload, its nested classes below `$defs`."""
    raw = payload.model_json_schema(by_alias=True)
    return Tidy(raw.get("$defs", {})).root(raw)


def of_message(model: type[BaseModel], mode: JsonSchemaMode) -> Json:
    """Returns the schema of what stands around payloads and rows. The server's answers always have all members."""
    raw = model.model_json_schema(by_alias=True, mode=mode)
    return Tidy(raw.get("$defs", {}), shared=False, whole=mode == "serialization").root(raw)


def head(kind: str, name: str, title: str) -> Json:
    """Returns how each schema begins. The urn names it for ever, wherever the file lies."""
    return {"$schema": DRAFT, "$id": f"urn:roundsman:{kind}:{name}", "title": title}


def is_change(schema: Mapping[str, Any]) -> bool:
    """Whether a schema is that of one edited field."""
    return set(schema.get("properties", ())) == {"from", "to"}


def is_null(schema: Mapping[str, Any]) -> bool:
    """Whether a schema allows null."""
    kinds = schema.get("type")
    return (
        not schema.keys() & {"type", "anyOf", "$ref", "enum"}
        or (isinstance(kinds, list) and "null" in kinds)
        or any(option == {"type": "null"} for option in schema.get("anyOf", ()))
    )


def without_null(schema: Mapping[str, Any]) -> Json:
    """Returns the schema of the values other than null."""
    core = {key: value for key, value in schema.items() if key != "anyOf"}
    for option in schema.get("anyOf", ()):
        if option != {"type": "null"}:
            core = option | core
    if isinstance(core.get("type"), list):
        core["type"] = next(kind for kind in core["type"] if kind != "null")
    if "enum" in core:
        core["enum"] = [value for value in core["enum"] if value is not None]
    return core


def with_null(schema: Json) -> Json:
    """Returns the schema of the same values or null."""
    if is_null(schema):
        return schema
    if "type" not in schema:
        annotations = {key: schema[key] for key in schema if key in ("description", "default")}
        return {"anyOf": [{k: v for k, v in schema.items() if k not in annotations}, {"type": "null"}]} | annotations
    nullable = schema | {"type": [schema["type"], "null"]}
    if "enum" in schema:
        nullable["enum"] = [*schema["enum"], None]
    return nullable


class Tidy:
    """Brings schemas that share definitions into the one form. used: the definitions met so far, tidied.

    shared: whether members may mean what their names mean in every row and payload. whole: whether every member is
    always there.
    """

    def __init__(self, definitions: Mapping[str, Json], *, shared: bool = True, whole: bool = False) -> None:
        self._definitions = definitions
        self._shared = shared
        self._whole = whole
        self.used: dict[str, Json] = {}

    def root(self, raw: Json) -> Json:
        """Returns the schema of a whole document."""
        body = self.object(raw)
        return body | ({"$defs": dict(sorted(self.used.items()))} if self.used else {})

    def object(self, raw: Json) -> Json:
        """Returns the schema of an object, its members described."""
        prose, meanings = split_docstring(raw.get("description", ""))
        never_null = set(raw.get("x-never-null", ()))
        members = {
            name: self._member(name, given, meanings.get(name), name in never_null)
            for name, given in raw.get("properties", {}).items()
        }
        body: Json = {"type": "object"} | ({"description": prose} if prose else {}) | {"properties": members}
        required = list(members) if self._whole else list(raw.get("required", ()))
        if required:
            body["required"] = required
        if raw.get("additionalProperties") not in (None, False):
            body["additionalProperties"] = self._value(raw["additionalProperties"])
        return body

    def member(self, name: str, given: Json, meaning: str | None) -> Json:
        """Returns the schema of one member. meaning: what is known of it beside its own description."""
        return self._member(name, given, meaning, never_null=False)

    def _member(self, name: str, given: Json, meaning: str | None, never_null: bool) -> Json:
        core, nullable = self._resolve(given)
        if is_change(core):
            value = self._value(core["properties"]["to"])
            schema = _change(value, never_null or not is_null(value))
            nullable = False  # null means the same as leaving it out; nobody needs both
        else:
            schema = self._value(given)
        schema = {key: value for key, value in schema.items() if key not in ("description", "default")}
        said = given.get("description") or meaning or (SHARED.get(name) if self._shared else None)
        if said:
            schema["description"] = said
        if unit_of(name):
            schema["x-unit"] = unit_of(name)
        for key in ("examples",) if self._whole else ("default", "examples"):
            if given.get(key) is not None:
                schema[key] = given[key]
        return with_null(schema) if nullable else schema

    def _value(self, given: Json | bool) -> Json:
        """The schema of a value wherever it stands."""
        if given is True:
            return {}
        assert isinstance(given, dict)
        core, nullable = self._resolve(given)
        if core.get("type") == "object" and "properties" in core:
            name = self._name_of(given)
            if name not in self.used:
                self.used[name] = {}  # before it is made: a definition may contain itself
                self.used[name] = self.object(core)
            schema: Json = {"$ref": _DEFINITIONS + name}
        else:
            kind = {"type": core["type"]} if "type" in core else {}
            schema = kind | {key: value for key, value in core.items() if key not in ("title", "default")}
            if "items" in core:
                schema["items"] = self._value(core["items"])
            if "additionalProperties" in core:
                schema["additionalProperties"] = self._value(core["additionalProperties"])
        return with_null(schema) if nullable else schema

    def _resolve(self, given: Json) -> tuple[Json, bool]:
        """The schema behind references with its description, and whether null is allowed beside it."""
        schema, nullable = given, False
        while True:
            if "$ref" in schema:
                schema = self._definitions[schema["$ref"].removeprefix(_DEFINITIONS)]
            elif "anyOf" in schema:
                options = [option for option in schema["anyOf"] if option.get("type") != "null"]
                if len(options) != 1:
                    raise ValueError(f"a union cannot be told in every language: {given}")
                nullable = nullable or len(options) < len(schema["anyOf"])
                schema = options[0] | {key: schema[key] for key in ("default",) if key in schema}
            else:
                return schema, nullable

    def _name_of(self, given: Json) -> str:
        """The name of the definition that a schema refers to."""
        while "$ref" not in given:
            given = next(option for option in given["anyOf"] if option.get("type") != "null")
        key = given["$ref"].removeprefix(_DEFINITIONS)
        title = str(self._definitions[key].get("title", key))
        return title if title.isidentifier() else key


def _change(value: Json, never_null: bool) -> Json:
    """One edited field: what it was based on and the new value, each sent even when it is null."""
    plain = without_null(value) if "anyOf" in value or is_null(value) else value
    return {
        "type": "object",
        "properties": {
            "from": with_null(plain) | {"description": "the value that the edit was based on"},
            "to": (plain if never_null else with_null(plain)) | {"description": "the new value"},
        },
        "required": ["from", "to"],
    }
