"""Charts as inline SVG, from plain values: bars, stacked bars, lines. Words come in both languages, see `words.py`."""

import math
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from simulation.fleet.words import Words

_WIDTH = 860
_LABEL = 190
_ROW = 26
_AXIS = 34
_HEIGHT = 210
_LEFT = 64


class Bar(NamedTuple):
    """One bar. parts: its pieces from the left, each with its class; value: what stands at its end."""

    label: Words
    parts: Sequence[tuple[float, str]]
    value: str


class Line(NamedTuple):
    """One line of a line chart."""

    label: Words
    values: Sequence[float]
    look: str


def bars(rows: Sequence[Bar], title: Words) -> str:
    """Horizontal bars, the longest as wide as the chart."""
    most = max((sum(size for size, _ in row.parts) for row in rows), default=0) or 1
    room = _WIDTH - _LABEL - 150
    drawn = []
    for number, row in enumerate(rows):
        top = number * _ROW
        drawn.append(_text(row.label, _LABEL - 10, top + 17, "end"))
        left = float(_LABEL)
        for size, look in row.parts:
            width = room * size / most
            drawn.append(f'<rect class="{look}" x="{left:.1f}" y="{top + 4}" width="{width:.1f}" height="18" rx="2"/>')
            left += width
        drawn.append(f'<text x="{left + 6:.1f}" y="{top + 17}">{escape(row.value)}</text>')
    return _svg(drawn, len(rows) * _ROW + 4, title)


def latency_bars(rows: Sequence[tuple[Words, Sequence[float], str]], title: Words) -> str:
    """Bars over a logarithmic axis in milliseconds. Each row: its name, p50, p95 and p99, and words for them."""
    values = [value for _, points, _ in rows for value in points if value > 0]
    low, high = math.floor(math.log10(min(values, default=1))), math.ceil(math.log10(max(values, default=10)))
    high = max(high, low + 1)
    room = _WIDTH - _LABEL - 190

    def place(value: float) -> float:
        return _LABEL + room * (math.log10(max(value, 10**low)) - low) / (high - low)

    bottom = len(rows) * _ROW + 4
    drawn = []
    for power in range(low, high + 1):
        at = place(10**power)
        drawn.append(f'<line class="grid" x1="{at:.1f}" x2="{at:.1f}" y1="0" y2="{bottom}"/>')
        drawn.append(f'<text class="tick" x="{at:.1f}" y="{bottom + 16}" text-anchor="middle">{_ms(10**power)}</text>')
    for number, (label, points, words) in enumerate(rows):
        middle = number * _ROW + 13
        drawn.append(_text(label, _LABEL - 10, middle + 4, "end"))
        drawn.append(
            f'<line class="span" x1="{place(points[0]):.1f}" x2="{place(points[-1]):.1f}" y1="{middle}" y2="{middle}"/>'
        )
        for look, point in zip(("first", "second", "third"), points, strict=False):
            drawn.append(f'<circle class="{look}" cx="{place(point):.1f}" cy="{middle}" r="5"/>')
        drawn.append(f'<text x="{_LABEL + room + 12}" y="{middle + 4}">{escape(words)}</text>')
    return _svg(drawn, bottom + _AXIS - 10, title)


def lines(series: Sequence[Line], step: float, unit: Words, title: Words) -> str:
    """Lines over time; they share one axis. step: seconds between two values."""
    count = max((len(line.values) for line in series), default=0)
    most = _round_up(max((value for line in series for value in line.values), default=0))
    room_x, room_y = _WIDTH - _LEFT - 20, _HEIGHT - 20

    def x(number: float) -> float:
        return _LEFT + room_x * number / max(1, count - 1)

    def y(value: float) -> float:
        return 10 + room_y * (1 - value / most)

    drawn = []
    for share in (0, 0.25, 0.5, 0.75, 1):
        at = y(most * share)
        drawn.append(f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - 20}" y1="{at:.1f}" y2="{at:.1f}"/>')
        drawn.append(
            f'<text class="tick" x="{_LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{_number(most * share)}</text>'
        )
    for share in (0, 0.25, 0.5, 0.75, 1):
        at = x((count - 1) * share)
        seconds = step * (count - 1) * share
        drawn.append(f'<text class="tick" x="{at:.1f}" y="{_HEIGHT + 10}" text-anchor="middle">{seconds:,.0f} s</text>')
    for line in series:
        points = " ".join(f"{x(number):.1f},{y(value):.1f}" for number, value in enumerate(line.values))
        drawn.append(f'<polyline class="{line.look}" points="{points}"/>')
    left = float(_LEFT)
    for line in series:
        drawn.append(f'<rect class="{line.look}" x="{left}" y="{_HEIGHT + 22}" width="12" height="12" rx="2"/>')
        drawn.append(_text(line.label, left + 18, _HEIGHT + 32))
        left += 230
    drawn.append(_text(unit, _WIDTH - 20, _HEIGHT + 32, "end", "tick"))
    return _svg(drawn, _HEIGHT + 40, title)


def columns(values: Sequence[tuple[str, Sequence[tuple[float, str]]]], title: Words) -> str:
    """Columns side by side, in groups: each with the name below it and its values with their classes."""
    most = max((value for _, group in values for value, _ in group), default=0) or 1
    room_y = _HEIGHT - 20
    width = (_WIDTH - _LEFT - 20) / max(1, len(values))
    drawn = []
    for number, (name, group) in enumerate(values):
        left = _LEFT + number * width
        each = width * 0.8 / max(1, len(group))
        for place, (value, look) in enumerate(group):
            high = room_y * value / most
            at = left + width * 0.1 + place * each
            drawn.append(
                f'<rect class="{look}" x="{at:.1f}" y="{10 + room_y - high:.1f}" width="{max(1.0, each - 1):.1f}"'
                f' height="{high:.1f}"/>'
            )
        middle = left + width / 2
        drawn.append(
            f'<text class="tick" x="{middle:.1f}" y="{_HEIGHT + 10}" text-anchor="middle">{escape(name)}</text>'
        )
    drawn.append(f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - 20}" y1="{_HEIGHT - 10}" y2="{_HEIGHT - 10}"/>')
    drawn.append(f'<text class="tick" x="{_LEFT - 8}" y="16" text-anchor="end">{most:,.0f}</text>')
    return _svg(drawn, _HEIGHT + 18, title)


def _svg(drawn: Sequence[str], height: float, title: Words) -> str:
    label = escape(f"{title.english} / {title.chinese}", quote=True)
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height:.0f}" role="img" aria-label="{label}"'
        f' xmlns="http://www.w3.org/2000/svg">{"".join(drawn)}</svg>'
    )


def _text(words: Words, x: float, y: float, anchor: str = "start", look: str = "") -> str:
    return "".join(
        f'<text class="{language} {look}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
        for language, text in (("en", words.english), ("zh", words.chinese))
    )


def _round_up(value: float) -> float:
    """The next value that reads well on an axis."""
    if value <= 0:
        return 1.0
    power = 10 ** math.floor(math.log10(value))
    return float(next(step * power for step in (1, 2, 2.5, 4, 5, 8, 10) if step * power >= value))


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.3g}"


def _ms(value: float) -> str:
    return f"{value / 1000:g} s" if value >= 1000 else f"{value:g} ms"
