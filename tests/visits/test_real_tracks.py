"""Check-ins made on real GPS tracks, where people dwelt: near their sites verified, 10 km away outside; and jumps."""

from datetime import timedelta
from itertools import combinations
from uuid import UUID

import pytest

from core.batches import CommandRequest
from core.geodesy import Coordinates, distance_m
from core.ids import uuid7
from tests.personas import Persona, TestCompany
from tests.tracks import GEOLIFE, Dwell, Point, find_dwells, needs_tracks, read_track
from tests.visits.field import add_customer, evidence_row, push, request

pytestmark = [needs_tracks, pytest.mark.real_data]
TEN_KM_NORTH = 10_000 / 111_030
"""In degrees of latitude, at Beijing."""
PEOPLE = sorted(folder.name for folder in GEOLIFE.glob("*")) if GEOLIFE.is_dir() else []
DWELLS_OF_EACH = 15


def dwells_of(person: str) -> list[Dwell]:
    tracks = [read_track(path) for path in sorted((GEOLIFE / person).glob("*.plt"))]
    found = [dwell for track in sorted(tracks, key=lambda track: track[0].at) for dwell in find_dwells(track)]
    return found[:: max(1, len(found) // DWELLS_OF_EACH)]


def shop_at(rep: Persona, dwell: Dwell, north: float = 0) -> UUID:
    return add_customer(rep, {"lat": dwell.lat + north, "lon": dwell.lon, "fence_radius_m": 150})


def arrival(customer_id: UUID, fix: Point, visit_id: UUID, later: timedelta = timedelta(0)) -> CommandRequest:
    sent = {"lat": fix.lat, "lon": fix.lon, "accuracy_m": 15, "provider": "gps", "age_ms": 1_000}
    payload = {"visit_id": visit_id, "customer_id": customer_id, "fix": sent}
    return request("visits.check_in", payload, occurred_at=fix.at + later)


@pytest.mark.parametrize("person", PEOPLE)
def test_anywhere_on_a_dwell_is_at_its_site(company: TestCompany, person: str) -> None:
    """Wherever in the dwell the button is pressed: at its beginning, a quarter in, and so on to its end."""
    dwells = dwells_of(person)
    assert len(dwells) > 10
    requests, expected = [], {}
    for dwell in dwells:
        here, there = shop_at(company.alice, dwell), shop_at(company.alice, dwell, TEN_KM_NORTH)
        last = len(dwell.points) - 1
        for fix in [dwell.points[last * quarter // 4] for quarter in range(5)]:
            for customer_id, verdict in ((here, "verified"), (there, "outside")):
                visit_id = uuid7()
                expected[visit_id] = verdict
                requests.append(arrival(customer_id, fix, visit_id))
    assert {verdict.status for verdict in push(company.alice, *requests)} == {"applied"}
    for visit_id, verdict in expected.items():
        proof = evidence_row(company.alice, visit_id)
        assert proof.verdict == verdict, proof.verdict_details
        if verdict == "outside":
            assert proof.distance_m == pytest.approx(10_000, abs=150)


def test_from_one_track_to_another_in_a_minute(company: TestCompany) -> None:
    """Two real places more than 10 km apart; each of them alone is verified, and an hour later so is the second."""
    dwells = [dwell for person in PEOPLE for dwell in dwells_of(person)]
    pairs = [
        (a, b)
        for a, b in combinations(dwells, 2)
        if 10_000 < distance_m(Coordinates(a.lat, a.lon), Coordinates(b.lat, b.lon)) < 100_000
    ][::50][:10]
    assert len(pairs) == 10
    for number, (here, there) in enumerate(pairs):
        rep = company.add_person(f"rep{number}", ["rep"], "north")
        first, jumped, later = uuid7(), uuid7(), uuid7()
        fix, far = here.points[-1], there.points[0]._replace(at=here.points[-1].at)
        place = shop_at(rep, there)
        requests = [
            arrival(shop_at(rep, here), fix, first),
            arrival(place, far, jumped, timedelta(minutes=1)),
            arrival(place, far, later, timedelta(hours=2)),
        ]
        assert {verdict.status for verdict in push(rep, *requests)} == {"applied"}
        found = [evidence_row(rep, visit_id).verdict for visit_id in (first, jumped, later)]
        assert found == ["verified", "impossible_speed", "verified"]
        jump = evidence_row(rep, jumped).verdict_details["jump"]
        assert jump["distance_m"] > 9_000 and jump["speed_mps"] > 100
