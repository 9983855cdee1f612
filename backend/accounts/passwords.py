"""Passwords: argon2id, and what goes beside a command that sets one (`accounts.beside`)."""

from dataclasses import dataclass
from functools import cache
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from django.conf import settings

from accounts import beside
from accounts.errors import PasswordMissing, PasswordTooWeak

LEAST_LENGTH = 8
LONGEST = 256


@dataclass(frozen=True, slots=True)
class NewPassword:
    """The hash to store. replaces: the hash that the current password was checked against, where one was asked for."""

    encoded: str
    replaces: str | None = None


def handed_over(command_id: UUID) -> NewPassword:
    """The new password for a command. Raises PasswordMissing: the command came through a door that has none."""
    password = find_handed_over(command_id)
    if password is None:
        raise PasswordMissing
    return password


def find_handed_over(command_id: UUID) -> NewPassword | None:
    """The new password for a command, or None."""
    return beside.handed_over(command_id, NewPassword)


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
