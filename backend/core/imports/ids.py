"""Ids that follow from an import and a row, so that a repeated run makes nothing twice."""

import hashlib
from uuid import UUID, uuid5

MOST_STEPS = 4
"""No row becomes more commands."""


def command_id(import_id: UUID, row: int, ordinal: int, shared: str | None = None) -> UUID:
    """The id of the command number `ordinal` (from 0) that a row becomes, or of one that several rows share."""
    return uuid5(import_id, f"shared {shared}" if shared else f"command {row}.{ordinal}")


def undo_command_id(import_id: UUID, row: int, ordinal: int) -> UUID:
    """The id of the command that undoes number `ordinal` of a row."""
    return uuid5(import_id, f"undo {row}.{ordinal}")


def row_id(import_id: UUID, row: int, name: str = "") -> UUID:
    """The id of a record that a row makes: a UUID version 7 of the moment of the upload, in the order of the rows.

    name: tells several records of one row apart; with row 0, of an import. Of the 74 random bits, 20 hold the row's
    number and 54 come from a hash over import, row and name.
    """
    digest = hashlib.sha256(import_id.bytes + f"{row} {name}".encode()).digest()
    tail = (row & 0xF_FFFF) << 54 | int.from_bytes(digest[:8], "big") >> 10
    value = import_id.int >> 80 << 80 | 0x7 << 76 | tail >> 62 << 64 | 0b10 << 62 | tail & 0x3FFF_FFFF_FFFF_FFFF
    return UUID(int=value)
