"""The members of a payload as a phone team needs them: path, type, limits, default, and an example that fits."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

Schema = dict[str, Any]
_MISSING = object()
# What people would write into members of these names; others get a value of their type.
_SAMPLES: dict[str, Any] = {
    "name": "Red Lantern Trading 红灯笼商贸",
    "username": "li.wei",
    "code": "C-1024",
    "external_id": "ERP-77",
    "phone": "+86 10 8888 0000",
    "email": "li.wei@example.com",
    "address": "1 Chang'an Avenue, Beijing",
    "notes": "Ring twice",
    "note": "Wants a quotation",
    "title": "Buyer",
    "purpose": "Spring promotion",
    "reason": "Entered twice",
    "next_step": "Send the quotation",
    "unit": "box",
    "price": "19.90",
    "currency": "CNY",
    "lat": 39.9042,
    "lon": 116.4074,
    "datum": "GCJ-02",
    "accuracy_m": 12.5,
    "altitude_m": 44.0,
    "age_ms": 1_500,
    "speed_mps": 0.4,
    "heading_deg": 180,
    "battery_pct": 81,
    "fence_radius_m": 150,
    "roles": ["rep"],
    "wifi": [{"bssid": "aa:bb:cc:dd:ee:ff", "ssid": "shop", "rssi_dbm": -61}],
    "cells": [{"mcc": 460, "mnc": 0, "lac": 4321, "cid": 123456, "rssi_dbm": -85}],
}


@dataclass(frozen=True)
class PayloadField:
    """One member. path: dotted. kind: its type in words. required: it has to be sent. edited: sent as {from, to}."""

    path: str
    kind: str
    required: bool
    limits: str
    default: str
    description: str
    edited: bool


def list_fields(payload: type[BaseModel]) -> list[PayloadField]:
    """Returns the members of a payload, nested ones below theirs."""
    schema = payload.model_json_schema(by_alias=True)
    return list(_fields(schema, schema.get("$defs", {}), ""))


def sample(payload: type[BaseModel]) -> dict[str, Any]:
    """Returns a payload that the command accepts, always the same."""
    schema = payload.model_json_schema(by_alias=True)
    found: dict[str, Any] = _sample("", schema, schema.get("$defs", {}))
    return found


def _fields(schema: Schema, definitions: Schema, prefix: str) -> Iterator[PayloadField]:
    required = set(schema.get("required", ()))
    for name, given in schema.get("properties", {}).items():
        core, nullable = _resolve(given, definitions)
        path = f"{prefix}{name}"
        edited = _is_change(core)
        if edited:
            core, nullable = _resolve(core["properties"]["to"], definitions)
        default = given.get("default", _MISSING)
        yield PayloadField(
            path=path,
            kind=_kind(core, definitions) + (" or null" if nullable else ""),
            required=name in required,
            limits=_limits(core),
            default="" if default in (_MISSING, None) else _as_json(default),
            description=given.get("description") or core.get("description") or "",
            edited=edited,
        )
        inner = core.get("items", core) if core.get("type") == "array" else core
        if "properties" in inner:
            yield from _fields(inner, definitions, f"{path}.")


def _resolve(schema: Schema, definitions: Schema) -> tuple[Schema, bool]:
    """The schema behind references, and whether null is allowed beside it."""
    nullable = False
    while True:
        if "$ref" in schema:
            schema = definitions[schema["$ref"].rpartition("/")[2]]
        elif "anyOf" in schema:
            options = [option for option in schema["anyOf"] if option.get("type") != "null"]
            nullable = nullable or len(options) < len(schema["anyOf"])
            texts = [option for option in options if option.get("type") == "string"]
            if len(options) > 1 and texts:  # a decimal: a number is taken too, the text is what is meant
                return {**texts[0], "decimal": True}, nullable
            schema = options[0]
        else:
            return schema, nullable


def _is_change(schema: Schema) -> bool:
    return set(schema.get("properties", ())) == {"from", "to"}


def _kind(schema: Schema, definitions: Schema) -> str:
    if schema.get("decimal"):
        return "decimal string"
    if schema.get("type") == "array":
        items, _ = _resolve(schema["items"], definitions)
        return f"array of {_kind(items, definitions)}"
    if schema.get("type") == "string":
        formats = {"uuid": "UUID", "date-time": "instant", "date": "day"}
        return formats.get(schema.get("format", ""), "text")
    return {"object": "object", "integer": "integer", "number": "number", "boolean": "boolean"}[schema["type"]]


def _limits(schema: Schema) -> str:
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


def _as_json(value: Any) -> str:
    return f"`{json.dumps(value, ensure_ascii=False)}`"


def _sample(name: str, given: Schema, definitions: Schema) -> Any:
    schema, _ = _resolve(given, definitions)
    if _is_change(schema):
        wanted, _ = _resolve(schema["properties"]["to"], definitions)
        return {"from": _earlier(name, wanted, definitions), "to": _sample(name, wanted, definitions)}
    if schema.get("type") == "object":
        members = schema.get("properties", {})
        shown = list(members)[:1] if all(_is_change(_resolve(m, definitions)[0]) for m in members.values()) else members
        return {member: _sample(member, members[member], definitions) for member in shown}
    if name in _SAMPLES and ("enum" not in schema or _SAMPLES[name] in schema["enum"]):
        return _SAMPLES[name]
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "array":
        return [_sample(name.removesuffix("s"), schema["items"], definitions)]
    if schema.get("format") == "uuid":
        return _id(name)
    by_format = {"date-time": "2026-11-23T09:30:00.000+08:00", "date": "2026-11-23"}
    by_type: dict[str, Any] = {"integer": 1, "number": 1.5, "boolean": False, "string": "text"}
    return by_format.get(schema.get("format", ""), by_type.get(schema["type"]))


def _earlier(name: str, schema: Schema, definitions: Schema) -> Any:
    """The value that an edit was based on."""
    if (
        schema.get("type") == "string"
        and not schema.get("minLength")
        and "enum" not in schema
        and not schema.get("format")
    ):
        return ""
    return None if schema.get("type") == "object" else _sample(name, schema, definitions)


def _id(name: str) -> str:
    """An id that looks like those of version 7 and is always the same for one name."""
    digits = uuid.uuid5(uuid.NAMESPACE_OID, name).hex
    return f"0193a8f2-7c31-7{digits[:3]}-8{digits[3:6]}-{digits[6:18]}"
