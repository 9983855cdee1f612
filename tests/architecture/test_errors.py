"""Every refusal speaks both languages, has one stable code, and fills in its message wherever it is raised."""

import ast
import importlib
import re
from collections.abc import Iterator
from string import Formatter
from types import ModuleType
from typing import Any

import pytest
from django.apps import apps

from core.errors import CATALOGUE, DomainError
from tests.architecture.source import module_of, modules, name_of, tree

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_CODE = re.compile(r"[a-z]+\.[a-z][a-z0-9]*(_[a-z0-9]+)*")
_OWN_APPS = {config.label for config in apps.get_app_configs()} - {"procrastinate"}
ERRORS = sorted(CATALOGUE.items())


def placeholders(template: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize(("code", "kind"), ERRORS, ids=[code for code, _ in ERRORS])
def test_speaks_both_languages(code: str, kind: type[DomainError]) -> None:
    assert _CODE.fullmatch(code), f"{code} is not <app>.<snake>"
    assert code.partition(".")[0] in _OWN_APPS, f"{code} names no app"
    assert (kind.__dict__.get("__doc__") or "").strip(), f"{code} has no English message of its own"
    assert _CHINESE.search(kind.__dict__.get("zh", "")), f"{code} has no Chinese message of its own"
    assert placeholders(kind.template("en")) == placeholders(kind.template("zh-Hans")), f"{code}: other placeholders"
    assert 400 <= kind.status < 600 or (kind.parks and kind.status == 202), f"{code}: status {kind.status}"
    assert kind.parks == (kind.status == 202), f"{code} is parked, or it is refused"
    values: dict[str, Any] = dict.fromkeys(placeholders(kind.template("en")) - {"field"}, "7")
    for locale in ("en", "zh-Hans"):
        message = kind("field", **values).message(locale)
        assert "{" not in message
        assert "–" not in message


def _raised(root: ast.AST, module: ModuleType) -> Iterator[tuple[ast.expr, type[DomainError]]]:
    """Every place where an error is made or raised as a bare class, with its class."""
    called = {id(node.func) for node in ast.walk(root) if isinstance(node, ast.Call)}
    for node in ast.walk(root):
        expression = node.func if isinstance(node, ast.Call) else node.exc if isinstance(node, ast.Raise) else None
        if expression is None or (isinstance(node, ast.Raise) and id(expression) in called):
            continue
        kind = _resolve(expression, module)
        if isinstance(kind, type) and issubclass(kind, DomainError) and kind.__dict__.get("code"):
            yield node if isinstance(node, ast.Call) else expression, kind


def _resolve(expression: ast.expr, module: ModuleType) -> Any:
    if isinstance(expression, ast.Name):
        return getattr(module, expression.id, None)
    if isinstance(expression, ast.Attribute):
        return getattr(_resolve(expression.value, module), expression.attr, None)
    return None


def _unfilled(node: ast.expr, kind: type[DomainError]) -> set[str]:
    """The placeholders of the message that this place does not fill in."""
    wanted = placeholders(kind.template("en"))
    if not isinstance(node, ast.Call):
        return wanted
    given = {keyword.arg for keyword in node.keywords}
    if None in given:  # **details, passed on whole
        return set()
    if node.args:
        given.add("field")
    return wanted - given


def test_every_message_is_filled_in() -> None:
    faults, seen = [], 0
    for path in modules("backend"):
        if "management" in path.parts or path.name in ("manage.py", "asgi.py", "wsgi.py", "rsgi.py"):
            continue
        module = importlib.import_module(module_of(path))
        for node, kind in _raised(tree(path), module):
            seen += 1
            if missing := _unfilled(node, kind):
                faults.append(f"{name_of(path)}:{node.lineno}: {kind.code} lacks {sorted(missing)}")
    assert seen > 50, "the scan finds hardly any refusal"
    assert not faults, "\n".join(faults)


def test_the_scan_finds_an_unfilled_message() -> None:
    module = importlib.import_module("core.errors")
    code = ast.parse("raise InvalidInput('name')\nraise TooLarge\nTooLarge(limit=3)\nInvalidInput('x', reason='y')")
    found = sorted((node.lineno, sorted(_unfilled(node, kind))) for node, kind in _raised(code, module))
    assert found == [(1, ["reason"]), (2, ["limit"]), (3, []), (4, [])]
