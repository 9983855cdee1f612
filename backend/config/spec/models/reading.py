"""From JSON Schemas to models."""

import json
from dataclasses import dataclass, field

from config.spec.json_schemas import Json, is_change, is_null, without_null
from config.spec.levels import Published
from config.spec.models.naming import pascal, shape_name
from config.spec.models.shapes import Field, Models, Record, Type, Words
from config.spec.models.words import Key, key_of, name_words
from core.registry import COMMANDS

_FORMATS: dict[str, Type] = {
    "uuid": Type("id"),
    "date-time": Type("instant"),
    "date": Type("day"),
    "decimal": Type("decimal"),
}
_INT32 = 2**31 - 1


def read_models(published: Published) -> Models:
    """Returns the models of every command in its present form, every kind and every message."""
    reader = _Reader(name_words(published))
    for kind, schema in published.kinds.items():
        reader.read("rows", f"{pascal(kind)}Row", schema, kind=kind)
    for name, spec in sorted(COMMANDS.items()):
        schema = published.commands[f"{name}.{spec.schema}"]
        reader.read(name.partition(".")[0], schema["title"], schema, command=name, number=spec.schema)
    for schema in published.messages.values():
        reader.read("messages", shape_name(schema["title"]), schema)
    return reader.models


@dataclass
class _Reader:
    """words_named: names of lists of words. models: what was read so far."""

    words_named: dict[Key, str]
    models: Models = field(default_factory=Models)
    _taken: dict[str, str] = field(default_factory=dict)
    _written: set[str] = field(default_factory=set)

    def read(
        self, file: str, name: str, schema: Json, *, command: str | None = None, number: int | None = None,
        kind: str | None = None,
    ) -> None:  # fmt: skip
        """Read one document with its definitions."""
        definitions = schema.get("$defs", {})
        names = {key: self._claim(shape_name(key), definition, name) for key, definition in definitions.items()}
        context = _Context(file, names, schema.get("x-since", 1))
        fields = self._fields(schema, context, sent=command is not None or name.endswith("Request"))
        self._claim(name, schema, name)
        self.models.add(file, Record(name, schema.get("description", ""), fields, command, number, kind))
        self._written.add(name)
        for key, definition in definitions.items():
            if names[key] not in self._written:
                self._written.add(names[key])
                sent = command is not None or name.endswith("Request")
                fields = self._fields(definition, context, sent=sent)
                self.models.add(file, Record(names[key], definition.get("description", ""), fields))

    def _claim(self, name: str, schema: Json, owner: str) -> str:
        """The name for an object: the same for the same content, with its owner's before it where another has it."""
        content = json.dumps({key: schema[key] for key in ("properties", "required") if key in schema})
        for candidate in (name, owner + name):
            if self._taken.setdefault(candidate, content) == content:
                return candidate
        raise ValueError(f"two objects would be called {owner + name}")

    def _fields(self, schema: Json, context: "_Context", *, sent: bool) -> tuple[Field, ...]:
        required = set(schema.get("required", ()))
        return tuple(
            self._field(name, given, context, left_out=name not in required, sent=sent)
            for name, given in schema.get("properties", {}).items()
        )

    def _field(self, name: str, given: Json, context: "_Context", *, left_out: bool, sent: bool) -> Field:
        newer = given.get("x-since", 1) > context.since and not sent
        kind = self._type(name, given, context)
        anything = kind == Type("json")
        return Field(
            wire=name,
            type=kind,
            nullable=left_out or newer or (is_null(given) and not anything),
            doc=_doc(given, left_out=left_out),
            deprecated=given["x-deprecated"]["instead"] if "x-deprecated" in given else None,
            constant=given.get("const"),
        )

    def _type(self, name: str, given: Json, context: "_Context") -> Type:
        if is_change(given):
            return Type(change_of=self._type(name, given["properties"]["to"], context))
        core = without_null(given)
        if "$ref" in core:
            return Type(name=context.names[core["$ref"].rpartition("/")[2]])
        if "enum" in core:
            return Type(name=self._words(name, core["enum"], given, context.file))
        kind = core.get("type")
        if kind == "array":
            return Type(list_of=self._type(name.removesuffix("s"), core["items"], context))
        if kind == "object":
            inner = core.get("additionalProperties")
            return Type(map_of=self._type(name, inner, context)) if inner else Type("object")
        if kind == "integer":
            small = core.get("format") == "int32" or core.get("maximum", _INT32 + 1) <= _INT32 or "const" in core
            return Type("int") if small else Type("long")
        if kind == "string":
            return _FORMATS.get(core.get("format", ""), Type("text"))
        return {"number": Type("double"), "boolean": Type("boolean")}.get(str(kind), Type("json"))

    def _words(self, member: str, values: list[str], given: Json, file: str) -> str:
        name = self.words_named[key_of(member, values)]
        if name not in self._written:
            self._written.add(name)
            self.models.add_words(file, Words(name, given.get("description", ""), tuple(values)))
        return name


@dataclass(frozen=True)
class _Context:
    """Where a member stands: in which file, what its document's definitions are called, since when the document is."""

    file: str
    names: dict[str, str]
    since: int


def _doc(given: Json, *, left_out: bool) -> str:
    """What a member means, with its unit, its limits and what happens when it is left out."""
    core = without_null(given["properties"]["to"] if is_change(given) else given)
    said = [given.get("description", "")]
    if "x-unit" in given:
        said.append(f"In {given['x-unit']}")
    for low, high, what in (("minLength", "maxLength", "characters"), ("minItems", "maxItems", "items")):
        if high in core:
            said.append(f"{core.get(low, 0)} to {core[high]} {what}")
    for key, word in (("minimum", "At least"), ("exclusiveMinimum", "More than"), ("maximum", "At most")):
        if key in core:
            said.append(f"{word} {core[key]}")
    if left_out and given.get("default") is not None:
        said.append(f"Left out: {json.dumps(given['default'], ensure_ascii=False)}")
    if "x-since" in given:
        said.append(f"Since level {given['x-since']}")
    return ". ".join(part[:1].upper() + part[1:] for part in said if part) + "."
