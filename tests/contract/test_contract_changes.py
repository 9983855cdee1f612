"""What the contract may become: growth is listed, what would break an app in people's hands is refused."""

import copy
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.spec.changelog import list_problems, read_changelog
from config.spec.contract import FOLDER, Contract, Released, bare, fingerprint, present_contract
from config.spec.contract_changes import Change, list_changes
from config.spec.levels import problems
from config.spec.release import release

TEXT = {"type": "string", "maxLength": 20}
TODAY = date(2026, 11, 22)


def _object(**members: Any) -> dict[str, Any]:
    required = [name for name, schema in members.items() if not schema.pop("optional", False)]
    return {"type": "object", "properties": members, "required": required}


def _changes(place: str, old: Any, new: Any) -> list[Change]:
    return list_changes({place: copy.deepcopy(old)}, {place: copy.deepcopy(new)})


def test_the_contract_of_this_code_may_stay_as_it_is() -> None:
    """What is to be done stands in the message; `make spec` says the same."""
    found = problems()
    assert not found, "\n\n".join(found)


def test_nothing_has_changed_between_a_contract_and_itself() -> None:
    assert not list_changes(present_contract(), copy.deepcopy(present_contract()))


COMMAND, KIND, ANSWER, REQUEST = "commands/a.b.1", "kinds/a", "messages/a_answer", "messages/a_request"
_NAME = _object(name=TEXT)


@pytest.mark.parametrize(
    ("place", "old", "new", "where"),
    [
        (COMMAND, _NAME, _object(name=TEXT, code=TEXT), "/code"),
        (REQUEST, _NAME, _object(name=TEXT, code=TEXT), "/code"),
        (COMMAND, _NAME, _object(), "/name"),
        (KIND, _NAME, _object(), "/name"),
        (ANSWER, _NAME, _object(), "/name"),
        (COMMAND, _NAME, _object(name={"type": "string", "maxLength": 19}), "/name"),
        (COMMAND, _NAME, _object(name=TEXT | {"minLength": 1}), "/name"),
        (COMMAND, _NAME, _object(name=TEXT | {"pattern": "^a"}), "/name"),
        (COMMAND, _NAME, _object(name=TEXT | {"enum": ["a"]}), "/name"),
        (COMMAND, _object(name={"enum": ["a", "b"]}), _object(name={"enum": ["a"]}), "/name"),
        (COMMAND, _object(n={"maximum": 9}), _object(n={"maximum": 8}), "/n"),
        (COMMAND, _object(n={"minimum": 1}), _object(n={"minimum": 2}), "/n"),
        (COMMAND, _object(n={"type": ["string", "null"]}), _object(n={"type": "string"}), "/n"),
        (KIND, _object(n={"type": "string"}), _object(n={"type": ["string", "null"]}), "/n"),
        (KIND, _object(n={"type": "integer"}), _object(n={"type": "string"}), "/n"),
        (KIND, _object(n={"format": "int32"}), _object(n={"format": "int64"}), "/n"),
        (KIND, _NAME, _object(name=TEXT | {"optional": True}), "/name"),
        (COMMAND, _object(name=TEXT | {"optional": True}), _NAME, "/name"),
        (COMMAND, _object(n={"default": 1}), _object(n={"default": 2}), "/n"),
        (COMMAND, _NAME | {"x-roles": ["admin", "rep"]}, _NAME | {"x-roles": ["admin"]}, "/x-roles"),
        (KIND, _NAME | {"x-scope": "id"}, _NAME | {"x-scope": "company_id"}, "/x-scope"),
        (COMMAND, _NAME | {"x-creates": "id"}, _NAME, "/x-creates"),
        (COMMAND, _object(a={"items": {"type": "string"}}), _object(a={"items": {"type": "integer"}}), "/a"),
        (
            KIND,
            _object(p={"$ref": "#/$defs/P"}) | {"$defs": {"P": _NAME}},
            _object(p={"$ref": "#/$defs/Q"}) | {"$defs": {"Q": _object()}},
            "/p/name",
        ),
    ],
)  # fmt: skip
def test_what_would_break_an_app(place: str, old: Any, new: Any, where: str) -> None:
    assert [(change.place, change.breaks) for change in _changes(place, old, new)] == [(place + where, True)]


@pytest.mark.parametrize(
    ("place", "old", "new", "kind"),
    [
        (COMMAND, _NAME, _object(name=TEXT, code=TEXT | {"optional": True}), "Added"),
        (KIND, _NAME, _object(name=TEXT, code=TEXT), "Added"),
        (ANSWER, _NAME, _object(name=TEXT, code=TEXT), "Added"),
        (COMMAND, _NAME, _object(name={"type": "string", "maxLength": 21}), "Changed"),
        (COMMAND, _NAME, _object(name={"type": "string"}), "Changed"),
        (KIND, _NAME, _object(name={"type": "string", "maxLength": 19}), "Changed"),
        (COMMAND, _object(n={"enum": ["a"]}), _object(n={"enum": ["a", "b"]}), "Changed"),
        (KIND, _object(n={"enum": ["a"]}), _object(n={"enum": ["a", "b"]}), "Changed"),
        (COMMAND, _object(n={"type": "string"}), _object(n={"type": ["string", "null"]}), "Changed"),
        (KIND, _object(n={"type": ["string", "null"]}), _object(n={"type": "string"}), "Changed"),
        (COMMAND, _NAME | {"x-roles": ["admin"]}, _NAME | {"x-roles": ["admin", "rep"]}, "Changed"),
        ("errors/a.b", {"status": 409, "then": "ask"}, {"status": 403, "then": "ask"}, "Changed"),
    ],
)
def test_what_an_app_lives_with(place: str, old: Any, new: Any, kind: str) -> None:
    assert [(change.kind, change.breaks) for change in _changes(place, old, new)] == [(kind, False)]


def test_whole_places_come_and_do_not_go() -> None:
    for place in (COMMAND, KIND, ANSWER):
        assert not list_changes({}, {place: _NAME})[0].breaks
        assert list_changes({place: _NAME}, {})[0].breaks
    assert not list_changes({"errors/a.b": {}}, {})[0].breaks


def test_words_are_no_part_of_it() -> None:
    described = _object(name=TEXT | {"description": "of the thing", "examples": ["x"], "x-since": 2}) | {"title": "A"}
    assert bare(described) == bare(_NAME)
    assert bare(_object(title=TEXT))["properties"] == {"title": TEXT}, "a member may be called like a word"


# The changelog


def _before(contract: Contract | None = None) -> Released:
    return Released(1, contract or {KIND: _NAME})


def _log(*lines: str, before: Released | None = None, opened: bool = True) -> str:
    done = f"## Level 1 · 2026-11-22 · `{fingerprint((before or _before()).contract)}`"
    return "\n".join(["# Levels", *(["## Level 2 (open)"] if opened else []), *lines, done, "- Added all."])


def _said(text: str, now: Contract, *, level: int = 2, before: Released | None = None, today: date = TODAY) -> str:
    return "\n".join(list_problems(read_changelog(text), level, before or _before(), now, today))


GROWN = {KIND: _object(name=TEXT, code=TEXT), "errors/a.b": {"status": 409}}


def test_growth_has_to_be_said() -> None:
    said = _said(_log(), GROWN)
    assert "Added `kinds/a/code`" in said
    assert "Added `errors/a.b`" in said
    assert "kinds/a/code" not in _said(_log("- Added `kinds/a/code`: x."), GROWN)
    assert not _said(_log("- Added `kinds/a/code`, `errors/*`: x."), GROWN)


def test_growth_after_a_release_raises_the_level() -> None:
    said = _said(_log(opened=False), GROWN, level=1)
    assert "API_LEVEL = 2" in said
    assert "## Level 2 (open)" in said
    assert "- Added `kinds/a/code`" in said
    assert not _said(_log(opened=False), {KIND: _NAME}, level=1)


def test_what_is_said_has_to_be_so() -> None:
    assert "not so" in _said(_log("- Added `kinds/a/code`, `errors/a.b`, `kinds/b`: x."), GROWN)
    assert "level 3" in _said(_log(), {KIND: _NAME}, level=3)


def test_a_breaking_change_is_refused_whatever_the_changelog_says() -> None:
    said = _said(_log("- Removed `kinds/a/name`: x."), {KIND: _object()})
    assert said.startswith("REFUSED `kinds/a/name`")
    narrowed = {COMMAND: _object(name={"type": "string", "maxLength": 5})}
    before = _before({COMMAND: _NAME})
    assert "the next number and a converter" in _said(
        _log("- Changed `commands/*`.", before=before), narrowed, before=before
    )


def test_a_deprecated_member_goes_when_its_time_is_over() -> None:
    until = TODAY + timedelta(days=400)
    old = TEXT | {"x-deprecated": {"until": until.isoformat(), "instead": "code"}}
    announced = {KIND: _object(name=copy.deepcopy(old), code=TEXT)}
    assert "Deprecated `kinds/a/name`: `code` instead" in _said(_log("- Added `kinds/a/code`: x."), announced)
    assert not _said(_log("- Added `kinds/a/code`: x.", "- Deprecated `kinds/a/name`: x."), announced)
    before = _before(announced)
    text, now = _log("- Removed `kinds/a/name`: x.", before=before), {KIND: _object(code=TEXT)}
    assert "REFUSED" in _said(text, now, before=before, today=until - timedelta(days=1))
    assert not _said(text, now, before=before, today=until)
    sooner = {"until": TODAY.isoformat(), "instead": "code"}
    hurried = {KIND: _object(name=TEXT | {"x-deprecated": sooner}, code=TEXT)}
    assert "REFUSED" in _said(_log(before=before), hurried, before=before)


def test_what_was_released_does_not_change() -> None:
    assert "take both back" in _said(_log(before=_before(GROWN)), {KIND: _NAME})


def test_a_heading_that_is_none() -> None:
    with pytest.raises(ValueError, match="no heading"):
        read_changelog("## Level two")


def test_a_release_closes_the_level(tmp_path: Path) -> None:
    for name in ("CHANGELOG.md", "released.json"):
        (tmp_path / name).write_text((FOLDER / name).read_text())
    text = (FOLDER / "CHANGELOG.md").read_text()
    if not read_changelog(text)[0].is_open:
        pytest.skip("no level is open")
    level = release(tmp_path, TODAY)
    sections = read_changelog((tmp_path / "CHANGELOG.md").read_text())
    assert (sections[0].level, sections[0].released_at) == (level, TODAY)
    assert sections[0].fingerprint == fingerprint(present_contract())
    assert not problems(tmp_path)
    with pytest.raises(ValueError, match="released already"):
        release(tmp_path, TODAY)
