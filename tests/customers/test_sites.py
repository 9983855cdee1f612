"""Sites: positions in any datum are stored as WGS-84 with what was given; merged; seen with their customer."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from core.fence import company_fence
from core.geodesy import to_wgs84
from core.ids import uuid7
from customers.models import Site
from tests.customers.world import NOON, counted_queries, create_customer, entries, run_at, run_many
from tests.personas import TestCompany, make_company

GCJ = {"lat": 31.17530398364597, "lon": 121.531541859215, "datum": "GCJ-02"}


@pytest.fixture
def lotus(company: TestCompany) -> UUID:
    """Alice's customer, shared with bob."""
    customer_id = create_customer(company.alice)
    share = {"customer_id": str(customer_id), "user_id": str(company.bob.id)}
    assert company.alice.execute("customers.share", share).settled
    return customer_id


def add_site(company: TestCompany, customer_id: UUID, **fields: Any) -> UUID:
    site_id = uuid7()
    payload = {"id": str(site_id), "customer_id": str(customer_id), "name": "Shop"} | fields
    verdict = run_at(company.alice, "customers.add_site", payload, NOON)
    assert verdict.settled, verdict
    return site_id


def stored(company: TestCompany, site_id: UUID) -> Site:
    with company_fence(company.id):
        return Site.objects.get(id=site_id)


def move(
    company: TestCompany, who: str, site_id: UUID, old: dict[str, Any] | None, new: dict[str, Any] | None, minutes: int
) -> Any:
    payload = {"id": str(site_id), "changes": {"position": {"from": old, "to": new}}}
    return run_at(company.people[who], "customers.update_site", payload, NOON + timedelta(minutes=minutes))


@pytest.mark.parametrize("datum", ["WGS-84", "GCJ-02", "BD-09"])
def test_position_in_any_datum(company: TestCompany, lotus: UUID, datum: str) -> None:
    client = company.client("alice")
    site_id = uuid7()
    position = {"lat": 39.915, "lon": 116.404, "datum": datum}
    body = {"id": site_id, "customer_id": lotus, "name": "Shop", "address": "Main Road", "position": position}
    assert client.call("POST", "/api/v1/customers/add-site", body).status_code == 200
    lat, lon = to_wgs84(39.915, 116.404, datum)  # type: ignore[arg-type]
    shown = client.call("GET", f"/api/v1/customers/{lotus}/sites").json()
    assert shown == {
        "items": [
            {
                "id": str(site_id), "version": 1, "customer_id": str(lotus), "name": "Shop", "address": "Main Road",
                "lat": lat, "lon": lon, "fence_radius_m": 200, "confirmed": False, "opening_hours": None,
            }
        ],
        "next": None,
    }  # fmt: skip
    row = stored(company, site_id)
    assert (row.datum_given, row.lat_given, row.lon_given) == (datum, 39.915, 116.404)


@pytest.mark.parametrize(
    "position",
    [
        {"lat": 91, "lon": 0}, {"lat": 0, "lon": 181}, {"lat": "1", "lon": 1}, {"lat": True, "lon": 1}, {"lat": 1},
        {"lat": 1, "lon": 1, "datum": "wgs84"}, {"lat": 1, "lon": 1, "datum": None}, [1, 1], {"lat": 1, "lon": None},
    ],
)  # fmt: skip
def test_what_is_no_position_is_refused(company: TestCompany, lotus: UUID, position: Any) -> None:
    payload = {"id": str(uuid7()), "customer_id": str(lotus), "name": "Shop", "position": position}
    assert company.alice.execute("customers.add_site", payload).code == "core.invalid_input"


@pytest.mark.parametrize("radius", [0, -1, 100_001, "200", None, True])
def test_what_is_no_radius_is_refused(company: TestCompany, lotus: UUID, radius: Any) -> None:
    payload = {"id": str(uuid7()), "customer_id": str(lotus), "name": "Shop", "fence_radius_m": radius}
    assert company.alice.execute("customers.add_site", payload).code == "core.invalid_input"


def test_a_position_is_moved_from_what_the_phone_knew(company: TestCompany, lotus: UUID) -> None:
    site_id = add_site(company, lotus)
    assert stored(company, site_id).position is None
    assert move(company, "alice", site_id, None, GCJ, 1).status == "applied"
    row = stored(company, site_id)
    assert (row.lat, row.lon) == to_wgs84(GCJ["lat"], GCJ["lon"], "GCJ-02")
    assert (row.datum_given, row.lat_given, row.lon_given) == ("GCJ-02", GCJ["lat"], GCJ["lon"])
    published = entries(company, lotus)["site", site_id]
    assert published
    known = {"lat": published["lat"], "lon": published["lon"]}
    assert move(company, "bob", site_id, known, {"lat": 31.18, "lon": 121.53}, 2).status == "applied"
    assert stored(company, site_id).datum_given == "WGS-84"
    # The phone that still holds its own words as the base knows the same place.
    assert move(company, "alice", site_id, {"lat": 31.18, "lon": 121.53}, None, 3).status == "applied"
    row = stored(company, site_id)
    assert (row.lat, row.datum_given, row.lat_given) == (None, None, None)


def test_two_positions_conflict_and_the_loser_can_be_restored(company: TestCompany, lotus: UUID) -> None:
    site_id = add_site(company, lotus)
    move(company, "alice", site_id, None, GCJ, 5)
    lost = move(company, "bob", site_id, None, {"lat": 31.2, "lon": 121.5}, 1)
    assert (lost.status, lost.conflicts[0]["field"], lost.conflicts[0]["kept"]) == ("merged", "position", "theirs")
    restored = company.bob.execute("sync.restore_value", {"conflict_id": lost.conflicts[0]["conflict_id"]})
    assert restored.settled, restored
    row = stored(company, site_id)
    assert (row.lat, row.lon, row.datum_given) == (31.2, 121.5, "WGS-84")


def test_other_fields(company: TestCompany, lotus: UUID) -> None:
    site_id = add_site(company, lotus, address="Old", fence_radius_m=50)
    changes = {
        "name": {"from": "Shop", "to": "Warehouse"},
        "address": {"from": "Old", "to": ""},
        "fence_radius_m": {"from": 50, "to": 75.5},
    }
    answer = company.client("bob").call("POST", "/api/v1/customers/update-site", {"id": site_id, "changes": changes})
    assert answer.json()["verdict"]["status"] == "applied"
    row = stored(company, site_id)
    assert (row.name, row.address, row.fence_radius_m) == ("Warehouse", "", 75.5)


def test_remove(company: TestCompany, lotus: UUID) -> None:
    site_id = add_site(company, lotus)
    twice = run_many(company.bob, "customers.remove_site", [{"id": str(site_id)}] * 2)
    assert [verdict.code for verdict in twice] == [None, "customers.site_not_found"]
    assert entries(company, lotus)["site", site_id] is None
    payload = {"id": str(site_id), "changes": {"name": {"from": "Shop", "to": "X"}}}
    assert company.alice.execute("customers.update_site", payload).code == "customers.site_not_found"


def test_engineers_add_and_edit_but_do_not_remove(company: TestCompany, lotus: UUID) -> None:
    share = {"customer_id": str(lotus), "user_id": str(company.erin.id)}
    assert company.alice.execute("customers.share", share).settled
    payload = {"id": str(uuid7()), "customer_id": str(lotus), "name": "Plant"}
    assert company.erin.execute("customers.add_site", payload).settled
    assert company.erin.execute("customers.remove_site", {"id": payload["id"]}).code == "core.forbidden"


def test_out_of_sight_and_lost(company: TestCompany, lotus: UUID) -> None:
    site_id = add_site(company, lotus)
    new = {"id": str(uuid7()), "customer_id": str(lotus), "name": "Shop"}
    rename = {"id": str(site_id), "changes": {"name": {"from": "Shop", "to": "X"}}}
    stranger = make_company().dora
    for persona in (company.zed, stranger):
        assert persona.execute("customers.add_site", new).code == "customers.not_found"
    assert company.zed.execute("customers.update_site", rename).code == "customers.not_found"
    assert stranger.execute("customers.update_site", rename).code == "customers.site_not_found"
    unshare = {"customer_id": str(lotus), "user_id": str(company.bob.id)}
    assert company.alice.execute("customers.unshare", unshare).settled
    for name, payload in {
        "customers.add_site": new, "customers.update_site": rename, "customers.remove_site": {"id": str(site_id)}
    }.items():  # fmt: skip
        assert company.bob.execute(name, payload).code == "sync.scope_lost"


def test_the_number_of_statements_does_not_grow(company: TestCompany, lotus: UUID) -> None:
    def statements(size: int) -> tuple[int, int]:
        ids = [uuid7() for _ in range(size)]
        added = [{"id": str(id_), "customer_id": str(lotus), "name": "Shop", "position": GCJ} for id_ in ids]
        edits = [{"id": str(id_), "changes": {"name": {"from": "Shop", "to": "X"}}} for id_ in ids]
        with counted_queries() as adding:
            assert all(verdict.settled for verdict in run_many(company.alice, "customers.add_site", added))
        with counted_queries() as editing:
            assert all(verdict.settled for verdict in run_many(company.alice, "customers.update_site", edits))
        return len(adding), len(editing)

    assert statements(1) == statements(50)
