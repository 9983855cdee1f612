"""The registry of commands: every write of the product, by its name on the wire."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.feeds import ALL_ROLES
from core.payloads import EarlierPayload, Payload

if TYPE_CHECKING:
    from core.actor import Actor
    from core.batches import Batch

Handler = Callable[["Actor", "Batch[Any]"], None]
Consequence = Callable[["Actor", list[Any]], None]
COMMANDS: dict[str, "CommandSpec"] = {}
CONSEQUENCES: dict[str, list[Consequence]] = {}
TOLD: set[str] = set()
"""Apps whose commands are found again by what they changed: people are told what was done to a row."""


@dataclass(frozen=True)
class CommandSpec:
    """One command.

    earlier: the shapes that its payload had in schemas 1, 2, …; the present one, `payload`, is the schema after them.
    creates: the payload member with the id of the row that the command makes. roles: who may send it at all; the
    handler's policies decide the rest.
    """

    name: str
    payload: type[Payload]
    handler: Handler
    creates: str | None = None
    roles: frozenset[str] = ALL_ROLES
    earlier: tuple[type[EarlierPayload], ...] = ()

    @property
    def schema(self) -> int:
        """The number of the present schema, which apps send with the payload."""
        return len(self.earlier) + 1

    @property
    def shapes(self) -> dict[int, type[Payload]]:
        """Every published schema number with its shape."""
        return dict(enumerate((*self.earlier, self.payload), start=1))

    def understand(self, payload: dict[str, Any], schema: int) -> Payload:
        """`payload`, written in `schema`, in the present form.

        It has to fit what was published under that number, so that an old app is told of the members that it sent.
        Raises pydantic.ValidationError; whatever else a conversion raises is a fault of ours.
        """
        for shape in self.earlier[schema - 1 :]:
            payload = shape.model_validate(payload).upgraded()
        return self.payload.model_validate(payload)


def command(
    name: str,
    *,
    payload: type[Payload],
    creates: str | None = None,
    roles: frozenset[str] | set[str] = ALL_ROLES,
    earlier: tuple[type[EarlierPayload], ...] = (),
) -> Callable[[Handler], Handler]:
    """Register the decorated function as the handler of `name`."""

    def register(handler: Handler) -> Handler:
        if name in COMMANDS:
            raise ValueError(f"command {name} is declared twice")
        COMMANDS[name] = CommandSpec(name, payload, handler, creates, frozenset(roles), earlier)
        return handler

    return register


def after(*names: str) -> Callable[[Consequence], Consequence]:
    """Have the decorated function called with the actor and the payloads of a set of these commands once it is written.

    How an app that stands above another hears of its changes: in the same transaction, so that what it defers or writes
    is there if and only if the change is. It must not refuse.
    """

    def register(consequence: Consequence) -> Consequence:
        for name in names:
            CONSEQUENCES.setdefault(name, []).append(consequence)
        return consequence

    return register
