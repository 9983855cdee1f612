"""Passwords: argon2id, and the way a new password reaches its command.

A command is stored with its payload for good, so no payload ever holds a password, not even a hash of one. Whoever
runs a command that sets a password hands the hash over beside it, for as long as the command runs.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from django.conf import settings

from accounts.errors import PasswordMissing, PasswordTooWeak

LEAST_LENGTH = 8
LONGEST = 256


@dataclass(frozen=True, slots=True)
class NewPassword:
    """The hash to store. replaces: the hash that the current password was checked against, where one was asked for."""

    encoded: str
    replaces: str | None = None


_handed_over: ContextVar[Mapping[UUID, NewPassword]] = ContextVar("new_passwords")


@contextmanager
def hand_over(passwords: Mapping[UUID, NewPassword]) -> Iterator[None]:
    """Let the commands with these ids find their new passwords while the block runs."""
    mark = _handed_over.set(passwords)
    try:
        yield
    finally:
        _handed_over.reset(mark)


def handed_over(command_id: UUID) -> NewPassword:
    """The new password for a command. Raises PasswordMissing: the command came through a door that has none."""
    password = find_handed_over(command_id)
    if password is None:
        raise PasswordMissing
    return password


def find_handed_over(command_id: UUID) -> NewPassword | None:
    """The new password for a command, or None."""
    return _handed_over.get({}).get(command_id)


def require_strong(password: str, username: str) -> None:
    """Raises PasswordTooWeak for a password that is short or the user name."""
    if len(password) < LEAST_LENGTH or password.casefold() == username.casefold():
        raise PasswordTooWeak("password", least=LEAST_LENGTH)


def encode(password: str) -> str:
    """The argon2id hash to store, with its parameters and salt."""
    return _hasher().hash(password)


def verify(password: str, encoded: str) -> bool:
    """Whether `password` belongs to the hash. An empty hash costs as much time as a real one and never fits."""
    try:
        return _hasher().verify(encoded or _decoy(), password) and bool(encoded)
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(encoded: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher().check_needs_rehash(encoded)


@cache
def _hasher() -> PasswordHasher:
    time_cost, memory_kib, parallelism = settings.ARGON2
    return PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=parallelism)


@cache
def _decoy() -> str:
    return _hasher().hash("nobody's password")
