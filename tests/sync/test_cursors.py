"""Cursors: what was sealed comes back; whatever else arrives is one typed refusal."""

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.test import override_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from core.actor import Actor
from core.ids import uuid7
from sync.cursors import Cursor, Paging, Position, kinds_digest, seal, unseal
from sync.errors import CursorInvalid
from sync.snapshots import Snapshot
from tests.personas import make_company
from tests.sync.devices import Device
from tests.sync.test_snapshots import snapshots

OWNER = Actor(uuid7(), uuid7(), frozenset({"rep"}), device_id=uuid7())
_instants = st.integers(946_684_800, 4_102_444_800).map(lambda second: datetime.fromtimestamp(second, UTC))
_pagings = st.builds(
    Paging,
    snapshots(),
    _instants,
    st.integers(0, 2**63),
    st.integers(0, 2**62),
    st.builds(Position, st.uuids(), st.sampled_from(["site", "visit_log"]), st.uuids()),
    st.lists(st.uuids(), max_size=5).map(tuple),
)
_cursors = st.builds(
    Cursor, st.uuids(), st.none() | snapshots(), st.just("0a1b2c3d"), _instants, st.none() | st.uuids(),
    st.none() | _pagings,
)  # fmt: skip


@given(_cursors)
def test_round_trip(cursor: Cursor) -> None:
    assert unseal(seal(cursor, OWNER), OWNER) == cursor


@given(_cursors, st.data())
def test_tampered_or_truncated_is_refused(cursor: Cursor, data: st.DataObject) -> None:
    text = seal(cursor, OWNER)
    at = data.draw(st.integers(0, len(text) - 1))
    changed = data.draw(
        st.sampled_from(
            [text[:at], text[at + 1 :], text[:at] + text[at + 1 :], text[:at] + text[at] + text[at:]]
            + [text[:at] + char + text[at + 1 :] for char in "A_-9=+/ \x00é"]
        )
    )
    try:
        found = unseal(changed, OWNER)
    except CursorInvalid as error:
        assert error.status == 400
        assert error.code == "sync.cursor_invalid"
    else:
        # Base64 has spare bits at its end: another text of the very same bytes is no other cursor.
        assert found == cursor


@settings(max_examples=300)
@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_garbage_is_refused(text: str) -> None:
    with pytest.raises(CursorInvalid):
        unseal(text, OWNER)


@pytest.mark.parametrize("member", ["company_id", "user_id", "device_id"])
def test_anybody_elses_is_refused(member: str) -> None:
    cursor = Cursor(uuid7(), Snapshot(5, 9, (6,)), "00000000", datetime(2026, 1, 1, tzinfo=UTC))
    text = seal(cursor, OWNER)
    with pytest.raises(CursorInvalid):
        unseal(text, replace(OWNER, **{member: uuid7()}))
    with pytest.raises(CursorInvalid):
        unseal(text, replace(OWNER, device_id=None))
    assert unseal(text, replace(OWNER, roles=frozenset(), locale="zh-Hans")) == cursor


def test_another_servers_secret_is_refused() -> None:
    text = seal(Cursor(uuid7(), None, "00000000", datetime(2026, 1, 1, tzinfo=UTC)), OWNER)
    with override_settings(SECRET_KEY="another secret of another server, long enough"), pytest.raises(CursorInvalid):
        unseal(text, OWNER)


def test_a_huge_text_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(CursorInvalid):
        unseal("A" * 10_000_000, OWNER)


def test_the_largest_cursor_fits() -> None:
    """A server with hundreds of open transactions, and a phone that repairs as many scopes as it may."""
    busy = Snapshot(2**40, 2**40 + 2000, tuple(range(2**40, 2**40 + 2000, 4)))
    repair = tuple(UUID(int=number) for number in range(500))
    paging = Paging(busy, datetime(2026, 1, 1, tzinfo=UTC), 2**40, 1, Position(uuid7(), "visit_log", uuid7()), repair)
    cursor = Cursor(uuid7(), busy, "00000000", datetime(2026, 1, 1, tzinfo=UTC), uuid7(), paging)
    assert unseal(seal(cursor, OWNER), OWNER) == cursor


def test_expiry() -> None:
    issued = datetime(2026, 1, 1, tzinfo=UTC)
    cursor = Cursor(uuid7(), None, "00000000", issued)
    assert not cursor.expired(issued + timedelta(days=90), timedelta(days=90))
    assert cursor.expired(issued + timedelta(days=90, seconds=1), timedelta(days=90))


def test_the_digest_of_kinds_ignores_their_order_only() -> None:
    assert kinds_digest(("site", "customer")) == kinds_digest(("customer", "site"))
    assert kinds_digest(("site",)) != kinds_digest(("site", "customer"))


@pytest.fixture(scope="module")
def phones() -> list[Device]:
    """Two phones of alice's, one of a colleague's, one in another company."""
    ours, theirs = make_company(), make_company()
    return [Device(person) for person in (ours.alice, ours.alice, ours.bob, theirs.alice)]


def _asked(phone: Device, cursor: object) -> tuple[int, str | None]:
    """The status and error code of a pull with this cursor, the same at both doors."""
    found = set()
    for path in ("/api/v1/sync", "/api/v1/sync/pull"):
        response = phone.client.call("POST", path, {"cursor": cursor})
        found.add((response.status_code, response.json().get("error", {}).get("code")))
    assert len(found) == 1
    return found.pop()


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=120), st.integers(0, 10_000), st.characters())
def test_no_text_is_more_than_a_typed_refusal(phones: list[Device], text: str, at: int, character: str) -> None:
    phone = phones[0]
    good = phone.sync()["cursor"]
    at %= len(good)
    for cursor in (text, good[:at] or "x", good[:at] + text, good[:at] + character + good[at + 1 :] + "x", good + good):
        assert _asked(phone, cursor) == (400, "sync.cursor_invalid")


def test_anybody_elses_cursor_at_the_door(phones: list[Device]) -> None:
    for owner in phones:
        for max_bytes in (1_024, 1_048_576):  # of a page inside an answer, and of a complete one
            cursor = owner.sync(max_bytes=max_bytes)["cursor"]
            for phone in phones:
                expected = (200, None) if phone is owner else (400, "sync.cursor_invalid")
                assert _asked(phone, cursor) == expected


@pytest.mark.parametrize("cursor", [5, True, [], {}, 1.5])
def test_a_cursor_that_is_no_text(phones: list[Device], cursor: object) -> None:
    assert _asked(phones[0], cursor) == (422, "core.invalid_input")
