"""Reading and delivering cost as many statements for much as for little."""

from datetime import timedelta
from typing import Any

import pytest

from core.clock import now
from tests.architecture.test_query_counts import counted, statements
from tests.personas import TestCompany
from tests.trails.field import at_noon, batch, consent, fixes, publish_text, send, set_policy, tracked
from trails.jobs import derive_days


def test_a_batch_of_any_size(company: TestCompany, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also over many days, with policies and consents that come and go."""
    text = tracked(company, "alice")
    client = company.client("alice")
    send(client, batch(fixes(at_noon(20), 1)))
    small = batch(fixes(at_noon(20) + timedelta(hours=1), 2))
    with counted(monkeypatch) as few:
        assert send(client, small)["stored"] == 2
    for days_ago in (9, 6, 3):
        set_policy(company, "north", at=at_noon(days_ago))
        consent(company.alice, text, at=at_noon(days_ago))
    large = batch(fixes(at_noon(15), 2000, every_s=600))
    with counted(monkeypatch) as many:
        assert send(client, large)["stored"] == 2000
    assert len(many) == len(few), "\n".join(many)
    assert len(few) <= 16, few


def test_a_day_of_any_size(company: TestCompany, monkeypatch: pytest.MonkeyPatch) -> None:
    tracked(company, "alice")
    path = f"/api/v1/trails/days/{company.alice.id}/{at_noon().date()}?purpose=evidence"
    viewer, counts = company.client("carol"), []
    for part in range(4):
        send(company.client("alice"), batch(fixes(at_noon() + timedelta(minutes=part), 10)))
        counts.append(len(statements(monkeypatch, lambda: viewer.call("GET", path))))
    assert len(set(counts)) == 1
    assert counts[0] <= 12


@pytest.mark.parametrize("path", ["last-positions?purpose=dispatch", "mileage?purpose=mileage"])
def test_any_number_of_people(company: TestCompany, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    text = tracked(company, "alice")
    viewer, counts = company.client("carol"), []

    def ask() -> Any:
        return viewer.call("GET", f"/api/v1/trails/{path}")

    for more in (0, 6):
        for number in range(more):
            person = company.add_person(f"rep{number}", ["rep"], "north")
            consent(person, text)
            for at in (at_noon(), now()):
                send(person.client(), batch(fixes(at, 1)))
        for at in (at_noon(), now()):
            send(company.client("alice"), batch(fixes(at, 1)))
        derive_days(0)
        counts.append(len(statements(monkeypatch, ask)))
        assert len(ask().json()["items"]) == more + 1
    assert counts[0] == counts[1]
    assert counts[0] <= 8


def test_the_access_log(company: TestCompany, monkeypatch: pytest.MonkeyPatch) -> None:
    tracked(company, "alice")
    publish_text(company, 2)
    send(company.client("alice"), batch(fixes(at_noon(), 1)))
    client, counts = company.client("alice"), []
    for more in (1, 5):
        for _ in range(more):
            path = f"/api/v1/trails/days/{company.alice.id}/{at_noon().date()}?purpose=evidence"
            assert company.client("carol").call("GET", path).status_code == 200
        counts.append(len(statements(monkeypatch, lambda: client.call("GET", "/api/v1/trails/access-log"))))
    assert counts[0] == counts[1]
