"""The folder `schemas/`: a JSON Schema for each number of each command, each kind and each message."""

import json

from config.spec.json_schemas import Json
from config.spec.levels import Published


def schema_files(present: Published) -> dict[str, str]:
    """Returns the text of each file, by its path in the specification."""
    folders = {"commands": present.commands, "kinds": present.kinds, "messages": present.messages}
    return {
        f"schemas/{folder}/{name}.json": as_text(schema)
        for folder, schemas in folders.items()
        for name, schema in schemas.items()
    }


def as_text(schema: Json) -> str:
    """Returns a schema as it belongs in its file: in its own order."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"
