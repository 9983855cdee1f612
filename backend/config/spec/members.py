"""The members that a schema describes, as the tables of the documents show them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from config.spec.json_schemas import Json, is_change, is_null, without_null

_FORMATS = {"uuid": "UUID", "date-time": "instant", "date": "day", "decimal": "decimal string"}


@dataclass(frozen=True)
class Member:
    """One member. path: dotted. kind: its type in words. required: it has to be sent. edited: sent as {from, to}."""

    path: str
    kind: str
    required: bool
    unit: str
    limits: str
    default: str
    description: str
    edited: bool


def list_members(schema: Json) -> list[Member]:
    """Returns the members of an object, those of objects in it below theirs."""
    return list(_members(schema, schema.get("$defs", {}), ""))


def table(members: list[Member], *, rows: bool = False) -> list[str]:
    """Returns the lines of a table. rows: of what phones get, where every member is always there."""
    if not members:
        return ["No members. 无字段。", ""]
    if rows:
        lines = [
            "| member / 字段 | type / 类型 | unit / 单位 | values / 取值 | meaning / 含义 |",
            "|---|---|---|---|---|",
        ]
        for m in members:
            lines.append(f"| `{m.path}` | {m.kind} | {m.unit} | {_cell(m.limits)} | {_cell(m.description)} |")
        return [*lines, ""]
    lines = [
        "| member / 字段 | type / 类型 | unit / 单位 | limits / 限制 | default / 默认 | meaning / 含义 |",
        "|---|---|---|---|---|---|",
    ]
    for m in members:
        name = f"**`{m.path}`**" if m.required else f"`{m.path}`"
        kind = f"{{from, to}} of {m.kind}" if m.edited else m.kind
        lines.append(f"| {name} | {kind} | {m.unit} | {_cell(m.limits)} | {m.default} | {_cell(m.description)} |")
    return [*lines, "", "Bold: required. 粗体：必填。", ""]


def since_line(schema: Json) -> list[str]:
    """Returns the line that says since which level something is, if it came after the first."""
    return [f"- Since level / 始于级别: {schema['x-since']}"] if "x-since" in schema else []


def _members(schema: Json, definitions: Json, prefix: str) -> Iterator[Member]:
    required = set(schema.get("required", ()))
    for name, given in schema.get("properties", {}).items():
        edited = is_change(given)
        value = given["properties"]["to"] if edited else given
        core = _resolve(value, definitions)
        default = given.get("default")
        yield Member(
            path=f"{prefix}{name}",
            kind=_kind(core, definitions) + (" or null" if is_null(value) and core else ""),
            required=name in required,
            unit=given.get("x-unit", ""),
            limits=_limits(core),
            default="" if default is None else _as_json(default),
            description=_meaning(given) + _since(given),
            edited=edited,
        )
        inner = _resolve(core["items"], definitions) if core.get("type") == "array" else core
        if inner.get("properties"):
            yield from _members(inner, definitions, f"{prefix}{name}.")


def _since(schema: Json) -> str:
    return f" (since level {schema['x-since']} · 始于级别 {schema['x-since']})" if "x-since" in schema else ""


def _resolve(schema: Json, definitions: Json) -> Json:
    """The schema of the values other than null, behind references."""
    core = without_null(schema)
    return definitions[core["$ref"].rpartition("/")[2]] if "$ref" in core else core


def _kind(schema: Json, definitions: Json) -> str:
    kind = schema.get("type")
    if kind is None:
        return "any JSON"
    if kind == "array":
        return f"array of {_kind(_resolve(schema['items'], definitions), definitions)}"
    if kind == "string":
        return _FORMATS.get(schema.get("format", ""), "text")
    return str(kind)


def _limits(schema: Json) -> str:
    words = []
    if "enum" in schema:
        words.append(", ".join(f"`{value}`" for value in schema["enum"]))
    if schema.get("items", {}).get("enum"):
        words.append("of " + ", ".join(f"`{value}`" for value in schema["items"]["enum"]))
    for low, high, what in (("minLength", "maxLength", "characters"), ("minItems", "maxItems", "items")):
        if high in schema:
            words.append(f"{schema.get(low, 0)} to {schema[high]:,} {what}".replace(",", " "))
    for key, sign in (("minimum", "≥"), ("exclusiveMinimum", ">"), ("maximum", "≤"), ("exclusiveMaximum", "<")):
        if key in schema:
            words.append(f"{sign} {schema[key]}")
    if "pattern" in schema:
        words.append(f"`{schema['pattern']}`")
    return "; ".join(words)


def _meaning(schema: Json) -> str:
    said = str(schema.get("description", ""))
    if (old := schema.get("x-deprecated")) is None:
        return said
    return f"{said}. Deprecated / 已弃用: `{old['instead']}` instead / 请改用; stays until / 保留至 {old['until']}"


def _as_json(value: Any) -> str:
    return f"`{json.dumps(value, ensure_ascii=False)}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
