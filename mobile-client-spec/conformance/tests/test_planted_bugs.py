"""Clients with one planted bug each: every one is caught, and by the rule that it breaks."""

import bugs_in_answers
import bugs_in_sending
import bugs_in_session
import bugs_in_showing
import pytest
from in_process import SPEC, play
from planted import BUGS, Bug

from roundsman_client.client import Client
from roundsman_conformance.rules import read_rules

RULES = read_rules(SPEC / "protocol.md")
FAMILIES = (bugs_in_answers, bugs_in_sending, bugs_in_session, bugs_in_showing)  # importing them registers their bugs


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_the_bug_is_caught_by_the_right_rule(bug: Bug, monkeypatch: pytest.MonkeyPatch):
    bug.plant(monkeypatch)
    outcomes = play(Client, *bug.scenarios)
    failures = [failure for outcome in outcomes.values() for failure in outcome.failures]
    assert bug.rule in {failure.rule for failure in failures}, "\n".join(map(str, failures)) or "nothing was noticed"


def test_every_must_has_a_bug_that_breaks_it():
    without = [rule.id for rule in RULES.values() if rule.level == "MUST" and rule.id not in {b.rule for b in BUGS}]
    assert not without, f"nobody knows whether a client that breaks {', '.join(without)} would be caught"
