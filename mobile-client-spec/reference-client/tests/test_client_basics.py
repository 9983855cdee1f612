"""Ids, clocks, digests and wire shapes: the pure pieces."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from roundsman_client.clock import FakeClock, SystemClock
from roundsman_client.digest import EMPTY, Digest
from roundsman_client.errors import AnswerInvalid, ServerBusy, ServerRefused
from roundsman_client.ids import IdMaker
from roundsman_client.protocol import parse_pull, parse_push, to_text, unix_ms

START = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


def test_ids_are_uuid7_and_sort_in_the_order_of_their_making():
    ids = IdMaker(FakeClock(START))
    made = [ids.next() for _ in range(10_000)]
    assert made == sorted(set(made))
    assert {uuid.UUID(id_).version for id_ in made} == {7}
    assert int(made[0].replace("-", "")[:12], 16) == int(START.timestamp() * 1000)


def test_ids_never_run_backwards_when_the_wall_clock_is_set_back():
    clock = FakeClock(START)
    ids = IdMaker(clock)
    before = ids.next()
    clock.set_wall(START - timedelta(days=3))
    assert ids.next() > before


def test_fake_clock_moves_wall_and_uptime_apart_only_when_told():
    clock = FakeClock(START)
    first = clock.read()
    clock.advance(90)
    clock.set_wall(START - timedelta(hours=5))
    second = clock.read()
    assert second.uptime_ms - first.uptime_ms == 90_000
    assert second.boot_id == first.boot_id
    clock.reboot()
    assert clock.read().boot_id != first.boot_id
    assert clock.read().uptime_ms == 0


def test_a_reading_on_the_wire_has_an_offset_and_milliseconds():
    assert FakeClock(START).read().wire()["at"] == "2026-11-21T09:00:00.000+08:00"
    assert FakeClock(START, offset_hours=0).read().wire()["at"] == "2026-11-21T01:00:00.000Z"


def test_the_system_clock_reads_a_boot_and_moves_forward():
    clock = SystemClock()
    first, second = clock.read(), clock.read()
    assert first.boot_id == second.boot_id
    assert second.uptime_ms >= first.uptime_ms
    assert first.at.tzinfo is not None


def test_digest_is_a_sum_modulo_2_to_the_64_in_any_order():
    high, low = "ffffffffffffffff", "0000000000000003"
    assert EMPTY.plus(high).plus(low) == EMPTY.plus(low).plus(high) == Digest(2, "0000000000000002")
    assert EMPTY.plus(high).plus(low).minus(high).minus(low) == EMPTY
    assert EMPTY.plus(low).plus(high).minus(low) == Digest(1, high)


def test_an_answer_with_what_it_needs_is_read_and_unknown_members_are_ignored():
    answer = parse_pull(
        {
            "epoch": "e",
            "received_at": "2026-11-21T01:00:00.000Z",
            "changes": {"rows": [{"scope": "s", "kind": "k", "id": "i", "version": 1, "tag": "0" * 16, "data": None}]},
            "complete": True,
            "cursor": "c",
            "digests": {"s": {"rows": 1, "sum": "00000000000000AA"}},
            "something": "new",
        }
    )
    assert answer.rows[0].data is None
    assert answer.digests == {"s": Digest(1, "00000000000000aa")}
    assert answer.acknowledged == 0


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"epoch": "e", "received_at": "yesterday", "complete": True, "cursor": "c"},
        {"epoch": "e", "received_at": "2026-11-21T01:00:00Z", "complete": True, "cursor": None},
        {"epoch": "e", "received_at": "2026-11-21T01:00:00", "complete": True, "cursor": "c"},
        {
            "epoch": "e",
            "received_at": "2026-11-21T01:00:00Z",
            "complete": True,
            "cursor": "c",
            "changes": {"rows": [{}]},
        },
        {"epoch": "e", "received_at": "2026-11-21T01:00:00Z", "complete": True, "cursor": "c", "verdicts": "none"},
    ],
)
def test_an_answer_that_breaks_the_protocol_is_named_so(body):
    with pytest.raises(AnswerInvalid):
        parse_pull(body)


def test_a_push_answer_needs_no_cursor():
    assert parse_push({"received_at": "2026-11-21T01:00:00Z", "acknowledged": 4}).acknowledged == 4


def test_json_that_cannot_be_said_is_refused():
    for value in (float("nan"), "\ud800", {1, 2}):
        with pytest.raises((ValueError, TypeError)):
            to_text({"value": value})


def test_instants_are_compared_in_milliseconds_whatever_their_offset():
    assert unix_ms("2026-11-21T09:00:00.120+08:00") == unix_ms("2026-11-21T01:00:00.120Z")


def test_errors_speak_english_and_chinese():
    assert str(ServerRefused(403, "core.forbidden", "Not for you")) == "Not for you (core.forbidden)"
    assert ServerBusy(503, 7).text("zh-Hans") == "服务器繁忙，请稍后再试（HTTP 503）。"
