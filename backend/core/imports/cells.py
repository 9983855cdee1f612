"""From the text in a cell to a value: the kinds of columns, and what they forgive."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.errors import DomainError
from core.imports.errors import ChoiceUnknown, IdInvalid, NumberInvalid, NumberOutOfRange, ValueTooLong, YesNoInvalid

Resolver = Callable[[Actor, set[str]], Mapping[str, UUID | DomainError]]
"""Finds what texts refer to, with a fixed number of queries: an id, or the error that says why not. What it leaves
out is unknown."""

NOTHING = frozenset({"", "NULL", "null", "(null)", "\\N", "#N/A"})
"""Cells that say nothing: they keep what there is."""

_YES = frozenset({"yes", "y", "true", "t", "1", "on", "是", "对", "真", "有", "√", "✓"})
_NO = frozenset({"no", "n", "false", "f", "0", "off", "否", "不", "错", "假", "无", "×", "✗"})
_CURRENCY_SIGNS = str.maketrans("", "", "$€£¥￥ \u00a0\u202f'")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_EUROPEAN = re.compile(r"[+-]?\d{1,3}(\.\d{3})+,\d+")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_DIGITS_AT_MOST = 30


@dataclass(frozen=True)
class Kind:
    """What a column holds.

    name: for people and programs that ask for the columns. parse: the value of a cell that says something; raises
    a typed error. choices: the values that a choice has. resolve: finds what the texts of a reference refer to.
    """

    name: str
    parse: Callable[[str], Any]
    choices: tuple[str, ...] = ()
    resolve: Resolver | None = None


def text(limit: int) -> Kind:
    """Text of at most `limit` characters."""

    def parse(cell: str) -> str:
        if len(cell) > limit:
            raise ValueTooLong(limit=limit)
        return cell

    return Kind("text", parse)


def choice(choices: Mapping[str, Iterable[str]]) -> Kind:
    """One of some values, each with the other words by which people name it."""
    words = {fold(word): value for value, others in choices.items() for word in (value, *others)}

    def parse(cell: str) -> str:
        if fold(cell) not in words:
            raise ChoiceUnknown(value=shorten(cell), choices=", ".join(choices))
        return words[fold(cell)]

    return Kind("choice", parse, choices=tuple(choices))


def reference(resolve: Resolver) -> Kind:
    """Another record, by its id, code, external id or name."""
    return Kind("reference", lambda cell: cell, resolve=resolve)


def to_decimal(cell: str) -> Decimal:
    """A number as people write it: `1,234.50`, `1.234,50`, `0,5`, `￥18`, `１２`. A lone comma before three digits
    parts thousands."""
    plain = unicodedata.normalize("NFKC", cell).translate(_CURRENCY_SIGNS)
    if _THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    elif _EUROPEAN.fullmatch(plain):
        plain = plain.replace(".", "").replace(",", ".")
    elif _DECIMAL_COMMA.fullmatch(plain):
        plain = plain.replace(",", ".")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        raise NumberInvalid(value=shorten(cell)) from None
    if not number.is_finite():
        raise NumberInvalid(value=shorten(cell))
    if len(number.as_tuple().digits) > _DIGITS_AT_MOST or abs(number.adjusted()) > _DIGITS_AT_MOST:
        raise NumberOutOfRange(value=shorten(cell))
    return number


def _to_id(cell: str) -> UUID:
    try:
        return UUID(cell)
    except ValueError:
        raise IdInvalid(value=shorten(cell)) from None


def _to_flag(cell: str) -> bool:
    word = fold(cell)
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise YesNoInvalid(value=shorten(cell))


DECIMAL = Kind("decimal", to_decimal)
NUMBER = Kind("number", lambda cell: float(to_decimal(cell)))
FLAG = Kind("yes_no", _to_flag)
ID = Kind("id", _to_id)


def fold(word: str) -> str:
    """The form in which words of people are compared: width, case and blanks around do not matter."""
    return unicodedata.normalize("NFKC", word).strip().casefold()


def shorten(cell: str, most: int = 60) -> str:
    """The cell for a message."""
    return cell if len(cell) <= most else cell[: most - 1] + "…"
