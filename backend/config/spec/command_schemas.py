"""JSON Schemas of the payloads of commands, one for each number that was ever published."""

import inspect
import re

from config.spec.json_schemas import Json, head, of_payload
from config.spec.samples import sample
from core.errors import CATALOGUE
from core.registry import COMMANDS, CommandSpec

_CODE = re.compile(r"\b[a-z]+\.[a-z]+(?:_[a-z]+)*\b")


def command_schema(spec: CommandSpec, number: int | None = None) -> Json:
    """Returns the schema of a command's payload in its present form, or in that of an earlier number."""
    number = number or spec.schema
    body = of_payload(spec.shapes[number])
    definitions = body.pop("$defs", None)
    schema = {
        **head("command", f"{spec.name}:{number}", title_of(spec.name)),
        "description": f"{summary(spec)} {body.pop('description', '')}".strip(),
        "x-command": spec.name,
        "x-schema": number,
        "x-roles": sorted(spec.roles),
        **({"x-creates": spec.creates} if spec.creates else {}),
        "x-refusals": refusals(spec),
        **body,
        **({"$defs": definitions} if definitions else {}),
    }
    return schema | {"examples": [sample(schema)]}


def command_schemas() -> dict[str, Json]:
    """Returns the schemas of every number of every command, by name and number: `visits.check_in.1`."""
    return {
        f"{name}.{number}": command_schema(COMMANDS[name], number)
        for name in sorted(COMMANDS)
        for number in COMMANDS[name].shapes
    }


def title_of(name: str) -> str:
    """Returns the name of a command as classes are named: `VisitsCheckIn`."""
    return "".join(word.capitalize() for word in re.split(r"[._]", name))


def summary(spec: CommandSpec) -> str:
    """Returns what the handler's description says before its refusals."""
    return " ".join(re.split(r"\s*(?:\n\s*\n)?\b(?:Refuses|Parks)\b", _prose(spec), maxsplit=1)[0].split())


def refusals(spec: CommandSpec) -> list[str]:
    """Returns the codes that the handler's description names, in its order."""
    return [code for code in dict.fromkeys(_CODE.findall(_prose(spec))) if code in CATALOGUE]


def unknown_codes(spec: CommandSpec) -> list[str]:
    """Returns what looks like a code in the handler's description and is none."""
    return [code for code in _CODE.findall(_prose(spec)) if code not in CATALOGUE and code not in COMMANDS]


def _prose(spec: CommandSpec) -> str:
    return inspect.getdoc(spec.handler) or ""
