"""The result, for people as a table and for programs as JSON or JUnit XML."""

import json
import unicodedata
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import asdict

from roundsman_conformance.findings import Failure
from roundsman_conformance.play import Outcome
from roundsman_conformance.result import ADVICE, FAILED, NOT_TESTED, PASSED, RuleResult
from roundsman_conformance.texts import say


def table(results: list[RuleResult], language: str) -> str:
    """One line a rule; what failed, with what was expected and what came."""
    lines = [_line(say(language, "rule"), say(language, "level"), say(language, "result"), "")]
    for result in results:
        status = say(language, result.status)
        note = ""
        if result.lacking:
            note = say(language, "lacking", text=", ".join(result.lacking))
        elif result.stopped:
            note = say(language, "stopped", text=", ".join(result.stopped))
        lines.append(_line(result.rule.id, result.rule.level, status, note))
        lines += [f"    {line}" for failure in result.failures for line in describe(failure, language)]
    return "\n".join([*lines, "", summary(results, language)])


def describe(failure: Failure, language: str) -> Iterator[str]:
    """A failure in three lines."""
    yield say(language, "failure", scenario=failure.scenario, step=failure.step)
    yield "  " + say(language, "expected", text=failure.expected)
    yield "  " + say(language, "got", text=failure.got)


def summary(results: list[RuleResult], language: str) -> str:
    """The counts."""
    must = [result for result in results if result.rule.level == "MUST"]
    counts = {status: sum(result.status == status for result in must) for status in (PASSED, FAILED, NOT_TESTED)}
    advice = sum(result.status == ADVICE for result in results)
    return say(
        language,
        "summary",
        must=len(must),
        passed=counts[PASSED],
        failed=counts[FAILED],
        untested=counts[NOT_TESTED],
        advice=advice,
    )


def as_json(client: str, results: list[RuleResult], outcomes: list[Outcome]) -> str:
    """Everything, for programs."""
    content = {
        "client": client,
        "rules": [
            {
                "id": result.rule.id,
                "level": result.rule.level,
                "status": result.status,
                "scenarios": result.scenarios,
                "failures": [asdict(failure) for failure in result.failures],
                "lacking": result.lacking,
                "stopped": result.stopped,
            }
            for result in results
        ],
        "scenarios": [
            {
                "id": outcome.scenario.id,
                "title": outcome.scenario.title,
                "covers": outcome.scenario.covers,
                "lacking": sorted(outcome.lacking),
                "failures": [asdict(failure) for failure in outcome.failures],
            }
            for outcome in outcomes
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=1)


def as_junit(client: str, results: list[RuleResult], language: str) -> str:
    """One test case a rule, as build servers read it."""
    suite = ElementTree.Element("testsuite", name=f"roundsman-conformance: {client}", tests=str(len(results)))
    suite.set("failures", str(sum(result.status == FAILED for result in results)))
    suite.set("skipped", str(sum(result.status == NOT_TESTED for result in results)))
    for result in results:
        family = result.rule.id.split("-")[0]
        case = ElementTree.SubElement(suite, "testcase", classname=f"roundsman.{family}", name=result.rule.id)
        if result.status == FAILED:
            text = "\n".join(line for failure in result.failures for line in describe(failure, language))
            ElementTree.SubElement(case, "failure", message=result.failures[0].expected).text = _printable(text)
        elif result.status == NOT_TESTED:
            ElementTree.SubElement(case, "skipped", message=", ".join([*result.lacking, *result.stopped]))
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suite, encoding="unicode")


def _printable(text: str) -> str:
    """Without the control characters that XML cannot hold."""
    return "".join(c if c in "\n\t" or unicodedata.category(c)[0] != "C" else "�" for c in text)


def _line(rule: str, level: str, status: str, note: str) -> str:
    return f"{_padded(rule, 9)}{_padded(level, 8)}{_padded(status, 14)}{note}".rstrip()


def _padded(text: str, width: int) -> str:
    """Chinese characters are two columns wide."""
    columns = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
    return text + " " * max(1, width - columns)
