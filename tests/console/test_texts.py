"""Every text of the console is there in both languages, and every key that code or template names is declared."""

import re
from string import Formatter

import pytest

from console import wording
from console.forms import CommandForm
from console.lists import List
from console.registry import PAGES
from core.registry import COMMANDS
from tests.architecture.source import BACKEND

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_SAID = re.compile(
    r"""\{%\s*say\s+"([^"]+)"|voice\.say\(\s*"([^"]+)"|voice_of\(\w+\)\.say\("([^"]+)"|State\("([^"]+)\""""
)
_CONSOLE = BACKEND / "console"
SAME = {"devices.platform.ios", "customers.datum.WGS-84"}
"""Texts whose Chinese may be without a Chinese letter."""


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def owners() -> list[List | CommandForm]:
    """Every declared list and form."""
    return [
        owner for page in PAGES.values() if isinstance(owner := getattr(page.get, "__self__", None), List | CommandForm)
    ]


@pytest.mark.parametrize("key", sorted(wording.all_texts()))
def test_a_text_is_there_in_both_languages(key: str) -> None:
    english, chinese = wording.all_texts()[key]
    assert english.strip() and not _CHINESE.search(english)
    assert _CHINESE.search(chinese) or key in SAME
    assert placeholders(english) == placeholders(chinese)


def test_every_text_that_is_named_is_declared() -> None:
    named = set()
    for path in [*_CONSOLE.rglob("*.py"), *_CONSOLE.rglob("*.html")]:
        named |= {next(filter(None, groups)) for groups in _SAID.findall(path.read_text())}
    assert len(named) > 40, "the scan finds hardly any"
    assert named <= wording.all_texts().keys(), sorted(named - wording.all_texts().keys())


@pytest.mark.parametrize("owner", owners(), ids=lambda owner: owner.name)
def test_a_list_or_form_has_its_texts(owner: List | CommandForm) -> None:
    if isinstance(owner, List):
        wanted = {"title", "lead", "empty", "empty_hint"}
        wanted |= {f"column.{column.name}" for column in owner.columns} | {
            f"filter.{item.name}" for item in owner.filters
        }
        wanted |= {f"{item.name}.{word}" for item in owner.filters for word in getattr(item, "states", ())}
        keys = {f"{owner.name}.{key}" for key in wanted} | {f"{action.name}.action" for action in owner.row_actions}
        keys |= {f"{owner.action}.action"} if owner.action else set()
    else:
        wanted = {"title", "lead", "submit", "done"}
        wanted |= {f"field.{item.name}" for item in owner.fields if item.kind != "hidden"}
        keys = {f"{owner.name}.{key}" for key in wanted}
    assert keys <= wording.all_texts().keys(), sorted(keys - wording.all_texts().keys())


@pytest.mark.parametrize("name", sorted(page.name for page in PAGES.values() if page.place))
def test_a_place_has_its_name(name: str) -> None:
    assert wording.has_text(f"{name}.place")


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_command_can_be_told(name: str) -> None:
    """The audit tells of every command and of each member of its payload in plain words."""
    shape = COMMANDS[name].payload
    members = set(shape.model_fields)
    if "changes" in members:
        members |= set(shape.model_fields["changes"].annotation.model_fields)  # type: ignore[union-attr]
    unknown = [
        key
        for key in (f"command.{name}", *(f"member.{member}" for member in sorted(members)))
        if not wording.has_text(key)
    ]
    assert not unknown, f"declare in console/texts: {unknown}"


def test_no_text_is_left_over() -> None:
    """A text that nobody names any more is taken out."""
    sources = "\n".join(
        path.read_text() for path in [*_CONSOLE.rglob("*.py"), *_CONSOLE.rglob("*.html")] if path.parent.name != "texts"
    )
    prefixes = (
        {owner.name for owner in owners()}
        | {page.name for page in PAGES.values()}
        | {"command", "member", "ago", "section", "map"}
    )
    idle = [
        key
        for key in wording.all_texts()
        if f'"{key}"' not in sources and not any(key.startswith(f"{prefix}.") for prefix in prefixes)
    ]
    assert not idle, idle
