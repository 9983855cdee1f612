"""Every MUST of protocol.md is tested by a scenario, and every course of events drawn there is one."""

import re

from tests.scenarios.test_format import RULES
from tests.scenarios.test_replay import FOLDER, LIBRARY


def test_every_must_is_covered() -> None:
    covered = {rule for scenario in LIBRARY.scenarios for rule in scenario.covers}
    uncovered = [rule.id for rule in RULES.values() if rule.level == "MUST" and rule.id not in covered]
    assert not uncovered, f"no scenario covers {', '.join(uncovered)}"


def test_the_rules_were_read_from_the_text() -> None:
    """As many as the text has: a rule that is written in another form would be covered by nobody."""
    text = (FOLDER.parent / "protocol.md").read_text()
    assert len(RULES) == len(re.findall(r"^- \*\*[A-Z]+-\d+\*\*", text, re.MULTILINE)) > 60
    assert sum(rule.level == "MUST" for rule in RULES.values()) == text.count("** (MUST)")


def test_every_course_of_events_in_the_text_is_a_scenario() -> None:
    text = (FOLDER.parent / "protocol.md").read_text()
    courses = re.findall(r"^\*\*([A-Z][a-z ]+)\.\*\*[^\n]*\n\n```mermaid", text, re.MULTILINE)
    names = {course.lower().replace(" ", "-") for course in courses}
    assert len(names) == 9
    assert names <= {scenario.id for scenario in LIBRARY.scenarios}
