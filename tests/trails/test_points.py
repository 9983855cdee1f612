"""Batches of points: stored exactly once, if policy, consent and hours allowed each of them at its own moment."""

import json
from datetime import timedelta
from typing import Any

import pytest

from core.clock import now
from core.ids import uuid7
from tests.personas import TestCompany
from tests.trails.field import (
    at_noon,
    batch,
    consent,
    day_rows,
    fixes,
    last_position,
    publish_text,
    reasons,
    send,
    set_policy,
    stored_points,
    tracked,
    withdraw,
)

MINUTE = timedelta(minutes=1)


def test_a_batch_is_stored_to_the_last_digit(company: TestCompany) -> None:
    tracked(company, "alice")
    sent = fixes(at_noon(), 500)
    receipt = send(company.client("alice"), batch(sent))
    assert (receipt["stored"], receipt["discarded"]) == (500, [])
    found = stored_points(company.alice)
    assert [point[1:] for point in found] == [fix[1:3] for fix in sent]
    assert max(abs(point[0] - fix[0]) for point, fix in zip(found, sent, strict=True)) < timedelta(seconds=1)
    (day,) = day_rows(company.alice)
    assert (day.points, day.discarded) == (500, {})


def test_a_batch_sent_again_changes_nothing(company: TestCompany) -> None:
    tracked(company, "alice")
    client, body = company.client("alice"), batch(fixes(at_noon(), 50))
    first = send(client, body)
    before = stored_points(company.alice)
    later = body | {"clock": body["clock"] | {"uptime_ms": body["clock"]["uptime_ms"] + 90_000}}
    assert send(client, later) == first
    assert stored_points(company.alice) == before
    assert day_rows(company.alice)[0].points == 50


def test_a_batch_id_is_used_once(company: TestCompany) -> None:
    tracked(company, "alice", "bob")
    body = batch(fixes(at_noon(), 5))
    send(company.client("alice"), body)
    other = batch(fixes(at_noon(), 6)) | {"id": body["id"]}
    for client, sent in ((company.client("alice"), other), (company.client("bob"), body)):
        response = client.call("POST", "/api/v1/trails/points", sent)
        assert (response.status_code, response.json()["error"]["code"]) == (409, "trails.batch_id_reused")
    assert len(stored_points(company.alice)) == 5
    assert stored_points(company.bob) == []


def test_nothing_is_stored_without_a_policy(company: TestCompany) -> None:
    text = publish_text(company)
    consent(company.alice, text)
    receipt = send(company.client("alice"), batch(fixes(at_noon(), 7)))
    assert (receipt["stored"], reasons(receipt)) == (0, {"tracking_off": 7})
    assert receipt["discarded"][0]["message"]
    set_policy(company, "north", tracks=False, purposes=[])
    assert reasons(send(company.client("alice"), batch(fixes(at_noon(), 7)))) == {"tracking_off": 7}
    assert stored_points(company.alice) == []


def test_nothing_is_stored_without_consent(company: TestCompany) -> None:
    set_policy(company)
    text = publish_text(company)
    client, noon = company.client("alice"), at_noon()
    assert reasons(send(client, batch(fixes(noon, 10)))) == {"no_consent": 10}
    consent(company.alice, text, at=noon + 2 * MINUTE)
    withdraw(company.alice, at=noon + 6 * MINUTE)
    receipt = send(client, batch(fixes(noon, 10, every_s=60)))
    assert (receipt["stored"], reasons(receipt)) == (4, {"no_consent": 6})
    assert [point[0].minute for point in stored_points(company.alice)] == [2, 3, 4, 5]
    assert send(company.client("bob"), batch(fixes(noon, 3)))["stored"] == 0


def test_only_working_hours_count(company: TestCompany) -> None:
    """Those of the policy, by the wall clock of the org unit's calendar: 12:00 to 12:05 in Shanghai."""
    lunch = {"monday": [{"start": "00:00", "end": "00:01"}]}
    noon = at_noon()
    day = noon.strftime("%A").lower()
    tracked(company, "alice", hours=lunch | {day: [{"start": "12:00", "end": "12:05"}]})
    receipt = send(company.client("alice"), batch(fixes(noon - 5 * MINUTE, 16, every_s=60)))
    assert (receipt["stored"], reasons(receipt)) == (5, {"outside_hours": 11})
    assert {point[0].hour for point in stored_points(company.alice)} == {4}


def test_the_work_calendar_decides_where_the_policy_leaves_it(company: TestCompany) -> None:
    """Holidays are nobody's business, make-up days are."""
    tracked(company, "alice", hours=None)
    calendar_id = str(uuid7())
    dora = company.dora
    assert dora.execute("calendars.set_calendar", {"id": calendar_id, "name": "c"}).settled
    noon = at_noon().replace(hour=3)  # eleven in Shanghai, a usual hour of a usual day
    for works, stored in ((False, 0), (True, 10)):
        day = {"day": noon.date().isoformat(), "works": works}
        assert dora.execute("calendars.set_days", {"calendar_id": calendar_id, "days": [day]}).settled
        receipt = send(company.client("alice"), batch(fixes(noon, 10)))
        assert receipt["stored"] == stored
        assert reasons(receipt) == ({} if stored else {"outside_hours": 10})


def test_what_cannot_be_a_position_is_counted(company: TestCompany) -> None:
    tracked(company, "alice")
    body = batch(fixes(at_noon(), 8))
    body["points"]["lat_e7"] = [399042000, 10, None, 10, 10**9, -(10**9), 10, 10]
    body["points"]["accuracy_m"] = [5, 5, 5, 0, 5, 5, -3, None]
    receipt = send(company.client("alice"), body)
    assert (receipt["stored"], reasons(receipt)) == (3, {"position_invalid": 2, "accuracy_invalid": 3})
    # The differences go on from the last number, also behind one that is not on the Earth.
    assert [round(point[1] * 1e7) - 399042000 for point in stored_points(company.alice)] == [0, 10, 20]


def test_a_receiver_that_says_nan(company: TestCompany) -> None:
    tracked(company, "alice")
    text = json.dumps(batch(fixes(at_noon(), 3, accuracy_m=7.25)))
    client = company.client("alice")
    response = client.post("/api/v1/trails/points", text.replace("7.25", "NaN", 1), content_type="application/json")
    assert reasons(response.json()) == {"accuracy_invalid": 1}
    assert response.json()["stored"] == 2


def test_the_future_and_the_far_past(company: TestCompany) -> None:
    tracked(company, "alice")
    client = company.client("alice")
    receipt = send(client, batch(fixes(now() - MINUTE, 5, every_s=60)))
    assert (receipt["stored"], reasons(receipt)) == (2, {"in_future": 3})
    # Evidence keeps points for 30 days, and the policy has been there for 40.
    receipt = send(client, batch(fixes(at_noon(31), 4)))
    assert reasons(receipt) == {"day_closed": 4}
    receipt = send(client, batch(fixes(at_noon(5000), 4)))
    assert reasons(receipt) == {"day_closed": 4}
    assert send(client, batch(fixes(at_noon(29), 4)))["stored"] == 4


def test_two_points_of_one_moment_are_one(company: TestCompany) -> None:
    tracked(company, "alice")
    first = fixes(at_noon(), 3)
    receipt = send(company.client("alice"), batch([*first, (first[1][0], 39.95, 116.4, 3.0)]))
    assert (receipt["stored"], reasons(receipt)) == (3, {"point_repeated": 1})
    assert stored_points(company.alice)[1][1] == first[1][1]


def test_a_wrong_wall_clock_does_not_matter(company: TestCompany) -> None:
    tracked(company, "alice")
    sent = fixes(now() - timedelta(hours=2), 20)
    send(company.client("alice"), batch(sent, wall_error=timedelta(days=-400)))
    found = stored_points(company.alice)
    assert abs(found[0][0] - sent[0][0]) < timedelta(seconds=2)
    assert last_position(company.alice).verified  # type: ignore[union-attr]


def test_points_of_an_earlier_boot(company: TestCompany) -> None:
    """Exact if the server has ever measured that boot's clock, be it by an empty batch; else by the phone's word."""
    tracked(company, "alice")
    client, start = company.client("alice"), now() - timedelta(hours=3)
    late = fixes(start, 10)
    unknown = batch(late, boot="boot-0") | {"clock": batch([], boot="boot-1")["clock"]}
    wrong = timedelta(minutes=-50)
    unknown["at"] = (late[0][0] + wrong).isoformat()
    assert send(client, unknown)["stored"] == 10
    assert abs(stored_points(company.alice)[0][0] - (start + wrong)) < timedelta(seconds=1)
    assert not last_position(company.alice).verified  # type: ignore[union-attr]

    other = company.client("bob")
    consent(company.bob, publish_text(company, 2))
    send(other, batch([], boot="boot-0"))
    known = unknown | {"id": str(uuid7())}
    assert send(other, known)["stored"] == 10
    assert abs(stored_points(company.bob)[0][0] - start) < timedelta(seconds=2)


def test_late_and_out_of_order(company: TestCompany) -> None:
    """The order of batches, and of points in one, does not matter; the last position is the newest point."""
    tracked(company, "alice")
    client, noon = company.client("alice"), at_noon()
    sent = fixes(noon, 60)
    shuffled = sent[40:50] + sent[50:60][::-1]
    send(client, batch(shuffled))
    newest = last_position(company.alice)
    send(client, batch(sent[:40]))
    assert [point[1] for point in stored_points(company.alice)] == [fix[1] for fix in sent]
    assert last_position(company.alice).at == newest.at  # type: ignore[union-attr]
    assert abs(newest.at - sent[-1][0]) < timedelta(seconds=1)  # type: ignore[union-attr]


def test_a_batch_over_midnight_is_two_days(company: TestCompany) -> None:
    """By the company's calendar, wherever the server stands."""
    tracked(company, "alice")
    midnight = at_noon().replace(hour=16)
    send(company.client("alice"), batch(fixes(midnight - 5 * MINUTE, 10, every_s=60)))
    first, second = day_rows(company.alice)
    assert (first.points, second.points) == (5, 5)
    assert second.day - first.day == timedelta(days=1)
    assert first.day == midnight.date()


def test_two_devices_of_one_employee(company: TestCompany) -> None:
    tracked(company, "alice")
    noon = at_noon()
    send(company.client("alice"), batch(fixes(noon, 30)))
    send(company.client("alice"), batch(fixes(noon, 30, step_deg=0.0002)))
    assert len(stored_points(company.alice)) == 60
    assert day_rows(company.alice)[0].points == 60


def test_positions_of_chinas_map_services(company: TestCompany) -> None:
    tracked(company, "alice")
    send(company.client("alice"), batch(fixes(at_noon(), 3, accuracy_m=5), datum="GCJ-02"))
    found = stored_points(company.alice)
    assert found[0][1] == pytest.approx(39.90280, abs=2e-4)
    assert found[0][2] == pytest.approx(116.40116, abs=2e-4)


def test_a_dispatching_purpose_alone_keeps_no_yesterday(company: TestCompany) -> None:
    tracked(company, "alice", purposes=[{"purpose": "dispatch", "days": 5}])
    client = company.client("alice")
    assert reasons(send(client, batch(fixes(at_noon(), 3)))) == {"day_closed": 3}


def test_without_a_purpose_for_it_no_last_position_is_kept(company: TestCompany) -> None:
    tracked(company, "alice", purposes=[{"purpose": "evidence", "days": 5}])
    assert send(company.client("alice"), batch(fixes(at_noon(), 3)))["stored"] == 3
    assert last_position(company.alice) is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": "x"}, "id"),
        ({"schema": 2}, "schema"),
        ({"datum": "ED50"}, "datum"),
        ({"clock": 5}, "clock"),
        ({"clock": {"at": "yesterday"}}, "clock.at"),
        ({"at": 5}, "at"),
        ({"uptime_ms": -1}, "uptime_ms"),
        ({"boot_id": ""}, "boot_id"),
        ({"points": []}, "points"),
        ({"points": {"after_ms": 5}}, "points.after_ms"),
        ({"points": {"after_ms": [1.5]}}, "points.after_ms"),
        ({"points": {"after_ms": [True]}}, "points.after_ms"),
        ({"points": {"after_ms": [None]}}, "points"),
        ({"points": {"after_ms": [2**70]}}, "points.after_ms"),
        ({"points": {"after_ms": [0], "lat_e7": ["1"], "lon_e7": [1], "accuracy_m": [1]}}, "points.lat_e7"),
        ({"points": {"after_ms": [0, 1], "lat_e7": [1], "lon_e7": [1], "accuracy_m": [1]}}, "points"),
        ({"states": {"after_ms": [0], "state": ["asleep"]}}, "states.state.0"),
        ({"states": {"after_ms": [0], "state": []}}, "states"),
    ],
    ids=str,
)
def test_a_batch_that_is_none(company: TestCompany, change: dict[str, Any], field: str) -> None:
    response = company.client("alice").call("POST", "/api/v1/trails/points", batch(fixes(at_noon(), 1)) | change)
    assert response.status_code == 422, response.content
    assert response.json()["error"]["code"] == "core.invalid_input"
    assert response.json()["error"]["field"] == field


def test_numbers_beyond_reason_are_no_positions(company: TestCompany) -> None:
    tracked(company, "alice")
    body = batch(fixes(at_noon(), 3))
    body["points"] |= {"lat_e7": [399042000, 2**63 - 1, 10], "accuracy_m": [5, 5, 10**300]}
    receipt = send(company.client("alice"), body)
    assert (receipt["stored"], reasons(receipt)) == (1, {"position_invalid": 1, "accuracy_invalid": 1})


def test_too_many_points(company: TestCompany) -> None:
    tracked(company, "alice")
    client = company.client("alice")
    full = batch(fixes(now() - timedelta(hours=8), 5_000))
    assert send(client, full)["stored"] == 5_000
    response = client.call("POST", "/api/v1/trails/points", batch(fixes(now() - timedelta(hours=8), 5_001)))
    assert (response.status_code, response.json()["error"]["code"]) == (413, "trails.too_many_points")


def test_an_empty_batch_is_one(company: TestCompany) -> None:
    receipt = send(company.client("alice"), batch([]))
    assert (receipt["stored"], receipt["discarded"]) == (0, [])
    response = company.client("alice").call("POST", "/api/v1/trails/points", {"id": str(uuid7())})
    assert response.status_code == 200, response.content
