"""The reference client keeps where it was, and sends it once, whatever the network and the phone do meanwhile."""

from datetime import timedelta
from pathlib import Path

import pytest

from core.clock import now
from roundsman_client import trail as phone_trail
from roundsman_client.client import Client
from roundsman_client.clock import FakeClock
from tests.personas import PASSWORD, TestCompany
from tests.phone_network import Network
from tests.trails.field import publish_text, set_policy

_STEP_S = 10


@pytest.fixture
def network() -> Network:
    return Network()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(now() - timedelta(hours=1))


@pytest.fixture
def rep(company: TestCompany, network: Network, clock: FakeClock, tmp_path: Path) -> Client:
    """Alice's phone, an hour ago: she is tracked and has just agreed."""
    set_policy(company)
    text = publish_text(company)
    client = Client(tmp_path / "phone.sqlite", transport=network, clock=clock)
    client.sign_in(company.code, "alice", PASSWORD, "phone")
    client.sync()
    [asked] = client.rows("trail_consent_text")
    assert asked.id == str(text)
    client.do("trails.give_consent", {"id": client.new_id(), "text_id": asked.id})
    return client


def walk(client: Client, clock: FakeClock, steps: int, *, lat: float = 39.99) -> None:
    """Go north, a fix every ten seconds."""
    for step in range(steps):
        clock.advance(_STEP_S)
        client.note_position(lat + step * 1e-4, 116.33, 8.0)


def test_a_day_with_a_gap_that_the_phone_explains(
    rep: Client, clock: FakeClock, network: Network, company: TestCompany
) -> None:
    begun = clock.read().at.date()
    walk(rep, clock, 60)
    rep.note_tracking("no_signal")
    clock.advance(1200)
    rep.note_tracking("tracking")
    walk(rep, clock, 60, lat=40.01)
    clock.advance((now() - clock.read().at).total_seconds())
    rep.sync()
    report = rep.send_trail()
    assert (report.stored, dict(report.discarded), report.refused, report.problem) == (120, {}, [], None)
    sent = len(network.sent)
    assert rep.send_trail().stored == 0 and len(network.sent) == sent
    reasons = set()
    for day in {begun, clock.read().at.date()}:  # an hour may lie in two days
        own = company.client("alice").call("GET", f"/api/v1/trails/days/{company.alice.id}/{day}").json()
        reasons |= {gap["reason"] for gap in own["gaps"]}
    assert "no_signal" in reasons and "unknown" not in reasons


def test_a_lost_answer_stores_nothing_twice(rep: Client, clock: FakeClock, network: Network) -> None:
    walk(rep, clock, 20)
    rep.sync()
    network.fails = {len(network.sent) + 1}
    assert rep.send_trail().problem
    walk(rep, clock, 5)  # belongs to the next batch: this one stays what it was
    report = rep.send_trail()
    assert report.stored == 25 and not report.discarded


def test_batches_of_one_boot_and_of_limited_size(
    rep: Client, clock: FakeClock, network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phone_trail, "MOST_POINTS", 8)
    walk(rep, clock, 20)
    rep.sync()  # the server measures the clock of this boot
    clock.reboot()
    rep.close()
    again = Client(tmp_path / "phone.sqlite", transport=network, clock=clock)
    walk(again, clock, 3)
    again.sync()
    before = len(network.sent)
    report = again.send_trail()
    assert (report.stored, len(network.sent) - before) == (23, 4)


def test_what_is_never_taken_does_not_stand_in_the_way(rep: Client, clock: FakeClock) -> None:
    rep.note_tracking("on the moon")
    assert rep.send_trail().refused == ["core.invalid_input"]
    walk(rep, clock, 3)
    rep.sync()
    assert rep.send_trail().stored == 3


def test_before_he_agreed_nothing_is_kept(
    company: TestCompany, network: Network, clock: FakeClock, tmp_path: Path
) -> None:
    set_policy(company)
    client = Client(tmp_path / "phone.sqlite", transport=network, clock=clock)
    client.sign_in(company.code, "bob", PASSWORD, "phone")
    walk(client, clock, 4)
    report = client.send_trail()
    assert (report.stored, dict(report.discarded)) == (0, {"trails.no_consent": 4})
