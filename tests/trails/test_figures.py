"""What days came to: worked out when they are over, again when late points come, read by those who may."""

from datetime import timedelta

import pytest

from tests.contract.wire import pull
from tests.personas import TestCompany
from tests.trails.field import at_noon, batch, day_rows, fixes, send, set_policy, tracked, withdraw
from tests.trails.test_days import as_fixes, played
from tests.trails.tracks import drive, silenced
from trails.jobs import derive_days

PATH = "/api/v1/trails/mileage"


def test_they_are_those_of_the_playback(company: TestCompany) -> None:
    tracked(company, "alice")
    start = at_noon(3)
    track = silenced(drive((4000, 0, 800), (4000, 0, 1500), (4000, 3000, 600), spread_m=2), 2400, 2900)
    send(company.client("alice"), batch(as_fixes(track, start), [(start + timedelta(seconds=2402), "gps_off")]))
    assert day_rows(company.alice)[0].derived_at is None
    assert company.client("alice").call("GET", PATH).json()["items"] == []
    derive_days(0)
    (figure,) = company.client("alice").call("GET", PATH).json()["items"]
    day = played(company.alice, company.alice, start.date())
    assert (figure["moved_m"], figure["bridged_m"]) == tuple(day["mileage"].values())
    assert (figure["stops"], figure["day"]) == (1, start.date().isoformat())
    assert figure["stopped_s"] == pytest.approx(1500, abs=60)
    (row,) = day_rows(company.alice)
    assert row.gap_s - row.unknown_s == pytest.approx(500, abs=10)
    assert row.unknown_s == pytest.approx(24 * 3600 - 2900, abs=10)


def test_late_points_and_a_late_withdrawal_change_them(company: TestCompany) -> None:
    tracked(company, "alice")
    client, noon = company.client("alice"), at_noon(2)
    send(client, batch(fixes(noon, 50, every_s=60, step_deg=0.001)))
    derive_days(0)
    before = day_rows(company.alice)[0].moved_m
    send(client, batch(fixes(noon + timedelta(minutes=50), 50, every_s=60, step_deg=0.001)))
    assert day_rows(company.alice)[0].derived_at is None
    derive_days(0)
    assert day_rows(company.alice)[0].moved_m > 1.5 * before  # type: ignore[operator]
    withdraw(company.alice, at=noon + timedelta(minutes=25))
    derive_days(0)
    assert day_rows(company.alice)[0].moved_m < 0.6 * before  # type: ignore[operator]


def test_today_is_not_over(company: TestCompany) -> None:
    tracked(company, "alice")
    send(company.client("alice"), batch(fixes(at_noon(0) - timedelta(hours=16), 3)))
    derive_days(0)
    assert all(row.derived_at is None for row in day_rows(company.alice) if row.day == at_noon(0).date())


def test_the_phone_gets_its_users_own(company: TestCompany) -> None:
    tracked(company, "alice")
    send(company.client("alice"), batch(fixes(at_noon(), 20, step_deg=0.001)))
    held, _ = pull(company.client("alice"))
    assert not [kind for _, kind, _ in held if kind == "trail_day"]
    derive_days(0)
    for name, count in (("alice", 1), ("bob", 0), ("carol", 0)):
        held, _ = pull(company.client(name))
        assert len([kind for _, kind, _ in held if kind == "trail_day"]) == count


def test_who_reads_them(company: TestCompany) -> None:
    tracked(company, "alice", "zed", unit="company")
    for name in ("alice", "zed"):
        send(company.client(name), batch(fixes(at_noon(), 20, step_deg=0.001)))
        send(company.client(name), batch(fixes(at_noon(20), 20, step_deg=0.001)))
    derive_days(0)

    def read(name: str, query: str = "purpose=mileage") -> list[tuple[str, str]]:
        response = company.client(name).call("GET", f"{PATH}?{query}")
        assert response.status_code == 200, response.content
        return [(item["user_id"], item["day"]) for item in response.json()["items"]]

    alice, days = str(company.alice.id), [at_noon().date().isoformat(), at_noon(20).date().isoformat()]
    assert read("carol") == [(alice, day) for day in days]
    assert read("carol", f"purpose=evidence&user_id={alice}&to_date={days[1]}") == [(alice, days[1])]
    assert read("carol", "") == []
    for name in ("bob", "dan", "dora"):
        assert read(name) == []
    assert read("alice", "") == [(alice, day) for day in days]
    set_policy(company, "north", purposes=[{"purpose": "mileage", "days": 5}])
    assert read("carol") == [(alice, days[0])]
    assert company.client("carol").call("GET", f"{PATH}?purpose=dispatch").status_code == 403
    assert company.client("carol").call("GET", f"{PATH}?purpose=mileage&user_id={company.zed.id}").status_code == 404
