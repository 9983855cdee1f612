"""A day played back: the trail, its stops, its gaps and its mileage; for those who may, for a purpose."""

from datetime import timedelta
from typing import Any

import pytest

from core.clock import now
from tests.personas import Persona, TestCompany
from tests.trails.field import Fix, at_noon, batch, consent, fixes, publish_text, send, set_policy, tracked, withdraw
from tests.trails.tracks import BEGIN_MS, drive, silenced
from trails.track import Track

MINUTE = timedelta(minutes=1)
MORNING = {name: [{"start": "09:00", "end": "15:00"}] for name in (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")}  # fmt: skip


def ask(who: Persona, whose: Persona, day: Any, **query: Any) -> Any:
    """The day, as an HTTP answer."""
    words = "&".join(f"{name}={value}" for name, value in query.items())
    return who.client().call("GET", f"/api/v1/trails/days/{whose.id}/{day}?{words}")


def played(who: Persona, whose: Persona, day: Any, **query: Any) -> dict[str, Any]:
    """The day."""
    response = ask(who, whose, day, **query)
    assert response.status_code == 200, response.content
    found: dict[str, Any] = response.json()
    return found


def as_fixes(track: Track, start: Any) -> list[Fix]:
    """A made track that begins at `start`."""
    return [
        (start + timedelta(milliseconds=at_ms - BEGIN_MS), lat, lon, accuracy)
        for at_ms, lat, lon, accuracy in zip(
            track.at_ms.tolist(), track.lat.tolist(), track.lon.tolist(), track.accuracy_m.tolist(), strict=True
        )
    ]


def test_a_round_with_a_stop_and_a_gap(company: TestCompany) -> None:
    tracked(company, "alice", hours=MORNING)
    start = at_noon().replace(hour=1)
    legs = ((3000, 0, 600), (3000, 0, 1800), (3000, 6000, 1200), (0, 6000, 600))
    track = silenced(drive(*legs, spread_m=2), 3000, 3600)
    send(company.client("alice"), batch(as_fixes(track, start), [(start + timedelta(seconds=3002), "no_signal")]))
    day = played(company.alice, company.alice, start.date())
    (stop,) = day["stops"]
    assert stop["from_at"][11:16] in ("01:09", "01:10", "01:11")
    assert stop["to_at"][11:16] in ("01:39", "01:40", "01:41")
    gaps = [(gap["from_at"][11:16], gap["to_at"][11:16], gap["reason"], gap["told"]) for gap in day["gaps"]]
    assert gaps == [("01:50", "02:00", "no_signal", True), ("02:10", "07:00", "not_received", False)]
    assert day["mileage"]["moved_m"] == pytest.approx(9000, rel=0.02)
    assert day["mileage"]["bridged_m"] == pytest.approx(3000, rel=0.02)
    assert (day["points_stored"], day["unverified"], day["discarded"]) == (len(track), 0, {})
    assert day["from_at"][11:16] == day["to_at"][11:16] == "16:00"  # midnights in Shanghai


def test_full_and_simplified(company: TestCompany) -> None:
    tracked(company, "alice")
    start = at_noon()
    track = drive((5000, 0, 1000), (5000, 5000, 1000), spread_m=3)
    send(company.client("alice"), batch(as_fixes(track, start)))
    full = played(company.alice, company.alice, start.date(), detail="full")
    lines = {
        tolerance: played(company.alice, company.alice, start.date(), tolerance_m=tolerance)["points"]
        for tolerance in (1, 20, 1000)
    }
    assert len(full["points"]["lat"]) == len(track)
    sizes = [len(line["lat"]) for line in lines.values()]
    assert sizes[0] > sizes[1] >= sizes[2] == 3
    assert sizes[1] < 10
    for line in (full["points"], *lines.values()):
        assert len({len(column) for column in line.values()}) == 1
        assert line["after_ms"] == sorted(line["after_ms"])
    assert full["mileage"] == played(company.alice, company.alice, start.date())["mileage"]


def test_two_devices_play_as_one_trail(company: TestCompany) -> None:
    tracked(company, "alice")
    start = at_noon()
    whole = as_fixes(drive((9000, 0, 1800), spread_m=1), start)
    send(company.client("alice"), batch(whole))
    send(company.client("alice"), batch([(at, lat + 0.003, lon, acc) for at, lat, lon, acc in whole[::3]]))
    day = played(company.alice, company.alice, start.date(), detail="full")
    assert day["points_stored"] > len(whole)
    assert len(day["points"]["lat"]) == len(whole)
    assert day["mileage"]["moved_m"] == pytest.approx(9000, rel=0.02)


def test_a_phone_that_was_switched_off(company: TestCompany) -> None:
    tracked(company, "alice")
    start = at_noon()
    client = company.client("alice")
    send(client, batch([], boot="boot-1"))
    send(client, batch([], boot="boot-2"))
    send(client, batch(fixes(start, 60), boot="boot-1"))
    send(client, batch(fixes(start + 40 * MINUTE, 60), boot="boot-2"))
    gaps = played(company.alice, company.alice, start.date())["gaps"]
    assert ("phone_off", False) in [(gap["reason"], gap["told"]) for gap in gaps]


def test_why_nobody_was_tracked(company: TestCompany) -> None:
    text = publish_text(company)
    noon = at_noon()
    consent(company.alice, text, at=noon)
    set_policy(company, hours=MORNING)
    send(company.client("alice"), batch(fixes(noon, 20, every_s=60)))
    day = played(company.alice, company.alice, noon.date())
    gaps = [(gap["from_at"][11:16], gap["to_at"][11:16], gap["reason"]) for gap in day["gaps"]]
    assert gaps == [("04:19", "07:00", "not_received")]  # and nothing to explain before he agreed
    withdraw(company.alice, at=noon + 30 * MINUTE)
    gaps = played(company.alice, company.alice, noon.date())["gaps"]
    assert [(gap["from_at"][11:16], gap["to_at"][11:16]) for gap in gaps] == [("04:19", "04:30")]


def test_a_day_without_anything(company: TestCompany) -> None:
    day = played(company.alice, company.alice, "2026-01-05")
    assert (day["points_stored"], day["stops"], day["gaps"]) == (0, [], [])
    assert day["points"] == {"after_ms": [], "lat": [], "lon": [], "accuracy_m": []}
    tracked(company, "alice", hours=MORNING)
    gaps = played(company.alice, company.alice, at_noon(5).date())["gaps"]
    assert [gap["reason"] for gap in gaps] == ["unknown"]


@pytest.mark.parametrize("name", ["bob", "zed", "erin", "dan", "dora"])
def test_nobody_else_sees_a_trail(company: TestCompany, name: str) -> None:
    """Not a colleague, another team, an engineer, nor the administrator; a dispatcher only where the policy says so."""
    tracked(company, "alice")
    send(company.client("alice"), batch(fixes(at_noon(), 3)))
    response = ask(company.people[name], company.alice, at_noon().date(), purpose="evidence")
    expected = (403, "trails.purpose_not_allowed") if name == "dan" else (404, "trails.not_found")
    assert (response.status_code, response.json()["error"]["code"]) == expected
    assert ask(company.people[name], company.alice, "2026-01-05").status_code in (404, 422)


def test_superiors_see_it_for_a_purpose(company: TestCompany) -> None:
    tracked(company, "alice", viewer_roles=["manager", "dispatcher"])
    send(company.client("alice"), batch(fixes(at_noon(), 3)))
    yesterday = at_noon().date()
    for name in ("carol", "dan"):
        assert played(company.people[name], company.alice, yesterday, purpose="evidence")["points_stored"] == 3
    refusals = {
        "": (422, "trails.purpose_missing"),
        "dispatch": (403, "trails.purpose_not_allowed"),  # opens last positions, not days
        "mileage": (403, "trails.purpose_not_allowed"),
        "curiosity": (422, "core.invalid_input"),
    }
    for purpose, expected in refusals.items():
        query = {"purpose": purpose} if purpose else {}
        response = ask(company.carol, company.alice, yesterday, **query)
        assert (response.status_code, response.json()["error"]["code"]) == expected


def test_a_purpose_has_its_time(company: TestCompany) -> None:
    """Safety keeps a week, evidence a month."""
    tracked(company, "alice")
    send(company.client("alice"), batch(fixes(at_noon(10), 3)))
    day = at_noon(10).date()
    response = ask(company.carol, company.alice, day, purpose="safety")
    assert (response.status_code, response.json()["error"]["code"]) == (410, "trails.day_expired")
    assert played(company.carol, company.alice, day, purpose="evidence")["points_stored"] == 3


def test_a_purpose_that_is_added_later_opens_no_earlier_days(company: TestCompany) -> None:
    tracked(company, "alice", purposes=[{"purpose": "safety", "days": 30}])
    send(company.client("alice"), batch(fixes(at_noon(2), 3)))
    set_policy(company, at=now())
    day = at_noon(2).date()
    assert ask(company.carol, company.alice, day, purpose="evidence").status_code == 403
    assert played(company.carol, company.alice, day, purpose="safety")["points_stored"] == 3
    set_policy(company, at=now(), tracks=False, purposes=[])
    assert ask(company.carol, company.alice, day, purpose="safety").status_code == 403
    assert played(company.alice, company.alice, day)["points_stored"] == 3


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "20261122", "0"])
def test_days_that_are_none(company: TestCompany, day: str) -> None:
    assert ask(company.alice, company.alice, day).status_code == 422


def test_times_that_rest_on_the_phones_word_are_told(company: TestCompany) -> None:
    tracked(company, "alice")
    body = batch(fixes(at_noon(), 4), boot="boot-0") | {"clock": batch([], boot="boot-1")["clock"]}
    send(company.client("alice"), body)
    assert played(company.alice, company.alice, at_noon().date())["unverified"] == 4
