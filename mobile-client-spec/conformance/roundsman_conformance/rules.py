"""The numbered rules, read from protocol.md: id, level and text."""

import re
from dataclasses import dataclass
from pathlib import Path

_RULE = re.compile(r"^- \*\*([A-Z]+-\d+)\*\* \((MUST|SHOULD|MAY)\) (.*?)(?=^- \*\*|^\s*$|^#)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Rule:
    """One rule. level: MUST, SHOULD or MAY."""

    id: str
    level: str
    text: str


def read_rules(path: Path) -> dict[str, Rule]:
    """Id → rule, in the order of the text. Raises OSError."""
    text = path.read_text(encoding="utf-8") + "\n\n"
    found = (Rule(m[1], m[2], " ".join(m[3].split())) for m in _RULE.finditer(text))
    return {rule.id: rule for rule in found}
