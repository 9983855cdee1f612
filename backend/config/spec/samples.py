"""An example of whatever a schema describes: always the same, and such as people would write."""

import uuid
from typing import Any

from config.spec.json_schemas import Json, is_change, is_null, without_null

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
    "next_steps": [{"text": "Send the quotation", "due_date": "2026-12-01"}],
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
_BY_FORMAT = {"date-time": "2026-11-23T09:30:00.000+08:00", "date": "2026-11-23", "decimal": "1"}
_BY_TYPE: dict[str, Any] = {"integer": 1, "number": 1.5, "boolean": False, "string": "text"}


def sample(schema: Json) -> dict[str, Any]:
    """Returns a payload that fits the schema."""
    found: dict[str, Any] = _sample("", schema, schema.get("$defs", {}))
    return found


def sample_id(name: str) -> str:
    """Returns an id that looks like those of version 7 and is always the same for one name."""
    digits = uuid.uuid5(uuid.NAMESPACE_OID, name).hex
    return f"0193a8f2-7c31-7{digits[:3]}-8{digits[3:6]}-{digits[6:18]}"


def _sample(name: str, given: Json, definitions: Json) -> Any:
    schema = _resolve(given, definitions)
    if is_change(schema):
        wanted = schema["properties"]["to"]
        return {"from": _earlier(name, wanted, definitions), "to": _sample(name, wanted, definitions)}
    if schema.get("type") == "object":
        members = schema.get("properties", {})
        shown = list(members)[:1] if all(is_change(member) for member in members.values()) else members
        return {member: _sample(member, members[member], definitions) for member in shown}
    if "examples" in schema:
        return schema["examples"][0]
    if name in _SAMPLES and ("enum" not in schema or _SAMPLES[name] in schema["enum"]):
        return _SAMPLES[name]
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "array":
        return [_sample(name.removesuffix("s"), schema["items"], definitions)]
    if schema.get("format") == "uuid":
        return sample_id(name)
    if "pattern" in schema and schema.get("format") != "decimal":
        raise ValueError(f"{name} has a pattern: give its field an example, `Field(examples=[…])`")
    value = _BY_FORMAT.get(schema.get("format", ""), _BY_TYPE.get(schema.get("type", "")))
    return max(value, schema.get("minimum", value)) if isinstance(value, int | float) else value


def _resolve(schema: Json, definitions: Json) -> Json:
    """The schema of the values other than null, behind references."""
    schema = without_null(schema)
    return definitions[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def _earlier(name: str, schema: Json, definitions: Json) -> Any:
    """The value that an edit was based on."""
    core = _resolve(schema, definitions)
    free = core.get("type") == "string" and not core.keys() & {"minLength", "enum", "format"}
    if free and not is_null(schema):
        return ""
    return None if is_null(schema) else _sample(name, schema, definitions)
