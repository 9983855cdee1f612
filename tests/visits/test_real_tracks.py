"""Check-ins made on real GPS tracks, where people dwelt: near their sites verified, 10 km away outside."""

import pytest

from core.ids import uuid7
from tests.personas import TestCompany
from tests.tracks import find_dwells, list_tracks, needs_tracks
from tests.visits.field import add_customer, evidence_row, push, request

pytestmark = [needs_tracks, pytest.mark.real_data]
TEN_KM_NORTH = 10_000 / 111_030
"""In degrees of latitude, at Beijing."""


def test_check_ins_where_people_dwelt(company: TestCompany) -> None:
    dwells = [dwell for track in list_tracks() for dwell in find_dwells(track)]
    assert len(dwells) >= 40
    requests, expected = [], {}
    for dwell in dwells[:60]:
        fix = dwell.points[len(dwell.points) // 2]
        here = add_customer(company.alice, {"lat": dwell.lat, "lon": dwell.lon, "fence_radius_m": 150})
        there = add_customer(company.alice, {"lat": dwell.lat + TEN_KM_NORTH, "lon": dwell.lon, "fence_radius_m": 150})
        for customer_id, verdict in ((here, "verified"), (there, "outside")):
            visit_id = uuid7()
            expected[visit_id] = verdict
            sent = {"lat": fix.lat, "lon": fix.lon, "accuracy_m": 15, "provider": "gps", "age_ms": 1_000}
            payload = {"visit_id": visit_id, "customer_id": customer_id, "fix": sent}
            requests.append(request("visits.check_in", payload, occurred_at=fix.at))
    assert {verdict.status for verdict in push(company.alice, *requests)} == {"applied"}
    for visit_id, verdict in expected.items():
        proof = evidence_row(company.alice, visit_id)
        assert proof.verdict == verdict, proof.verdict_details
        if verdict == "outside":
            assert proof.distance_m == pytest.approx(10_000, abs=100)
