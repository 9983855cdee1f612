"""Reading the envelope: whatever a phone sends is read, or refused by a typed error that names the member."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import DomainError, InvalidInput, InvalidJson
from core.ids import uuid7
from sync.errors import TooManyCommands
from sync.wire import read_sync

RECEIVED = datetime(2026, 11, 22, tzinfo=UTC)
_scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
)
_json = st.recursive(
    _scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


def _command(**members: Any) -> dict[str, Any]:
    return {"id": str(uuid7()), "seq": 1, "name": "customers.create", "schema": 1, "payload": {}} | members


def _read(**members: Any) -> Any:
    return read_sync(json.dumps(members).encode(), RECEIVED)


@settings(max_examples=300)
@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes(body: bytes) -> None:
    try:
        read_sync(body, RECEIVED)
    except DomainError as error:
        assert 400 <= error.status < 500


@settings(max_examples=200)
@given(
    st.dictionaries(
        st.sampled_from(["schema", "clock", "commands", "cursor", "repair", "digests", "max_bytes", "other"]), _json
    )
)
def test_any_members(content: dict[str, Any]) -> None:
    try:
        _read(**content)
    except DomainError as error:
        assert 400 <= error.status < 500


_members = st.fixed_dictionaries(
    {"id": st.just(str(uuid7())), "seq": st.just(1), "name": st.just("a.b")},
    optional=dict.fromkeys(
        ["schema", "payload", "at", "uptime_ms", "boot_id", "depends_on", "other"],
        _json | st.sampled_from(["2026-11-22T09:00:00+08:00", [str(uuid7())], "1969-12-31T23:59:59Z"]),
    ),
)


@settings(max_examples=200)
@given(_members)
def test_a_command_with_id_number_and_name_is_always_taken(command: dict[str, Any]) -> None:
    """Any other fault is that command's own refusal: the rest of the outbox goes on."""
    push = _read(commands=[command, _command(seq=2)]).push
    assert [request.seq for request in push.commands] == [1, 2]
    assert push.commands[1].fault is None


@settings(max_examples=200)
@given(st.dictionaries(st.sampled_from(["at", "uptime_ms", "boot_id"]), _json))
def test_any_clock(clock: dict[str, Any]) -> None:
    try:
        _read(clock=clock)
    except DomainError as error:
        assert error.field is not None
        assert error.field.startswith("clock.")


@pytest.mark.parametrize("year", [1970, 1980, 2000, 2036, 2099, 2262])
def test_a_clock_that_is_wrong_by_decades_blocks_nothing(year: int) -> None:
    """A flat battery sets a phone back to 1970. Its uptime is right all the same."""
    at = f"{year}-01-01T00:00:01.000+08:00"
    request = _read(
        clock={"at": at, "uptime_ms": 90_000, "boot_id": "b"},
        commands=[_command(at=at, uptime_ms=30_000, boot_id="b")],
    ).push
    assert request.commands[0].fault is None
    assert request.commands[0].claimed_at is not None
    assert request.clock.at.year in (year, year - 1)


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"schema": 2}, "schema"),
        ({"digests": "some"}, "digests"),
        ({"cursor": 5}, "cursor"),
        ({"repair": ["x"]}, "repair.0"),
        ({"repair": [str(uuid7())] * 501}, "repair"),
        ({"max_bytes": -1}, "max_bytes"),
        ({"max_bytes": True}, "max_bytes"),
        ({"clock": []}, "clock"),
        ({"commands": {}}, "commands"),
        ({"commands": [1]}, "commands.0"),
        ({"commands": [_command(), _command(seq=0)]}, "commands.1.seq"),
        ({"commands": [_command(seq=2**63)]}, "commands.0.seq"),
        ({"commands": [_command(seq=True)]}, "commands.0.seq"),
        ({"commands": [_command(seq=1.5)]}, "commands.0.seq"),
        ({"commands": [_command(id="7")]}, "commands.0.id"),
        ({"commands": [_command(id=None)]}, "commands.0.id"),
        ({"commands": [_command(name="")]}, "commands.0.name"),
        ({"commands": [_command(name="x" * 101)]}, "commands.0.name"),
        ({"commands": [_command(name="a\x00b")]}, "commands.0.name"),
    ],
)
def test_the_member_is_named(members: dict[str, Any], field: str) -> None:
    with pytest.raises(DomainError) as raised:
        _read(**members)
    assert raised.value.field == field
    assert raised.value.status in (400, 422)


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"schema": 0}, "schema"),
        ({"schema": "1"}, "schema"),
        ({"schema": 40_000}, "schema"),
        ({"at": "yesterday"}, "at"),
        ({"at": "2026-11-22T09:00:00"}, "at"),
        ({"at": 5}, "at"),
        ({"uptime_ms": -1}, "uptime_ms"),
        ({"uptime_ms": 1.5}, "uptime_ms"),
        ({"boot_id": ""}, "boot_id"),
        ({"boot_id": "x" * 65}, "boot_id"),
        ({"depends_on": "x"}, "depends_on"),
        ({"depends_on": ["x"]}, "depends_on"),
        ({"depends_on": [str(uuid7())] * 101}, "depends_on"),
        ({"payload": []}, "payload"),
        ({"payload": None}, "payload"),
    ],
)
def test_a_fault_of_one_command_is_its_own(members: dict[str, Any], field: str) -> None:
    request = _read(commands=[_command(**members)]).push.commands[0]
    assert isinstance(request.fault, InvalidInput)
    assert request.fault.field == field
    assert request.payload == members.get("payload", {})  # kept as it came


def test_a_hole_in_a_text_blocks_nothing() -> None:
    """Half of a surrogate pair, which strict JSON readers refuse, stays in its own command."""
    body = (
        b'{"commands": [{"id": "%s", "seq": 1, "name": "a", "payload": {"note": "\\ud83d"}}]}' % str(uuid7()).encode()
    )
    assert read_sync(body, RECEIVED).push.commands[0].payload == {"note": "\ud83d"}


@pytest.mark.parametrize("body", [b"", b"[]", b"1", b"null", b"{", b'{"a": NaN}', b"[" * 100_000, b"\xff\xfe{}"])
def test_not_an_object(body: bytes) -> None:
    with pytest.raises(InvalidJson):
        read_sync(body, RECEIVED)


def test_too_many_commands() -> None:
    with pytest.raises(TooManyCommands):
        _read(commands=[_command(seq=number) for number in range(1, 1002)])
    assert len(_read(commands=[_command(seq=number) for number in range(1, 1001)]).push.commands) == 1000
