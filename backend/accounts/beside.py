"""What goes beside a command: secrets that its handler needs and no record may hold, not even as a hash.

A command is stored with its payload for good. Whoever runs one that sets a secret hands it over here, by the command's
id, for as long as the command runs. See docs/decisions/0011-passwords-beside-commands.md.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar
from uuid import UUID

T = TypeVar("T")
_handed_over: ContextVar[Mapping[UUID, object]] = ContextVar("beside_commands")


@contextmanager
def hand_over(things: Mapping[UUID, object]) -> Iterator[None]:
    """Let the commands with these ids find what goes beside them while the block runs."""
    mark = _handed_over.set(things)
    try:
        yield
    finally:
        _handed_over.reset(mark)


def handed_over(command_id: UUID, kind: type[T]) -> T | None:
    """What goes beside a command, of this kind; None where the command came through a door that has none."""
    thing = _handed_over.get({}).get(command_id)
    return thing if isinstance(thing, kind) else None
