"""Every scenario has the documented form, speaks of rules that exist, and every MUST is covered by one."""

import json

import jsonschema_rs
import pytest

from roundsman_conformance.findings import BUILT_IN
from roundsman_conformance.rules import read_rules
from roundsman_conformance.scenario import Scenario
from tests.scenarios.test_replay import FOLDER, LIBRARY

RULES = read_rules(FOLDER.parent / "protocol.md")
SCHEMA = jsonschema_rs.validator_for(json.loads((FOLDER / "scenario.schema.json").read_text()))
scenarios = pytest.mark.parametrize("scenario", LIBRARY.scenarios, ids=lambda scenario: scenario.id)


@scenarios
def test_the_file_has_the_documented_form(scenario: Scenario) -> None:
    content = json.loads((FOLDER / f"{scenario.id}.json").read_text())
    errors = [f"{'/'.join(map(str, error.instance_path))}: {error.message}" for error in SCHEMA.iter_errors(content)]
    assert not errors, "\n".join(errors)


@scenarios
def test_it_covers_the_rules_that_its_steps_name(scenario: Scenario) -> None:
    """A rule in `covers` is named by a step, or is one that every request is checked for."""
    named = scenario.rules_in_steps()
    assert named <= set(scenario.covers), f"missing in covers: {named - set(scenario.covers)}"
    untested = set(scenario.covers) - named - BUILT_IN
    assert not untested, f"in covers, but no step tests it: {untested}"


@scenarios
def test_its_rules_exist(scenario: Scenario) -> None:
    unknown = set(scenario.covers) - RULES.keys()
    assert not unknown, f"not in protocol.md: {unknown}"
