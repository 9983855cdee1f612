"""The reference client keeps every rule in every scenario."""

import pytest
from in_process import LIBRARY, play

from roundsman_client.client import Client
from roundsman_conformance.scenario import Scenario


@pytest.mark.parametrize("scenario", LIBRARY.scenarios, ids=lambda scenario: scenario.id)
def test_the_reference_client_keeps_the_rules(scenario: Scenario):
    if "kill" in scenario.needs:
        pytest.skip("needs a process of its own: see test_command_line.py")
    outcome = play(Client, scenario.id)[scenario.id]
    assert not outcome.lacking
    assert not outcome.failures, "\n".join(map(str, outcome.failures))
