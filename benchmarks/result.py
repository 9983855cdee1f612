"""One row of the table that a run prints."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """One row: what was measured, the figure with its unit, what it must reach, and the floor of the same run."""

    work: str
    figure: str
    must: str
    reached: bool
    floor: str = ""
