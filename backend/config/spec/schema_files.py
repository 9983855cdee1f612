"""The folder `schemas/`: a JSON Schema for each number of each command, each kind and each message.

The schema of an earlier number is not made again: its file stays as it was when that number was the present one.
"""

import json
from pathlib import Path

from config.spec.command_schemas import command_schemas
from config.spec.json_schemas import Json
from config.spec.kind_schemas import kind_schemas
from config.spec.message_schemas import message_schemas
from core.registry import COMMANDS


class SchemaMissing(Exception):
    """The schema of an earlier number of a command is not in the folder."""


def schema_files(folder: Path) -> dict[str, str]:
    """Returns the text of each file, by its path below `folder`. Raises SchemaMissing."""
    commands = {f"{name}.{schema['x-schema']}": schema for name, schema in command_schemas().items()}
    files = {
        **{f"schemas/commands/{name}.json": as_text(schema) for name, schema in commands.items()},
        **{f"schemas/kinds/{name}.json": as_text(schema) for name, schema in kind_schemas().items()},
        **{f"schemas/messages/{name}.json": as_text(schema) for name, schema in message_schemas().items()},
    }
    for name in earlier_files():
        if not (folder / name).exists():
            raise SchemaMissing(
                f"{name} is missing. Raise the number of a command only after `make spec` has written the schema of its"
                " present number, and keep that file."
            )
        files[name] = (folder / name).read_text()
    return dict(sorted(files.items()))


def earlier_files() -> list[str]:
    """Returns the paths of the schemas of numbers that older apps still send."""
    return [
        f"schemas/commands/{name}.{number}.json" for name, spec in COMMANDS.items() for number in range(1, spec.schema)
    ]


def as_text(schema: Json) -> str:
    """Returns a schema as it belongs in its file: in its own order."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"
