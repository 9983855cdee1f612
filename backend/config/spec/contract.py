"""The contract with clients as data: what commands, kinds, messages and errors are made of, without their words.

The form in which a level was released is kept in `released.json`; from its difference to the present follows what has
to be said in the changelog, and what must not be done to clients that are in people's hands.
"""

import hashlib
import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import config.api  # noqa: F401  (declares errors of its own)
from config.spec.command_schemas import command_schemas
from config.spec.json_schemas import Json
from config.spec.kind_schemas import kind_schemas
from config.spec.message_schemas import message_schemas
from core.errors import CATALOGUE

FOLDER = Path(__file__).resolve().parents[3] / "mobile-client-spec"
Contract = dict[str, Json]
"""By place, such as `commands/visits.check_in.1`, `kinds/customer`, `errors/visits.not_found`."""
_WORDS = {
    "$schema",
    "$id",
    "title",
    "description",
    "examples",
    "x-refusals",
    "x-at",
    "x-command",
    "x-schema",
    "x-since",
}


@dataclass(frozen=True)
class Released:
    """A level as it was released. since: of what came after level 1, the level with which it came."""

    level: int
    contract: Contract
    since: dict[str, int] = field(default_factory=dict)

    def as_text(self) -> str:
        """The text of `released.json`: one line for each place."""
        lines = [f"  {json.dumps(place)}: {_compact(value)}" for place, value in sorted(self.contract.items())]
        return (
            f'{{\n "level": {self.level},\n "fingerprint": "{fingerprint(self.contract)}",\n'
            f' "since": {json.dumps(self.since, sort_keys=True)},\n "contract": {{\n' + ",\n".join(lines) + "\n }\n}\n"
        )


def released(folder: Path = FOLDER) -> Released:
    """Returns the newest level that was released."""
    content = json.loads((folder / "released.json").read_text())
    return Released(content["level"], content["contract"], content["since"])


@cache
def present_contract() -> Contract:
    """Returns the contract as the code has it now."""
    places = {f"commands/{name}": schema for name, schema in command_schemas().items()}
    places |= {f"kinds/{name}": schema for name, schema in kind_schemas().items()}
    places |= {f"messages/{name}": schema for name, schema in message_schemas().items()}
    contract = {place: bare(schema) for place, schema in places.items()}
    for code, kind in CATALOGUE.items():
        contract[f"errors/{code}"] = {"status": kind.status, "then": kind.advice().value}
    return contract


def bare(schema: Json) -> Json:
    """Returns a schema without its words: what is left binds both sides."""
    return {key: _bare_member(key, value) for key, value in schema.items() if key not in _WORDS}


def fingerprint(contract: Contract) -> str:
    """Returns 16 hex digits that tell this contract from every other."""
    return hashlib.sha256(_compact(contract).encode()).hexdigest()[:16]


def _bare_member(key: str, value: Any) -> Any:
    if key in ("properties", "$defs"):
        return {name: bare(schema) for name, schema in value.items()}
    return bare(value) if isinstance(value, dict) and key != "default" else value


def _compact(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
