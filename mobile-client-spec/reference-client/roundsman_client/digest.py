"""The digest of a scope: how many rows it has and the sum of their tags modulo 2^64.

Addition makes it incremental: a row that comes adds its tag, a row that goes takes it away. The server makes the tags,
so a phone needs no hash function. Sums are unsigned 64-bit numbers, written as 16 hex digits.
"""

from dataclasses import dataclass

_MODULUS = 1 << 64


@dataclass(frozen=True, slots=True)
class Digest:
    """rows: number of live rows. total: sum of their tags modulo 2^64, 16 lower-case hex digits."""

    rows: int = 0
    total: str = "0" * 16

    def plus(self, tag: str) -> "Digest":
        """The digest after a row with `tag` has come."""
        return Digest(self.rows + 1, _hex(int(self.total, 16) + int(tag, 16)))

    def minus(self, tag: str) -> "Digest":
        """The digest after a row with `tag` has gone."""
        return Digest(self.rows - 1, _hex(int(self.total, 16) - int(tag, 16)))


EMPTY = Digest()


def _hex(value: int) -> str:
    return f"{value % _MODULUS:016x}"
