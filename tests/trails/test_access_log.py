"""Whoever looks is noted, in the transaction of the look, and the employee reads it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from core.clock import now
from core.fence import company_fence
from tests.contract.wire import pull
from tests.personas import Persona, TestCompany
from tests.trails.field import at_noon, batch, fixes, send, tracked
from trails.commands import looks
from trails.jobs import derive_days, purge, tell
from trails.models import Access, Look


@pytest.fixture
def team(company: TestCompany) -> TestCompany:
    """Alice and bob are tracked, and were out yesterday and just now."""
    tracked(company, "alice", "bob")
    for name in ("alice", "bob"):
        send(company.client(name), batch(fixes(at_noon(), 20)))
        send(company.client(name), batch(fixes(now() - timedelta(minutes=1), 2)))
    return company


def log(person: Persona) -> list[dict[str, Any]]:
    """What an employee reads, the latest first."""
    items: list[dict[str, Any]] = person.client().call("GET", "/api/v1/trails/access-log").json()["items"]
    return items


def look(who: Persona, path: str) -> None:
    response = who.client().call("GET", f"/api/v1/trails/{path}")
    assert response.status_code == 200, response.content


def test_a_look_at_a_day(team: TestCompany) -> None:
    yesterday = at_noon().date().isoformat()
    look(team.carol, f"days/{team.alice.id}/{yesterday}?purpose=evidence&note=Complaint+17")
    (entry,) = log(team.alice)
    expected = {
        "viewer_id": str(team.carol.id), "view": "day", "purpose": "evidence", "note": "Complaint 17",
        "from_date": yesterday, "to_date": yesterday,
    }  # fmt: skip
    assert {name: entry[name] for name in expected} == expected
    assert entry["at"] == entry["until_at"]
    assert log(team.bob) == []
    look(team.carol, f"days/{team.alice.id}/{yesterday}?purpose=evidence")
    assert len(log(team.alice)) == 2


def test_the_phone_gets_the_log_in_its_users_own_scope(team: TestCompany) -> None:
    look(team.carol, f"days/{team.alice.id}/{at_noon().date()}?purpose=safety")
    held, _ = pull(team.client("alice"))
    ((scope, row),) = [(scope, row["data"]) for (scope, kind, _), row in held.items() if kind == "trail_access"]
    assert scope == str(team.alice.id)
    assert (row["viewer_id"], row["purpose"]) == (str(team.carol.id), "safety")
    held, _ = pull(team.client("carol"))
    assert not [kind for _, kind, _ in held if kind == "trail_access"]


def test_a_map_that_refreshes_itself_is_one_look_an_hour(team: TestCompany) -> None:
    for _ in range(3):
        look(team.carol, "last-positions?purpose=dispatch")
    (entry,) = log(team.alice)
    assert (entry["view"], entry["purpose"]) == ("last_position", "dispatch")
    assert entry["until_at"][14:] == "00:00.000Z"
    assert entry["from_date"] is None
    assert len(log(team.bob)) == 1
    look(team.carol, "last-positions?purpose=safety")
    look(team.carol, "last-positions?purpose=dispatch&note=storm")
    assert [item["note"] for item in log(team.alice)] == ["storm", "", ""]


def test_whoever_comes_later_into_sight_is_noted_too(team: TestCompany) -> None:
    look(team.carol, "last-positions?purpose=dispatch")
    erin = team.erin
    text = team.client("erin").call("GET", "/api/v1/trails/consent-texts").json()["items"][0]["id"]
    assert erin.execute("trails.give_consent", {"id": str(team.carol.id), "text_id": text}).settled
    send(team.client("erin"), batch(fixes(now(), 1)))
    assert len(log(erin)) == 0
    look(team.carol, "last-positions?purpose=dispatch")
    assert (len(log(erin)), len(log(team.alice))) == (1, 1)


def test_the_next_hour_is_another_look(team: TestCompany, monkeypatch: pytest.MonkeyPatch) -> None:
    look(team.carol, "last-positions?purpose=dispatch")
    later = now() + timedelta(hours=1)
    monkeypatch.setattr("trails.api.now", lambda: later)
    look(team.carol, "last-positions?purpose=dispatch")
    assert len(log(team.alice)) == 2


def test_a_look_at_mileage_names_those_on_the_page(team: TestCompany) -> None:
    derive_days(0)
    look(team.carol, f"mileage?purpose=mileage&user_id={team.alice.id}")
    (entry,) = log(team.alice)
    assert (entry["view"], entry["from_date"], entry["to_date"]) == ("mileage", *2 * [at_noon().date().isoformat()])
    assert log(team.bob) == []


def test_looking_at_oneself_is_nobodys_business(team: TestCompany) -> None:
    look(team.alice, f"days/{team.alice.id}/{at_noon().date()}")
    look(team.alice, "last-positions")
    look(team.alice, "mileage")
    assert log(team.alice) == []
    with company_fence(team.id):
        assert not Look.objects.exists()


def test_no_look_without_its_log(team: TestCompany, monkeypatch: pytest.MonkeyPatch) -> None:
    """If it cannot be noted, nothing is shown."""
    monkeypatch.setattr(looks, "_LOG", "select 1/0")
    client = team.client("carol")
    client.raise_request_exception = False
    for path in (f"days/{team.alice.id}/{at_noon().date()}?purpose=evidence", "last-positions?purpose=dispatch"):
        response = client.call("GET", f"/api/v1/trails/{path}")
        assert response.status_code >= 400
        assert b"lat" not in response.content


def test_a_look_at_many_is_logged_at_once_and_told_by_a_job(team: TestCompany, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "SPREAD_AT_ONCE", 1)
    look(team.carol, "last-positions?purpose=dispatch")
    with company_fence(team.id):
        (noted,) = Look.objects.all()
        assert sorted(noted.user_ids) == sorted([team.alice.id, team.bob.id])
        assert not Access.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("select args from procrastinate_jobs where task_name = 'trails.tell' order by id desc limit 1")
        waiting = cursor.fetchone()[0]
    waiting = json.loads(waiting) if isinstance(waiting, str) else waiting
    assert waiting == {"company_id": str(team.id), "look_id": str(noted.id)}
    assert "trails.tell" in app.tasks
    tell(**waiting)
    tell(**waiting)
    assert (len(log(team.alice)), len(log(team.bob))) == (1, 1)
    look(team.carol, "last-positions?purpose=dispatch")
    with company_fence(team.id):
        assert Look.objects.count() == 1


def test_the_log_is_not_changed_and_goes_after_three_years(team: TestCompany) -> None:
    look(team.carol, f"days/{team.alice.id}/{at_noon().date()}?purpose=evidence")
    for statement in ("update trails_look set note = 'x'", "delete from trails_access"):
        with pytest.raises(Exception, match="permission denied"), company_fence(team.id), connection.cursor() as cursor:
            cursor.execute(statement)
    purge(0)
    assert len(log(team.alice)) == 1
    with company_fence(team.id), connection.cursor() as cursor:
        cursor.execute("select trails_purge_looks(%s, %s)", [team.id, now() + timedelta(days=1)])
        assert cursor.fetchone()[0] == 1
    assert log(team.alice) == []
