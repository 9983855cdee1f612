"""docs/imports.md names every column with its headers."""

import re
from pathlib import Path

import pytest

from core.imports.registry import SPECS

_TEXT = (Path(__file__).resolve().parents[2] / "docs" / "imports.md").read_text()
_SECTIONS = dict(re.findall(r"^### `(\w+)`: (.*?)(?=^### |\Z)", _TEXT, re.MULTILINE | re.DOTALL))


@pytest.mark.parametrize("noun", sorted(SPECS))
def test_every_column_is_documented(noun: str) -> None:
    spec, section = SPECS[noun], _SECTIONS[noun]
    assert section.startswith(f"{spec.en} / {spec.zh}\n")
    required = {name for group in spec.required for name in group}
    for column in spec.columns:
        mark = " *" if column.name in required else ""
        headers = ", ".join(dict.fromkeys([column.en, column.zh, *column.aliases]))
        assert f"| `{column.name}`{mark} | {headers} |" in section


def test_no_header_means_two_columns() -> None:
    """Otherwise which one it means would depend on their order."""
    for spec in SPECS.values():
        names = [header for column in spec.columns for header in dict.fromkeys(column.headers())]
        twice = {name for name in names if names.count(name) > 1}
        assert not twice, (spec.noun, twice)
