"""What was found wrong, by rule. The scripted server and the play write here from their own threads."""

import threading
from dataclasses import dataclass


@dataclass(frozen=True)
class Failure:
    """One broken rule. expected and got are for people; step counts from 1, 0 stands for the preparation."""

    rule: str
    scenario: str
    step: int
    expected: str
    got: str


class Findings:
    """The failures of one play of a scenario."""

    def __init__(self, scenario: str) -> None:
        self._lock = threading.Lock()
        self._scenario = scenario
        self._failures: list[Failure] = []
        self.step = 0
        """The step that is being played."""

    def note(self, rule: str, expected: str, got: str) -> None:
        """A rule was broken in the present step. The same finding is noted once."""
        failure = Failure(rule, self._scenario, self.step, expected, got)
        with self._lock:
            if failure not in self._failures:
                self._failures.append(failure)

    def all(self) -> list[Failure]:
        """The failures so far."""
        with self._lock:
            return list(self._failures)


BUILT_IN = frozenset(
    {"REC-2", "REC-3", "REC-4", "OUT-1", "OUT-2", "OUT-3", "ANS-8", "ANS-9", "CLK-1", "CLK-2", "CLK-3", "DIG-2"}
    | {"DIG-3", "NET-1", "NET-4", "NET-5", "SES-1", "SES-2", "SES-3", "SES-5", "SES-6"}
)
"""Rules that are checked at every request, whatever the scenario is about."""
