"""The registry of commands: every write of the product, by its name on the wire."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.feeds import ALL_ROLES
from core.payloads import Payload

if TYPE_CHECKING:
    from core.actor import Actor
    from core.batches import Batch

Handler = Callable[["Actor", "Batch[Any]"], None]
Converter = Callable[[dict[str, Any]], dict[str, Any]]
COMMANDS: dict[str, "CommandSpec"] = {}


@dataclass(frozen=True)
class CommandSpec:
    """One command.

    schema: the current version of its payload; `converters[n]` turns a payload of version n into version n + 1.
    creates: the payload member with the id of the row that the command makes. roles: who may send it at all; the
    handler's policies decide the rest.
    """

    name: str
    payload: type[Payload]
    handler: Handler
    schema: int = 1
    creates: str | None = None
    roles: frozenset[str] = ALL_ROLES
    converters: dict[int, Converter] = field(default_factory=dict)

    def upgrade(self, payload: dict[str, Any], schema: int) -> dict[str, Any]:
        """`payload` of version `schema` in the form of the current version."""
        for version in range(schema, self.schema):
            payload = self.converters[version](payload)
        return payload


def command(
    name: str,
    *,
    payload: type[Payload],
    schema: int = 1,
    creates: str | None = None,
    roles: frozenset[str] | set[str] = ALL_ROLES,
    converters: dict[int, Converter] | None = None,
) -> Callable[[Handler], Handler]:
    """Register the decorated function as the handler of `name`."""

    def register(handler: Handler) -> Handler:
        if name in COMMANDS:
            raise ValueError(f"command {name} is declared twice")
        missing = set(range(1, schema)) - set(converters or {})
        if missing:
            raise ValueError(f"command {name} has no converter from schema {sorted(missing)}")
        COMMANDS[name] = CommandSpec(name, payload, handler, schema, creates, frozenset(roles), converters or {})
        return handler

    return register
