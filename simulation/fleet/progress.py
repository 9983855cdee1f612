"""What a person sees while the fleet is on its way: how things stand, and a line for each step when it is done."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

_LINE = 96
_PRINTED_EVERY_S = 15.0


class Step:
    """A step under way. note: what its line says in the end beside its name."""

    def __init__(self, console: Console, live: Live | None, label: str) -> None:
        self._console = console
        self._live = live
        self._label = label
        self._begun = self._printed = time.monotonic()
        self.note = ""

    def tell(self, text: str) -> None:
        """How things stand: all the time on a terminal, a line now and then elsewhere."""
        present = time.monotonic()
        if self._live is not None:
            words = f"{self._label}  {text}  {present - self._begun:.0f} s"
            self._live.update(Spinner("dots", Text(words)))
        elif present - self._printed >= _PRINTED_EVERY_S:
            self._printed = present
            self._console.print(f"  … {text}", markup=False, highlight=False, soft_wrap=True)


class Progress:
    """Prints for people, in both languages."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.seconds: dict[str, float] = {}
        """How long each step took, by its English name."""

    @contextmanager
    def step(self, english: str, chinese: str) -> Iterator[Step]:
        """One line when the step is done, with its time."""
        label = f"{english} / {chinese}"
        begun = time.monotonic()
        if self._console.is_terminal:
            with Live(
                Spinner("dots", Text(label)), console=self._console, transient=True, refresh_per_second=8
            ) as live:
                step = Step(self._console, live, label)
                yield step
        else:
            step = Step(self._console, None, label)
            yield step
        self.seconds[english] = time.monotonic() - begun
        done = f"✓ {label}" + (f": {step.note}" if step.note else "")
        gap = max(1, _LINE - Text(done).cell_len)
        self.line(f"{done}{' ' * gap}{self.seconds[english]:6.1f} s")

    def line(self, text: str = "") -> None:
        """One line as it is, however long."""
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)
