"""Last positions: with their age, never called live when they are not, of those below and nobody else."""

from datetime import timedelta
from typing import Any

import pytest

from core.clock import now
from tests.personas import Persona, TestCompany
from tests.trails.field import HERE, batch, fixes, last_position, send, set_policy, tracked
from trails.jobs import purge

PATH = "/api/v1/trails/last-positions"


def seen(who: Persona, purpose: str | None = "dispatch", note: str = "") -> dict[str, dict[str, Any]]:
    """What he sees, by user id."""
    query = f"?purpose={purpose}&note={note}" if purpose else ""
    response = who.client().call("GET", PATH + query)
    assert response.status_code == 200, response.content
    return {item["user_id"]: item for item in response.json()["items"]}


def report(person: Persona, age: timedelta, **members: Any) -> None:
    """A phone sends where it was so long ago."""
    send(person.client(), batch(fixes(now() - age, 1), **members))


def test_live_only_while_it_is(company: TestCompany) -> None:
    tracked(company, "alice", "bob", live_s=300)
    report(company.alice, timedelta(seconds=290))
    report(company.bob, timedelta(minutes=47, seconds=30))
    found = seen(company.carol)
    assert set(found) == {str(company.alice.id), str(company.bob.id)}
    alice, bob = found[str(company.alice.id)], found[str(company.bob.id)]
    assert (alice["state"], alice["age_minutes"]) == ("live", 4)
    assert (bob["state"], bob["age_minutes"]) == ("last_known", 47)
    assert (alice["lat"], alice["lon"], alice["accuracy_m"]) == (*HERE, 8)


def test_a_time_on_the_phones_word_is_never_live(company: TestCompany) -> None:
    tracked(company, "alice")
    report(company.alice, timedelta(seconds=5), boot="boot-0", clock=batch([], boot="boot-1")["clock"])
    (position,) = seen(company.carol).values()
    assert (position["state"], position["verified"]) == ("last_known", False)


def test_everybody_sees_himself_and_only_superiors_see_others(company: TestCompany) -> None:
    tracked(company, "alice", "zed", unit="company")
    for name in ("alice", "zed"):
        report(company.people[name], timedelta(minutes=1))
    assert set(seen(company.alice, None)) == {str(company.alice.id)}
    assert set(seen(company.carol)) == {str(company.alice.id)}
    assert set(seen(company.carol, None)) == set()
    for name in ("bob", "erin", "dan", "dora"):
        assert seen(company.people[name]) == {}


@pytest.mark.parametrize(("purpose", "status"), [("evidence", 403), ("mileage", 403), ("safety", 200), ("x", 422)])
def test_only_purposes_that_need_it(company: TestCompany, purpose: str, status: int) -> None:
    tracked(company, "alice")
    assert company.client("carol").call("GET", f"{PATH}?purpose={purpose}").status_code == status


def test_what_the_policy_no_longer_opens_is_not_shown_and_then_goes(company: TestCompany) -> None:
    tracked(company, "alice", purposes=[{"purpose": "dispatch", "days": 3}, {"purpose": "evidence", "days": 9}])
    report(company.alice, timedelta(minutes=1))
    assert seen(company.carol, "safety") == {}
    set_policy(company, at=now(), tracks=False)
    assert seen(company.carol) == {}
    assert last_position(company.alice) is not None
    purge(0)
    assert last_position(company.alice) is None


def test_old_ones_go(company: TestCompany) -> None:
    tracked(company, "alice", purposes=[{"purpose": "dispatch", "days": 1}, {"purpose": "evidence", "days": 9}])
    report(company.alice, timedelta(days=3))
    assert seen(company.carol) == {}
    purge(0)
    assert last_position(company.alice) is None


def test_who_left_is_not_shown(company: TestCompany) -> None:
    tracked(company, "alice")
    report(company.alice, timedelta(minutes=1))
    assert company.dora.execute("accounts.deactivate_user", {"id": str(company.alice.id)}).settled
    assert seen(company.carol) == {}
