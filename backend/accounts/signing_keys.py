"""The Ed25519 keys that sign access tokens: files outside the database, `<kid>.pem`, readable by their owner only.

The last key by name signs; every key verifies until it is removed. Names begin with the time of their making, so a
new key is the last one. Other processes notice a change of the directory within `_LOOK_AGAIN_S`, and at once when a
token names a key that they do not know.
"""

import fcntl
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

_LOOK_AGAIN_S = 5.0
_UNKNOWN_LOOK_AGAIN_S = 0.5


class KeyRing:
    """The keys of one directory. Safe for threads."""

    def __init__(self, directory: Path, on_change: Callable[[], None] = lambda: None) -> None:
        self._directory = directory
        self._on_change = on_change
        self._lock = threading.Lock()
        self._private: dict[str, Ed25519PrivateKey] = {}
        self._public: dict[str, Ed25519PublicKey] = {}
        self._looked_at = float("-inf")

    def signing_key(self) -> tuple[str, Ed25519PrivateKey]:
        """The kid and the key to sign with. The first call of an installation makes the first key."""
        self._read()
        if not self._private:
            make_first_key(self._directory)
            self._read()
        kid = max(self._private)
        return kid, self._private[kid]

    def public_key(self, kid: str) -> Ed25519PublicKey | None:
        """The key that verifies tokens of `kid`, or None."""
        self.look(_LOOK_AGAIN_S if kid in self._public else _UNKNOWN_LOOK_AGAIN_S)
        return self._public.get(kid)

    def look(self, after_s: float = _LOOK_AGAIN_S) -> None:
        """Read the directory again if the last look is longer ago than `after_s` seconds."""
        if time.monotonic() - self._looked_at > after_s:
            self._read()

    def _read(self) -> None:
        with self._lock:
            names = {path.stem: path for path in self._directory.glob("*.pem")}
            changed = names.keys() != self._private.keys()
            if changed:
                found = {kid: self._private.get(kid) or _load(path) for kid, path in names.items()}
                self._private = {kid: key for kid, key in found.items() if key is not None}
                self._public = {kid: key.public_key() for kid, key in self._private.items()}
            # Last, so that no thread trusts a look that another has only begun: it would refuse a good token.
            self._looked_at = time.monotonic()
        if changed:
            self._on_change()


def make_key(directory: Path) -> str:
    """Write a new key, which signs from now on, and return its kid."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    kid = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
    text = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    draft = directory / f".{kid}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(directory / f"{kid}.pem")
    return kid


def make_first_key(directory: Path) -> None:
    """Write a key if there is none; of several processes at their first start one makes it."""
    with _alone(directory):
        if not any(directory.glob("*.pem")):
            make_key(directory)


def rotate(directory: Path, *, keep: timedelta) -> tuple[str, list[str]]:
    """Make a new signing key, and remove those that have signed nothing for longer than `keep`.

    Returns the new kid and the removed ones. A key's last signature is the moment at which its successor was made.
    """
    removed = []
    with _alone(directory):
        kid = make_key(directory)
        paths = sorted(directory.glob("*.pem"))
        for path, successor in pairwise(paths):
            if time.time() - successor.stat().st_mtime >= keep.total_seconds():
                path.unlink()
                removed.append(path.stem)
    return kid, removed


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (directory / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _load(path: Path) -> Ed25519PrivateKey | None:
    try:
        text = path.read_bytes()
    except FileNotFoundError:  # removed by a rotation since the directory was listed
        return None
    key = serialization.load_pem_private_key(text, password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{path.name} is not an Ed25519 key")
    return key


def directory() -> Path:
    """Where this installation keeps its keys."""
    return Path(settings.KEYS_DIR)
