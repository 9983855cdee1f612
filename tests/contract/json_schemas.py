"""The published JSON Schemas, as a phone team's own tests would use them."""

import json
from functools import cache
from typing import Any

import jsonschema_rs

from config.spec.documents import FOLDER


@cache
def validator(path: str) -> jsonschema_rs.Draft202012Validator:
    """The validator of one file below `schemas/`, such as `kinds/customer`."""
    schema = json.loads((FOLDER / "schemas" / f"{path}.json").read_text())
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def faults(path: str, value: Any) -> list[str]:
    """What is wrong with `value` by the schema, in words with the path."""
    found = validator(path).iter_errors(value)
    return [f"{'/'.join(map(str, fault.instance_path))}: {fault.message}" for fault in found]
