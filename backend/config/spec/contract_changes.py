"""What has changed between two contracts, and which of it would break a client that was built for the first.

What clients send may be asked less of, what they get may only grow: each rule below follows from that.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from config.spec.contract import Contract
from config.spec.json_schemas import Json, is_null, without_null

_LOWER = ("minLength", "minItems", "minimum", "exclusiveMinimum")
_UPPER = ("maxLength", "maxItems", "maximum", "exclusiveMaximum", "x-max-bytes", "x-max-depth")
_DEEPEST = 12  # a definition may contain itself
_LIMITS = (*_LOWER, *_UPPER, "pattern", "enum")


@dataclass(frozen=True)
class Change:
    """One difference. place: as in the contract, members behind a slash. breaks: whether it would break a client.

    may_go: since when what is gone was announced to go.
    """

    place: str
    kind: Literal["Added", "Changed", "Deprecated", "Removed"]
    what: str
    breaks: bool = False
    may_go: date | None = None


def list_changes(old: Contract, new: Contract) -> list[Change]:
    """Returns the differences by place."""
    found: list[Change] = []
    for place in sorted(old.keys() | new.keys()):
        if place not in old:
            found.append(Change(place, "Added", "new"))
        elif place not in new:
            found.append(Change(place, "Removed", "no longer there", breaks=not place.startswith("errors/")))
        elif place.startswith("errors/"):
            found += [Change(place, "Changed", f"{old[place]} → {new[place]}")] if old[place] != new[place] else []
        else:
            found += _Comparison(old[place], new[place], sent=_is_sent(place)).whole(place)
    return found


def _is_sent(place: str) -> bool:
    return place.startswith("commands/") or place.endswith("_request")


class _Comparison:
    """Two forms of one schema. sent: by clients; otherwise they get it."""

    def __init__(self, old: Json, new: Json, *, sent: bool) -> None:
        self._old, self._new, self._sent = old, new, sent

    def whole(self, place: str) -> Iterator[Change]:
        """The differences of the documents."""
        for key in ("x-scope", "x-creates"):
            if self._old.get(key) != self._new.get(key):
                yield Change(f"{place}/{key}", "Changed", f"{self._old.get(key)} → {self._new.get(key)}", breaks=True)
        before, after = set(self._old.get("x-roles", ())), set(self._new.get("x-roles", ()))
        if before != after:
            gone = before - after
            what = f"roles without {sorted(gone)}" if gone else f"roles with {sorted(after - before)}"
            yield Change(f"{place}/x-roles", "Changed", what, breaks=bool(gone))
        yield from self._values(place, self._old, self._new)

    def _values(self, place: str, given_old: Json, given_new: Json) -> Iterator[Change]:
        old, new = self._resolve(given_old, self._old), self._resolve(given_new, self._new)
        if is_null(given_old) != is_null(given_new):
            stricter = is_null(given_old) == self._sent
            yield Change(
                place, "Changed", "null is no longer allowed" if is_null(given_old) else "may be null", stricter
            )
        if old.get("type") != new.get("type") or old.get("format") != new.get("format"):
            was, now = (f"{schema.get('type')} {schema.get('format', '')}".strip() for schema in (old, new))
            yield Change(place, "Changed", f"{was} → {now}", breaks=True)
            return
        yield from self._limits(place, old, new)
        if given_old.get("default") != given_new.get("default"):
            yield Change(
                place, "Changed", f"default {given_old.get('default')} → {given_new.get('default')}", self._sent
            )
        yield from self._inside(place, old, new)

    def _limits(self, place: str, old: Json, new: Json) -> Iterator[Change]:
        for key in _LIMITS:
            if old.get(key) != new.get(key):
                narrower = self._sent and _is_narrower(key, old.get(key), new.get(key))
                yield Change(place, "Changed", f"{key} {old.get(key)} → {new.get(key)}", narrower)

    def _inside(self, place: str, old: Json, new: Json) -> Iterator[Change]:
        """Members and items."""
        if place.count("/") > _DEEPEST:
            return
        for key in ("items", "additionalProperties"):
            if isinstance(old.get(key), dict) and isinstance(new.get(key), dict):
                yield from self._values(place, old[key], new[key])
        before, after = old.get("properties", {}), new.get("properties", {})
        needed_before, needed_after = set(old.get("required", ())), set(new.get("required", ()))
        for name in sorted(before.keys() | after.keys()):
            where = f"{place}/{name}"
            if name not in before:
                breaks = self._sent and name in needed_after
                yield Change(where, "Added", "new and required" if breaks else "new", breaks)
            elif name not in after:
                yield Change(where, "Removed", "no longer there", breaks=True, may_go=_until(before[name]))
            else:
                if (name in needed_before) != (name in needed_after):
                    stricter = (name in needed_after) == self._sent
                    what = "is required now" if name in needed_after else "may be left out"
                    yield Change(where, "Changed", what, stricter)
                yield from _deprecations(where, before[name], after[name])
                yield from self._values(where, before[name], after[name])

    @staticmethod
    def _resolve(schema: Json, document: Json) -> Json:
        core = without_null(schema)
        while "$ref" in core:
            core = without_null(document["$defs"][core["$ref"].rpartition("/")[2]])
        return core


def _deprecations(place: str, old: Json, new: Json) -> Iterator[Change]:
    before, after = _until(old), _until(new)
    if before == after:
        return
    if after is None:
        yield Change(place, "Changed", "no longer deprecated")
    else:
        instead = new["x-deprecated"]["instead"]
        sooner = before is not None and after < before
        yield Change(place, "Deprecated", f"`{instead}` instead; stays until {after}", breaks=sooner)


def _until(schema: Json) -> date | None:
    return date.fromisoformat(schema["x-deprecated"]["until"]) if "x-deprecated" in schema else None


def _is_narrower(key: str, old: Any, new: Any) -> bool:
    if key == "enum":
        return new is not None and (old is None or not set(old) <= set(new))
    if new is None:
        return False
    if old is None or key == "pattern":
        return True
    return bool(new > old) if key in _LOWER else bool(new < old)
