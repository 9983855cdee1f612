"""A chart as its page hands it to the browser; `parts/chart.ts` draws it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from core.writing import to_json

Tone = Literal["good", "warn", "bad", "wait", "plain"]


@dataclass(frozen=True, slots=True)
class Series:
    """One measure at every place of a chart. Bars of the same unit stand on each other. tone: of chips.

    unit: `%` has an axis of its own, from 0 to 100; nothing: counts.
    """

    name: str
    tone: Tone
    values: Sequence[float | None]
    shape: Literal["bar", "line"] = "bar"
    unit: Literal["", "%"] = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """labels: of its places. links: where each of them leads; none: nowhere. lies: its bars lie below each other."""

    labels: Sequence[str]
    series: Sequence[Series]
    links: Sequence[str] = ()
    lies: bool = False

    def as_json(self) -> str:
        """For the attribute of its frame."""
        return to_json(asdict(self))
