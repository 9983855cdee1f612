"""The parts of a page in two languages: headings, paragraphs, tiles, tables."""

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from string import Template

from simulation.fleet.words import Words

_TEMPLATE = Path(__file__).with_name("report.html")
Cell = str | Words


def whole_page(title: Words, parts: Iterable[str]) -> str:
    """The page with these parts, self-contained: it loads nothing."""
    text = Template(_TEMPLATE.read_text(encoding="utf-8"))
    return text.substitute(title=escape(f"{title.english} · {title.chinese}"), body="\n".join(parts))


def both(words: Cell) -> str:
    """A text in both languages, of which the page shows one; a plain text as it is."""
    if isinstance(words, str):
        return escape(words)
    return f'<span class="en">{escape(words.english)}</span><span class="zh">{escape(words.chinese)}</span>'


def heading(words: Words, level: int = 2) -> str:
    """A heading."""
    return f"<h{level}>{both(words)}</h{level}>"


def paragraph(words: Cell, look: str = "") -> str:
    """A paragraph."""
    return f'<p class="{look}">{both(words)}</p>'


def tiles(values: Iterable[tuple[str, Words]]) -> str:
    """Figures that are seen first, each with what it is."""
    drawn = (f'<div class="tile"><b>{escape(value)}</b>{both(words)}</div>' for value, words in values)
    return f'<div class="tiles">{"".join(drawn)}</div>'


def key(entries: Iterable[tuple[str, Words]]) -> str:
    """What the colours of a chart mean: class and words."""
    return f'<p class="key soft">{"".join(f"<i class={look!r}></i>{both(words)}" for look, words in entries)}</p>'


def table(heads: Sequence[Cell], rows: Iterable[Sequence[Cell]], numbers: Sequence[int] = ()) -> str:
    """A table. numbers: the columns that hold numbers. A cell that begins with ✓ or ✗ has its colour."""
    drawn = []
    for row in rows:
        cells = (f'<td class="{_look(cell, place in numbers)}">{both(cell)}</td>' for place, cell in enumerate(row))
        drawn.append(f"<tr>{''.join(cells)}</tr>")
    head = "".join(
        f'<th class="{"n" if place in numbers else ""}">{both(cell)}</th>' for place, cell in enumerate(heads)
    )
    return f'<div class="scroll"><table><tr>{head}</tr>{"".join(drawn)}</table></div>'


def _look(cell: Cell, is_number: bool) -> str:
    text = cell if isinstance(cell, str) else cell.english
    colour = {"✓": " good", "✗": " bad"}.get(text[:1], "")
    return ("n" if is_number else "") + colour
