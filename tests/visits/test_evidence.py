"""The rules that judge a fix: pure, so every corner of the Earth can be tried."""

from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.geodesy import Coordinates, distance_m
from visits.evidence import BUILT_IN, Finding, Fix, Place, find_nearest, judge

MAX_AGE_MS = BUILT_IN.rules.max_age_ms

SHOP = Coordinates(39.9, 116.4)
latitudes = st.one_of(st.floats(-90, 90), st.sampled_from([-90.0, 90.0, 0.0]))
longitudes = st.one_of(st.floats(-180, 180), st.sampled_from([-180.0, 180.0, 179.9999, -179.9999, 0.0]))
positions = st.builds(Coordinates, latitudes, longitudes)
radii = st.floats(1, 100_000)
places = st.builds(Place, st.uuids(), positions, radii)
fixes = st.builds(
    Fix,
    positions,
    accuracy_m=st.floats(0, 1e7),
    age_ms=st.none() | st.floats(-1e6, 1e12),
    provider=st.sampled_from([None, "gps", "network", "fused", "manual"]),
    is_mock=st.none() | st.booleans(),
)


def place(position: Coordinates = SHOP, radius: float = 200, number: int = 1) -> Place:
    return Place(UUID(int=number), position, radius)


def north(metres: float, of: Coordinates = SHOP) -> Coordinates:
    return Coordinates(of.lat + metres / 111_030, of.lon)


@pytest.mark.parametrize(
    ("fix", "verdict"),
    [
        (Fix(SHOP, 10), "verified"),
        (Fix(north(190), 10), "verified"),
        (Fix(north(205), 10), "inaccurate"),  # its circle reaches into the fence
        (Fix(north(250), 10), "outside"),
        (Fix(north(10_000), 10), "outside"),
        (Fix(SHOP, 201), "inaccurate"),  # the circle is larger than the fence
        (Fix(SHOP, 0), "inaccurate"),  # the phone does not know
        (Fix(north(250), 0), "outside"),
        (Fix(north(10_000), 201), "outside"),  # larger, but far away all the same
        (Fix(SHOP, 10, age_ms=MAX_AGE_MS), "verified"),
        (Fix(SHOP, 10, age_ms=MAX_AGE_MS + 1), "stale_fix"),
        (Fix(SHOP, 10, is_mock=True), "mock"),
        (Fix(north(10_000), 10, age_ms=10**9, is_mock=True), "mock"),
        (Fix(SHOP, 10, provider="manual"), "no_fix"),
        (None, "no_fix"),
    ],
)
def test_verdicts(fix: Fix | None, verdict: str) -> None:
    assert judge(fix, [place()], clock_verified=True).verdict == verdict


def test_every_finding_is_kept_with_its_numbers() -> None:
    judgement = judge(Fix(north(10_000), 30, age_ms=500_000, is_mock=True), [place()], clock_verified=False)
    details = judgement.details
    assert details["findings"] == ["mock", "stale_fix", "outside", "clock_suspect"]
    assert (details["age_ms"], details["max_age_ms"]) == (500_000, MAX_AGE_MS)
    assert (details["accuracy_m"], details["fence_radius_m"]) == (30, 200)
    assert details["distance_m"] == judgement.distance_m == pytest.approx(10_000, rel=1e-3)
    assert details["site"] == {"id": str(UUID(int=1)), "lat": SHOP.lat, "lon": SHOP.lon}
    assert details["clock_verified"] is False


def test_a_doubtful_clock_alone_is_the_verdict() -> None:
    assert judge(Fix(SHOP, 10), [place()], clock_verified=False).verdict == Finding.CLOCK_SUSPECT
    assert judge(Fix(SHOP, 10), [place()], clock_verified=True, in_order=False).verdict == Finding.CLOCK_SUSPECT


def test_a_customer_without_a_position_gives_no_site() -> None:
    judgement = judge(Fix(SHOP, 10), [], clock_verified=True)
    assert (judgement.verdict, judgement.site_id, judgement.distance_m) == ("no_site", None, None)


def test_the_nearest_site_is_named() -> None:
    far, near = place(north(5_000), number=1), place(north(1_000), number=2)
    assert find_nearest(SHOP, [far, near])[0] is near


def test_a_large_fence_that_holds_the_fix_wins_over_a_nearer_site() -> None:
    yard, shop = place(north(250), 300, number=1), place(north(100), 50, number=2)
    found, distance = find_nearest(SHOP, [shop, yard])
    assert found is yard and distance == pytest.approx(250, abs=1)


def test_across_the_date_line() -> None:
    judgement = judge(Fix(Coordinates(0, 179.9995), 5), [place(Coordinates(0, -179.9995))], clock_verified=True)
    assert judgement.verdict == "verified" and judgement.distance_m == pytest.approx(111.32, abs=0.01)


@pytest.mark.parametrize("pole", [90.0, -90.0])
def test_at_the_poles_every_meridian_is_the_same_place(pole: float) -> None:
    judgement = judge(Fix(Coordinates(pole, 12.5), 5), [place(Coordinates(pole, -170))], clock_verified=True)
    assert (judgement.verdict, judgement.distance_m) == ("verified", 0)


@given(fixes, st.lists(places, max_size=5), st.booleans())
def test_any_evidence_gets_a_verdict_that_its_numbers_explain(
    fix: Fix, sites: list[Place], clock_verified: bool
) -> None:
    judgement = judge(fix, sites, clock_verified=clock_verified)
    findings = judgement.details["findings"]
    assert judgement.verdict == (findings[0] if findings else "verified")
    assert (judgement.site_id is None) == (not sites)
    if judgement.distance_m is not None:
        slack = judgement.distance_m - judgement.fence_radius_m
        assert ("outside" in findings) == (judgement.distance_m - fix.accuracy_m > judgement.fence_radius_m)
        if judgement.verdict == "verified":
            assert slack <= 0 and fix.accuracy_m <= judgement.fence_radius_m and not fix.is_mock and clock_verified
    assert ("mock" in findings) == bool(fix.is_mock)
    assert ("clock_suspect" in findings) == (not clock_verified)


@given(positions, st.lists(places, min_size=1, max_size=8))
def test_the_nearest_is_that_of_measuring_them_all(position: Coordinates, sites: list[Place]) -> None:
    found, distance = find_nearest(position, sites)
    everything = [(round(distance_m(position, site.position), 2), site) for site in sites]
    holding = [pair for pair in everything if pair[0] <= pair[1].fence_radius_m]
    assert distance == min(pair[0] for pair in (holding or everything))
    assert (distance, found) in everything


@given(fixes, places, st.floats(0, 1e7))
def test_a_coarser_fix_never_turns_into_a_verified_one(fix: Fix, site: Place, more: float) -> None:
    before = judge(fix, [site], clock_verified=True).verdict
    assume(fix.accuracy_m > 0)  # which means unknown
    coarser = Fix(fix.position, fix.accuracy_m + more, fix.age_ms, fix.provider, fix.is_mock)
    assert before == "verified" or judge(coarser, [site], clock_verified=True).verdict != "verified"


@given(st.sampled_from([90.0, -90.0]), longitudes, longitudes, st.floats(0, 100_000), radii, st.floats(0.1, 1_000))
def test_around_a_pole_only_the_way_to_it_counts(
    pole: float, fix_lon: float, site_lon: float, away_m: float, radius: float, accuracy_m: float
) -> None:
    """Whatever the meridians of a site at the pole and of a fix near it."""
    lat = pole - (away_m / 111_694) * (1 if pole > 0 else -1)
    judgements = [
        judge(Fix(Coordinates(lat, lon), accuracy_m), [place(Coordinates(pole, other), radius)], clock_verified=True)
        for lon, other in ((fix_lon, site_lon), (0.0, site_lon), (fix_lon, 0.0))
    ]
    assert judgements[0].distance_m == pytest.approx(away_m, rel=1e-3, abs=0.01)
    assert len({(one.verdict, one.distance_m) for one in judgements}) == 1


@given(st.floats(-85, 85), st.floats(-0.5, 0.5), st.floats(-0.5, 0.5), longitudes, radii, st.floats(0.1, 1e6))
def test_the_date_line_is_a_meridian_like_any_other(
    lat: float, east: float, site_east: float, meridian: float, radius: float, accuracy_m: float
) -> None:
    """A fix and a site around the date line are judged as around any other meridian."""

    def around(degrees: float) -> tuple[str, float | None]:
        lon, site_lon = (_wrapped(degrees + offset) for offset in (east, site_east))
        site = place(Coordinates(lat, site_lon), radius)
        found = judge(Fix(Coordinates(lat, lon), accuracy_m), [site], clock_verified=True)
        return found.verdict, found.distance_m

    (verdict, there), (other, here) = around(180), around(meridian)
    assert there == pytest.approx(here, abs=0.011)
    on_the_edge = any(abs(edge) < 0.1 for edge in (here - radius, here - accuracy_m - radius))
    assert verdict == other or on_the_edge


@given(positions, positions, radii, st.floats(0, 1e6))
def test_an_accuracy_larger_than_the_fence_tells_nothing(
    position: Coordinates, shop: Coordinates, radius: float, more: float
) -> None:
    """Never verified; outside only where the whole circle is."""
    accuracy_m = radius + more + 0.001
    judgement = judge(Fix(position, accuracy_m), [place(shop, radius)], clock_verified=True)
    assert judgement.verdict == ("outside" if judgement.distance_m - accuracy_m > radius else "inaccurate")


def _wrapped(degrees: float) -> float:
    return (degrees + 180) % 360 - 180
