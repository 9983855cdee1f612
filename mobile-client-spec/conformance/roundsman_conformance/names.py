"""Symbolic names and matchers: `$harbour` stands for an id, `*instant` for any instant.

A name gets its id the first time it is needed: made here, or taken over from what the other side sent. A matcher is
written where a value may vary; filled in, it becomes a fitting value, and the same one for the same place.
"""

import os
import re
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

Json = dict[str, Any]

RECORDED_WITHIN = timedelta(seconds=5)
"""So exactly does `*recorded:command` have to be met."""
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def to_wire(instant: datetime) -> str:
    """RFC 3339 in UTC with milliseconds."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _is_uuid(value: Any) -> bool:
    try:
        return isinstance(value, str) and str(uuid.UUID(value)) == value.lower()
    except ValueError:
        return False


def _is_instant(value: Any) -> bool:
    return isinstance(value, str) and _INSTANT.fullmatch(value) is not None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


MATCHERS: dict[str, tuple[Callable[[Any], bool], Callable[[], Any]]] = {
    "*instant": (_is_instant, lambda: to_wire(datetime.now(UTC))),
    "*text": (lambda value: isinstance(value, str) and value != "", lambda: "…"),
    "*uuid": (_is_uuid, lambda: str(uuid.uuid4())),
    "*number": (_is_number, lambda: 1),
    "*object": (lambda value: isinstance(value, dict), dict),
    "*any": (lambda value: True, lambda: None),
}
"""Matcher → (does a value fit, a value that fits)."""


def numbered(pattern: Any, number: int) -> Any:
    """The pattern with the number in place of each `#`."""
    if isinstance(pattern, dict):
        return {key: numbered(value, number) for key, value in pattern.items()}
    if isinstance(pattern, list):
        return [numbered(item, number) for item in pattern]
    return pattern.replace("#", str(number)) if isinstance(pattern, str) else pattern


class IdMaker:
    """UUIDs of version 7 that sort in the order in which they were made, whatever the clock does."""

    def __init__(self) -> None:
        self._last = 0

    def __call__(self) -> str:
        """A new id."""
        # Milliseconds and a counter in one number: the next one is always greater.
        self._last = max(self._last + 1, int(time.time() * 1000) << 12)
        milliseconds, counter = self._last >> 12, self._last & 0xFFF
        random = int.from_bytes(os.urandom(8), "big") >> 2
        value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80 | 0x7 << 76 | counter << 64 | 0b10 << 62 | random
        return str(uuid.UUID(int=value))


class Names:
    """The names of one play of a scenario, and the values that matchers were filled with."""

    def __init__(self) -> None:
        self._make_id = IdMaker()
        self._ids: dict[str, str] = {}
        self._filled: dict[tuple[str, str], Any] = {}
        self._recorded: dict[str, datetime] = {}

    def bind(self, name: str, id_: str) -> None:
        """Let `$name` stand for this id. Commands and rows share their names, so none is given twice."""
        if self._ids.setdefault(name, id_) != id_:
            raise ValueError(f"${name} has an id already")

    def id(self, name: str) -> str:
        """The id of a name (with or without its `$`), made if it has none yet."""
        name = name.removeprefix("$")
        if name not in self._ids:
            self._ids[name] = self._make_id()
        return self._ids[name]

    def note_recording(self, command: str, when: datetime) -> None:
        """Let `*recorded:command` stand for the server's time at which this command was recorded."""
        self._recorded[f"*recorded:{command}"] = when

    def known(self, text: str) -> str | None:
        """The id behind a `$name`, or None if it has none yet; any other text as it is."""
        return self._ids.get(text[1:]) if text.startswith("$") else text

    def name_of(self, id_: str) -> str:
        """How to speak of an id: `$name`, or the id itself."""
        return next((f"${name}" for name, known in self._ids.items() if known == id_), id_)

    def fill(self, pattern: Any, place: str = "") -> Any:
        """The pattern with ids for names and fitting values for matchers. place: the same place gets the same value."""
        if isinstance(pattern, dict) and pattern.keys() == {"$long"}:
            return "x" * int(pattern["$long"])
        if isinstance(pattern, dict) and pattern.keys() == {"$number"}:
            return pattern  # for the adapter to read
        if isinstance(pattern, dict):
            return {self.fill(key): self.fill(value, f"{place}/{key}") for key, value in pattern.items()}
        if isinstance(pattern, list):
            return [self.fill(item, f"{place}/{index}") for index, item in enumerate(pattern)]
        if isinstance(pattern, str) and pattern.startswith("$"):
            return self.id(pattern)
        if isinstance(pattern, str) and pattern in self._recorded:
            return to_wire(self._recorded[pattern])
        if isinstance(pattern, str) and pattern in MATCHERS:
            if (place, pattern) not in self._filled:
                self._filled[place, pattern] = MATCHERS[pattern][1]()
            return self._filled[place, pattern]
        return pattern

    def differences(self, pattern: Any, actual: Any, place: str = "", *, subset: bool = False) -> list[str]:
        """Where `actual` does not fit, in words; nothing if it fits. subset: objects may have further members.

        A name without an id takes over the id that stands in its place.
        """
        if isinstance(pattern, dict) and pattern.keys() == {"$long"}:
            pattern = self.fill(pattern)
        if isinstance(pattern, dict) and isinstance(actual, dict):
            return self._members(pattern, actual, place, subset)
        if isinstance(pattern, list) and isinstance(actual, list) and len(pattern) == len(actual):
            pairs = enumerate(zip(pattern, actual, strict=True))
            return [d for i, (p, a) in pairs for d in self.differences(p, a, f"{place}[{i}]", subset=subset)]
        if isinstance(pattern, str) and pattern.startswith("$"):
            name = pattern.removeprefix("$")
            if name not in self._ids and _is_uuid(actual):
                self._ids[name] = actual
            pattern = self._ids.get(name, pattern)
        elif isinstance(pattern, str) and pattern in self._recorded:
            when = self._recorded[pattern]
            if _is_instant(actual) and abs(datetime.fromisoformat(actual) - when) <= RECORDED_WITHIN:
                return []
            pattern = to_wire(when)
        elif isinstance(pattern, str) and pattern in MATCHERS:
            return [] if MATCHERS[pattern][0](actual) else [f"{place or 'value'}: {actual!r} is no {pattern[1:]}"]
        same = type(pattern) is type(actual) or (_is_number(pattern) and _is_number(actual))
        if same and pattern == actual:
            return []
        return [f"{place or 'value'}: {self.say(actual)} instead of {self.say(pattern)}"]

    def _members(self, pattern: Json, actual: Json, place: str, subset: bool) -> list[str]:
        found = []
        wanted = {self.id(key) if key.startswith("$") else key: value for key, value in pattern.items()}
        for key, value in wanted.items():
            where = f"{place}.{key}" if place else key
            if key not in actual:
                found.append(f"{where}: missing")
            else:
                found += self.differences(value, actual[key], where, subset=subset)
        if not subset:
            found += [f"{place}.{key}: unexpected" for key in actual if key not in wanted]
        return found

    def say(self, value: Any) -> str:
        """A value for a message, short, with names for the ids that have one."""
        text = repr(value)
        for name, id_ in self._ids.items():
            text = text.replace(id_, f"${name}")
        return text if len(text) <= 300 else text[:297] + "…"
