"""Where planted bugs register themselves: a rule, the scenarios that must notice, what is patched into the client."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

Plant = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Bug:
    """One mistake in an otherwise right client."""

    name: str
    rule: str
    scenarios: tuple[str, ...]
    plant: Plant


BUGS: list[Bug] = []


def bug(rule: str, *scenarios: str) -> Callable[[Plant], Plant]:
    """Register a function that patches a mistake into the client's classes; the rule must be found broken."""

    def register(plant: Plant) -> Plant:
        BUGS.append(Bug(plant.__name__, rule, scenarios, plant))
        return plant

    return register
