"""Retention: what no purpose keeps any longer is deleted for good, and a closed day takes no more points."""

from datetime import timedelta

from django.db import connections

from core.clock import now
from core.fence import company_fence
from core.partitions import drop_empty_days, make_days
from tests.personas import TestCompany
from tests.trails.field import (
    at_noon,
    batch,
    consent,
    day_rows,
    fixes,
    reasons,
    send,
    set_policy,
    stored_points,
    tracked,
)
from trails.jobs import AHEAD, derive_days, make_partitions, purge
from trails.models import PointBatch, Segment


def partitions() -> list[str]:
    """The partitions of points that are there."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "select inhrelid::regclass::text from pg_inherits where inhparent = 'trails_segment'::regclass order by 1"
        )
        return [name for (name,) in cursor.fetchall()]


def name_of(days_ago: int) -> str:
    return f"trails_segment_p{at_noon(days_ago):%Y%m%d}"


def test_each_purpose_keeps_its_part(company: TestCompany) -> None:
    """Points as long as a purpose shows them, figures as long as one needs them."""
    tracked(company, "alice", purposes=[{"purpose": "safety", "days": 40}, {"purpose": "mileage", "days": 90}])
    client = company.client("alice")
    for days_ago in (1, 8, 39):
        send(client, batch(fixes(at_noon(days_ago), 5)))
    derive_days(0)
    purge(0)
    assert len(stored_points(company.alice)) == 15
    shorter = [{"purpose": "safety", "days": 7}, {"purpose": "mileage", "days": 20}]
    set_policy(company, at=now(), purposes=shorter)
    purge(0)
    assert {point[0].date() for point in stored_points(company.alice)} == {at_noon(1).date()}
    rows = {row.day: row for row in day_rows(company.alice)}
    assert set(rows) == {at_noon(1).date(), at_noon(8).date()}
    assert [row.closed_at is not None for row in rows.values()] == [True, False]
    figures = client.call("GET", "/api/v1/trails/mileage").json()["items"]
    assert [figure["day"] for figure in figures] == [at_noon(1).date().isoformat(), at_noon(8).date().isoformat()]


def test_a_closed_day_takes_no_more_points(company: TestCompany) -> None:
    """Also when the purpose is prolonged afterwards: what was deleted does not come back in pieces."""
    tracked(company, "alice", purposes=[{"purpose": "evidence", "days": 30}])
    client = company.client("alice")
    send(client, batch(fixes(at_noon(5), 5)))
    set_policy(company, at=now(), purposes=[{"purpose": "evidence", "days": 3}])
    late = fixes(at_noon(5) + timedelta(hours=1), 4) + fixes(at_noon(1), 2)
    receipt = send(client, batch(late))
    assert (receipt["stored"], reasons(receipt)) == (2, {"day_closed": 4})
    purge(0)
    set_policy(company, at=now(), purposes=[{"purpose": "evidence", "days": 30}])
    receipt = send(client, batch(fixes(at_noon(5) + timedelta(hours=2), 4)))
    assert (receipt["stored"], reasons(receipt)) == (0, {"day_closed": 4})
    assert {point[0].date() for point in stored_points(company.alice)} == {at_noon(1).date()}


def test_a_longer_purpose_does_not_prolong_what_was_promised(company: TestCompany) -> None:
    tracked(company, "alice", purposes=[{"purpose": "evidence", "days": 3}])
    send(company.client("alice"), batch(fixes(at_noon(2), 5)))
    set_policy(company, at=now(), purposes=[{"purpose": "evidence", "days": 700}])
    purge(0)
    assert len(stored_points(company.alice)) == 5
    make_days(Segment, [at_noon(4).date()])
    with company_fence(company.id), connections["default"].cursor() as cursor:
        cursor.execute("update trails_segment set day = day - 2")
        cursor.execute("update trails_day set day = day - 2")
    purge(0)
    assert stored_points(company.alice) == []


def test_giving_up_every_purpose_deletes_everything(company: TestCompany) -> None:
    text = tracked(company, "alice")
    send(company.client("alice"), batch(fixes(at_noon(1), 5)))
    send(company.client("alice"), batch(fixes(now() - timedelta(minutes=2), 5)))
    set_policy(company, at=now(), tracks=False, purposes=[])
    purge(0)
    assert stored_points(company.alice) == []
    assert day_rows(company.alice) == []
    consent(company.alice, text)


def test_without_a_policy_what_was_promised_holds(company: TestCompany) -> None:
    """A rep who moves to a unit without any does not lose his days."""
    tracked(company, "alice", unit="north", purposes=[{"purpose": "evidence", "days": 5}])
    send(company.client("alice"), batch(fixes(at_noon(4), 5)))
    change = {"org_unit_id": {"from": str(company.units["north"]), "to": str(company.units["south"])}}
    assert company.dora.execute("accounts.update_user", {"id": str(company.alice.id), "changes": change}).settled
    purge(0)
    assert len(stored_points(company.alice)) == 5


def test_receipts_go_later_than_phones_forget(company: TestCompany) -> None:
    tracked(company, "alice")
    body = batch(fixes(at_noon(), 3))
    send(company.client("alice"), body)
    with company_fence(company.id):
        PointBatch.objects.update(received_at=now() - timedelta(days=59))
    purge(0)
    send(company.client("alice"), body)
    assert len(stored_points(company.alice)) == 3
    with company_fence(company.id):
        PointBatch.objects.update(received_at=now() - timedelta(days=61))
        purge_count = PointBatch.objects.count()
    purge(0)
    with company_fence(company.id):
        assert (purge_count, PointBatch.objects.count()) == (1, 0)


def test_partitions_are_made_ahead() -> None:
    make_partitions(0)
    assert {name_of(1), name_of(0), name_of(-AHEAD)} <= set(partitions())
    make_partitions(0)


def test_partitions_go_when_the_last_company_has_left_them(company: TestCompany) -> None:
    tracked(company, "alice", purposes=[{"purpose": "evidence", "days": 700}], at=now() - timedelta(days=699))
    consent(company.alice, tracked_text(company), at=now() - timedelta(days=699))
    send(company.client("alice"), batch(fixes(at_noon(600), 5)))
    make_days(Segment, [at_noon(601).date()])
    assert {name_of(600), name_of(601)} <= set(partitions())
    purge(0)
    assert name_of(600) in partitions()
    assert name_of(601) not in partitions()
    set_policy(company, at=now(), tracks=False, purposes=[])
    purge(0)
    assert name_of(600) not in partitions()


def test_partitions_of_these_days_stay_though_they_are_empty() -> None:
    make_partitions(0)
    drop_empty_days(Segment, at_noon(-10).date())
    assert {name_of(0), name_of(-1), name_of(-AHEAD)} <= set(partitions())


def tracked_text(company: TestCompany) -> object:
    """The text that the team agreed to."""
    items = company.client("alice").call("GET", "/api/v1/trails/consent-texts").json()["items"]
    return items[0]["id"]
