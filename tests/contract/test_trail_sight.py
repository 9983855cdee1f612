"""Who sees whose trail: oneself, and one's superiors for a purpose; nobody else, through any door."""

from typing import Any

import pytest

from core.clock import now
from tests.contract.wire import pull
from tests.contract.world import World
from tests.personas import call
from tests.trails.field import batch, fixes, send, stored_points

INSIDERS = ("alice", "bob", "carol", "dan", "dora", "erin", "zed")
READERS = {"alice": 200, "carol": 200, "dan": 403}
"""Whoever else asks for alice's trail learns not even that there is one, be he the administrator."""


class Stage:
    """A company whose reps alice and zed have trails, and another company."""

    def __init__(self) -> None:
        self.home, self.foreign = World(), World()
        self.day = self.home.trail("alice", "carol")
        self.home.trail("zed", "zed", unit="south")
        self.foreign.trail("alice", "carol")
        for world in (self.home, self.foreign):
            send(world.client("alice"), batch(fixes(now(), 1)))

    def ask(self, caller: str, path: str) -> Any:
        return self.home.client(caller).call("GET", f"/api/v1/trails/{path}")


@pytest.fixture(scope="module")
def stage() -> Stage:
    return Stage()


@pytest.mark.parametrize("caller", INSIDERS)
@pytest.mark.parametrize("purpose", ["safety", "evidence"])
def test_days(stage: Stage, caller: str, purpose: str) -> None:
    response = stage.ask(caller, f"days/{stage.home.person('alice')}/{stage.day}?purpose={purpose}")
    assert response.status_code == READERS.get(caller, 404), response.content
    assert (b'"lat"' in response.content) == (response.status_code == 200)
    foreign = stage.ask(caller, f"days/{stage.foreign.person('alice')}/{stage.day}?purpose={purpose}")
    assert foreign.status_code == 404


@pytest.mark.parametrize("caller", INSIDERS)
@pytest.mark.parametrize("path", ["last-positions?purpose=safety", "mileage?purpose=mileage"])
def test_lists(stage: Stage, caller: str, path: str) -> None:
    shown = {item["user_id"] for item in stage.ask(caller, path).json()["items"]}
    expected = {"alice": {"alice"}, "carol": {"alice"}, "zed": {"zed"}}.get(caller, set())
    assert shown == {stage.home.person(name) for name in expected}


@pytest.mark.parametrize("caller", INSIDERS)
def test_consents_and_the_log(stage: Stage, caller: str) -> None:
    response = stage.ask(caller, f"consents?user_id={stage.home.person('alice')}")
    assert response.status_code == (200 if caller in READERS else 404)
    looks = stage.ask(caller, "access-log").json()["items"]
    assert bool(looks) == (caller == "alice")
    assert all(look["viewer_id"] == stage.home.person("carol") for look in looks)


@pytest.mark.parametrize("caller", INSIDERS)
def test_no_position_travels_by_sync(stage: Stage, caller: str) -> None:
    held, _ = pull(stage.home.client(caller))
    kinds = {kind for _, kind, _ in held if kind.startswith("trail_")}
    own = {"trail_consent", "trail_day", "trail_access"} if caller == "alice" else set()
    own |= {"trail_consent", "trail_day"} if caller == "zed" else set()
    assert kinds == {"trail_policy", "trail_consent_text"} | own
    assert not [row for row in held.values() if row["kind"].startswith("trail_") and "lat" in str(row["data"])]


def test_a_batch_is_its_senders(stage: Stage) -> None:
    """It names nobody: what somebody sends is his, whatever else stands in it."""
    before = stored_points(stage.home.persona("alice"))
    body = batch(fixes(now(), 4)) | {"user_id": stage.home.person("alice")}
    assert stage.home.client("bob").call("POST", "/api/v1/trails/points", body).status_code == 200
    assert stored_points(stage.home.persona("alice")) == before


def test_nobody_from_outside(stage: Stage) -> None:
    from django.test import Client

    for method, path in (("POST", "points"), ("GET", f"days/{stage.home.person('alice')}/{stage.day}")):
        response = call(Client(), method, f"/api/v1/trails/{path}", {} if method == "POST" else None)
        assert response.status_code == 401
