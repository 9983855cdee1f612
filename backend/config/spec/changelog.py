"""`mobile-client-spec/CHANGELOG.md`, level by level: what it says, and what it would have to say.

A section's heading is `## Level 2 (open)` while the level grows and `## Level 2 · 2026-11-22 · fingerprint` once it is
released. Its lines name places of the contract in backticks; a name covers what lies below it and may end with `*`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase

from config.spec.contract import Contract, Released, fingerprint
from config.spec.contract_changes import Change, list_changes

REFUSED = "REFUSED"
"""What the problem of a breaking change begins with."""
_HEADING = re.compile(r"^## Level (\d+)(?: \((open)\)| · (\d{4}-\d\d-\d\d) · `([0-9a-f]{16})`)$")
_PLACE = re.compile(r"`((?:commands|kinds|messages|errors)/[^`\s]+)`")


@dataclass
class Section:
    """One level. released_at, fingerprint: None while it is open. named: by word (`Added` …), the places it names."""

    level: int
    released_at: date | None
    fingerprint: str | None
    named: dict[str, list[str]] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether the level is still growing."""
        return self.released_at is None

    def names(self, place: str) -> bool:
        """Whether some line names the place or what it lies in."""
        return any(covers(name, place) for names in self.named.values() for name in names)


def covers(name: str, place: str) -> bool:
    """Whether a name of the changelog covers a place of the contract."""
    return place == name or place.startswith(f"{name}/") or ("*" in name and fnmatchcase(place, name))


def read_changelog(text: str) -> list[Section]:
    """Returns the sections, the newest first. Raises ValueError for a heading that cannot be understood."""
    sections: list[Section] = []
    for line in text.splitlines():
        if line.startswith("## "):
            match = _HEADING.match(line)
            if match is None:
                raise ValueError(f"no heading of a level: {line}")
            released_at = date.fromisoformat(match[3]) if match[3] else None
            sections.append(Section(int(match[1]), released_at, match[4]))
        elif line.startswith("- ") and sections:
            _read_line(sections[-1], line)
    return sections


def _read_line(section: Section, line: str) -> None:
    word = line[2:].split(maxsplit=1)[0].rstrip(":")
    section.named.setdefault(word, []).extend(_PLACE.findall(line))


def list_problems(
    sections: Sequence[Section], level: int, before: Released, now: Contract, today: date
) -> Iterator[str]:
    """Yields what has to be done before the contract may stay as it is now, in words for whoever changed it."""
    newest = sections[0] if sections else Section(0, None, None)
    if [section.level for section in sections] != list(range(newest.level, 0, -1)):
        yield "CHANGELOG.md: the levels have to stand in their order, down to 1, each once."
    if any(section.is_open for section in sections[1:]):
        yield "CHANGELOG.md: only the newest level may be open."
    if newest.level != level:
        yield f"core/api_level.py says level {level}, CHANGELOG.md begins with level {newest.level}."
    yield from _released_problems(sections, before)
    changes = []
    for change in list_changes(before.contract, now):
        if change.breaks and not (change.may_go and change.may_go <= today):
            yield _breaking(change)
        else:
            changes.append(change)
    if not newest.is_open and changes:
        following = newest.level + 1
        lines = "\n".join(line_for(change) for change in changes)
        yield (
            f"The contract has changed since level {newest.level} was released. Set API_LEVEL = {following} in"
            f" core/api_level.py and begin CHANGELOG.md with:\n\n## Level {following} (open)\n\n{lines}"
        )
    elif newest.is_open:
        yield from _open_problems(newest, changes)


def unnamed(section: Section, changes: Sequence[Change]) -> list[Change]:
    """Returns the changes that the section does not name."""
    return [change for change in changes if not section.names(change.place)]


def line_for(change: Change) -> str:
    """Returns what a line about a change would begin with."""
    return f"- {change.kind} `{change.place}`" + (": …" if change.kind == "Added" else f": {change.what}.")


def _open_problems(section: Section, changes: Sequence[Change]) -> Iterator[str]:
    missing = unnamed(section, changes)
    if missing:
        lines = "\n".join(line_for(change) for change in missing)
        yield f"Say below “Level {section.level} (open)” in CHANGELOG.md what these bring:\n\n{lines}"
    for word in ("Added", "Removed", "Deprecated"):
        for name in section.named.get(word, ()):
            if not any(change.kind == word and covers(name, change.place) for change in changes):
                yield f"CHANGELOG.md says “{word} `{name}`”, which is not so (any more)."


def _released_problems(sections: Sequence[Section], before: Released) -> Iterator[str]:
    done = next((section for section in sections if not section.is_open), None)
    if done is None or done.level != before.level or done.fingerprint != fingerprint(before.contract):
        yield (
            "released.json is not what CHANGELOG.md says of the newest released level. What is released does not"
            " change: take both back."
        )


def _breaking(change: Change) -> str:
    way = (
        "Leave this number of the command as it is, give its new form the next number and a converter."
        if change.place.startswith("commands/")
        else "Add a member beside it, and call the old one deprecated in the feed; it may go on the day that was named"
        " there when a level was released with it."
    )
    return f"{REFUSED} `{change.place}`: {change.what}. This would break apps that are in people's hands. {way}"
