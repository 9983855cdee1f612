"""The command line: `roundsman-conformance serve --adapter "python my_adapter.py"`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from roundsman_conformance.adapter import (
    Adapter,
    AdapterError,
    AdapterGone,
    AdapterSlow,
    HttpAdapter,
    PipeAdapter,
)
from roundsman_conformance.phone import Phone
from roundsman_conformance.play import Outcome, Play
from roundsman_conformance.report import as_json, as_junit, describe, table
from roundsman_conformance.result import FAILED, RuleResult, judge
from roundsman_conformance.rules import Rule, read_rules
from roundsman_conformance.scenario import Library, Scenario, ScenarioBroken, read_library
from roundsman_conformance.texts import say

_SPEC = Path(__file__).resolve().parents[2]
KEPT, BROKEN, COULD_NOT_START = 0, 1, 2


class _CannotStart(Exception):
    """The run could not begin; the text says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        library, rules = _read(options)
        chosen = _choose(library, options)
        if options.list:
            _list(chosen, options.language)
            return KEPT
        return _serve(library, chosen, rules, options)
    except _CannotStart as reason:
        print(reason, file=sys.stderr)
        return COULD_NOT_START


def _read(options: argparse.Namespace) -> tuple[Library, dict[str, Rule]]:
    folder = Path(options.scenarios)
    try:
        library = read_library(folder)
    except ScenarioBroken as error:
        raise _CannotStart(say(options.language, "broken", reason=error)) from error
    except OSError as error:
        raise _CannotStart(say(options.language, "no_scenarios", folder=folder)) from error
    protocol = folder.parent / "protocol.md"
    return library, read_rules(protocol) if protocol.exists() else {}


def _choose(library: Library, options: argparse.Namespace) -> list[Scenario]:
    """The scenarios that `--only` names: by their own name, a rule that they cover, or a family of rules."""
    if not options.only:
        return list(library.scenarios)
    chosen, unknown = [], []
    for name in options.only:
        found = [s for s in library.scenarios if name in (s.id, *s.covers, *(r.split("-")[0] for r in s.covers))]
        chosen += [scenario for scenario in found if scenario not in chosen]
        unknown += [] if found else [name]
    if unknown:
        raise _CannotStart(say(options.language, "nothing_chosen", names=", ".join(unknown)))
    return chosen


def _list(scenarios: list[Scenario], language: str) -> None:
    for scenario in scenarios:
        print(say(language, "playing", id=scenario.id, title=_title(scenario, language)))
        print("    " + " ".join(scenario.covers))


def _serve(library: Library, chosen: list[Scenario], rules: dict[str, Rule], options: argparse.Namespace) -> int:
    quiet = "-" in (options.json, options.junit)
    outcomes: list[Outcome] = []
    try:
        phone = Phone(_adapter(options), language=options.language, limit_s=options.timeout)
        try:
            phone.hello()
            _print_client(phone, options, quiet)
            for scenario in chosen:
                outcomes.append(Play(library, scenario, phone, _trace(options)).run())
                _print_outcome(outcomes[-1], options.language, quiet)
        finally:
            phone.close()
    except (AdapterGone, AdapterSlow, AdapterError) as error:
        raise _CannotStart(say(options.language, "gone", reason=error)) from error
    results = judge(rules, outcomes)
    if not quiet:
        print("\n" + table(results, options.language))
    _write(options, phone.name, results, outcomes)
    return BROKEN if any(result.status == FAILED for result in results) else KEPT


def _adapter(options: argparse.Namespace) -> Adapter:
    if options.adapter:
        return PipeAdapter(options.adapter, _trace(options))
    if options.adapter_url:
        return HttpAdapter(options.adapter_url, options.timeout)
    raise _CannotStart(say(options.language, "no_adapter"))


def _trace(options: argparse.Namespace) -> "_Trace":
    return _Trace(options.verbose)


class _Trace:
    """Prints what happens, if that is wanted."""

    def __init__(self, wanted: bool) -> None:
        self._wanted = wanted

    def __call__(self, line: str) -> None:
        if self._wanted and line:
            print(f"    {line}", file=sys.stderr)


def _print_client(phone: Phone, options: argparse.Namespace, quiet: bool) -> None:
    if not quiet:
        capabilities = ", ".join(sorted(phone.capabilities)) or say(options.language, "none")
        print(say(options.language, "client", name=phone.name, capabilities=capabilities) + "\n")


def _print_outcome(outcome: Outcome, language: str, quiet: bool) -> None:
    if quiet:
        return
    if outcome.lacking:
        status = say(language, "scenario_skipped", lacking=", ".join(sorted(outcome.lacking)))
    else:
        status = say(language, "scenario_failed" if outcome.failures else "scenario_passed")
    print(f"{status:12} " + say(language, "playing", id=outcome.scenario.id, title=_title(outcome.scenario, language)))
    for failure in outcome.failures:
        print(f"    {failure.rule}: " + "\n    ".join(describe(failure, language)))
    sys.stdout.flush()


def _title(scenario: Scenario, language: str) -> str:
    return str(scenario.title["zh" if language.startswith("zh") else "en"])


def _write(options: argparse.Namespace, client: str, results: list[RuleResult], outcomes: list[Outcome]) -> None:
    for target, text in (
        (options.json, as_json(client, results, outcomes)),
        (options.junit, as_junit(client, results, options.language)),
    ):
        if target == "-":
            print(text)
        elif target:
            Path(target).write_text(text + "\n", encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="roundsman-conformance", description="Which rules of the protocol a client keeps · 客户端遵守了哪些规则"
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="serve")
    serve = commands.add_parser("serve", help="play the server against a client · 扮演服务器，测试客户端")
    serve.add_argument("--adapter", metavar="COMMAND", help="starts the adapter, JSON lines · 启动适配器的命令")
    serve.add_argument("--adapter-url", metavar="URL", help="an adapter that runs already · 已运行的适配器地址")
    serve.add_argument(
        "--only", action="append", default=[], metavar="NAME", help="scenario, rule, family · 场景或规则"
    )
    serve.add_argument("--list", action="store_true", help="print the scenarios · 列出场景")
    serve.add_argument("--timeout", type=float, default=30.0, metavar="SECONDS", help="of one call · 单次调用时限")
    serve.add_argument("--json", metavar="FILE", help="result as JSON (- for stdout) · 输出 JSON")
    serve.add_argument("--junit", metavar="FILE", help="result as JUnit XML · 输出 JUnit XML")
    serve.add_argument("--language", default="en", choices=("en", "zh-Hans"), help="of the texts · 文字语言")
    serve.add_argument("--scenarios", default=_SPEC / "scenarios", metavar="FOLDER", help="the scenarios · 场景文件夹")
    serve.add_argument("--verbose", action="store_true", help="each step and request · 输出每一步")
    return parser
