"""From what became of the scenarios to what is known of each rule."""

from collections.abc import Iterable
from dataclasses import dataclass

from roundsman_conformance.findings import Failure
from roundsman_conformance.play import Outcome
from roundsman_conformance.rules import Rule

PASSED, FAILED, ADVICE, NOT_TESTED = "passed", "failed", "advice", "not_tested"


@dataclass(frozen=True)
class RuleResult:
    """One rule. advice: a SHOULD that the client does not follow, which is no failure.

    lacking: the capabilities for want of which it was not tested. stopped: scenarios that would have tested it, but
    ended early over another rule.
    """

    rule: Rule
    status: str
    scenarios: tuple[str, ...]
    failures: tuple[Failure, ...] = ()
    lacking: tuple[str, ...] = ()
    stopped: tuple[str, ...] = ()


def judge(rules: dict[str, Rule], outcomes: Iterable[Outcome]) -> list[RuleResult]:
    """What is known of every rule that a scenario covers or a failure names, in the order of the rules."""
    outcomes = list(outcomes)
    named = {rule for outcome in outcomes for rule in outcome.scenario.covers}
    named |= {failure.rule for outcome in outcomes for failure in outcome.failures}
    order = [*rules, *sorted(named - rules.keys())]
    return [_judge(rules.get(id_, Rule(id_, "MUST", "")), outcomes) for id_ in order if id_ in named]


def _judge(rule: Rule, outcomes: list[Outcome]) -> RuleResult:
    about = [outcome for outcome in outcomes if rule.id in outcome.scenario.covers]
    failures = tuple(f for outcome in outcomes for f in outcome.failures if f.rule == rule.id)
    scenarios = tuple(outcome.scenario.id for outcome in about)
    if failures:
        status = FAILED if rule.level == "MUST" else ADVICE
        return RuleResult(rule, status, scenarios, failures)
    if any(not outcome.failures and not outcome.lacking for outcome in about):
        return RuleResult(rule, PASSED, scenarios)
    lacking = tuple(sorted({capability for outcome in about for capability in outcome.lacking}))
    stopped = tuple(outcome.scenario.id for outcome in about if outcome.failures)
    return RuleResult(rule, NOT_TESTED, scenarios, lacking=lacking, stopped=stopped)
