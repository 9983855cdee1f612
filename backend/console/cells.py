"""What stands in one cell of a list, on the page and in an export."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from console.voice import Voice
from core.clock import to_wire

Cell = Any
"""None, a text, a number, a day, an instant, a `Link`, a `State`, or a tuple of these."""


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads somewhere."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class State:
    """A word of ours about the row. key: of its text. tone: good, warn, bad, wait or plain."""

    key: str
    tone: str = "plain"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list; its head is the text `<list>.column.<name>`.

    value: the row's cell, with what the list gathered for all rows of the page. sort: the column of the query that the
    list can be sorted by; it holds no nulls. exact: instants with day and time instead of how long ago. is_title: the
    cell that names the row; it carries the row's link, and heads the card on a phone.
    """

    name: str
    value: Callable[[Any, Any], Cell]
    sort: str | None = None
    exact: bool = False
    is_title: bool = False


def as_html(cell: Cell, voice: Voice, *, exact: bool = False) -> SafeString | str:
    """The cell on the page. Texts are escaped."""
    if cell is None or cell == "":
        return "–"
    if isinstance(cell, tuple):
        parts = [as_html(part, voice, exact=exact) for part in cell if part]
        return format_html(" ".join(["{}"] * len(parts)), *parts)
    if isinstance(cell, State):
        return format_html('<span class="chip {}">{}</span>', cell.tone, voice.say(cell.key))
    if isinstance(cell, Link):
        return format_html('<a class="quiet-link" href="{}">{}</a>', cell.href, cell.text)
    if isinstance(cell, datetime):
        shown, title = (voice.instant(cell), voice.ago(cell)) if exact else (voice.ago(cell), voice.instant(cell))
        return format_html('<time datetime="{}" title="{}">{}</time>', to_wire(cell), title, shown)
    return as_text(cell, voice)


def as_text(cell: Cell, voice: Voice) -> str:
    """The cell as plain text."""
    if cell is None:
        return ""
    if isinstance(cell, tuple):
        return " ".join(filter(None, (as_text(part, voice) for part in cell)))
    if isinstance(cell, State):
        return voice.say(cell.key)
    if isinstance(cell, Link):
        return cell.text
    if isinstance(cell, datetime):
        return voice.instant(cell)
    if isinstance(cell, date):
        return voice.day(cell)
    return voice.number(cell) if is_number(cell) else str(cell)


def is_number(cell: Cell) -> bool:
    """Whether the cell counts or measures."""
    return isinstance(cell, int | float) and not isinstance(cell, bool)
