"""The rules that judge a rep's day: pure, and the same in whatever order the sightings arrive."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from core.geodesy import Coordinates, distance_m
from visits.journeys import Sighting, Stay, find_jumps, find_overlaps

NINE = datetime(2026, 11, 20, 9, tzinfo=UTC)
BEIJING, SHANGHAI = Coordinates(39.9042, 116.4074), Coordinates(31.2304, 121.4737)
LIMIT = 100.0


def seen(number: int, minutes: float, position: Coordinates = BEIJING, accuracy_m: float = 10) -> Sighting:
    return Sighting(UUID(int=number), NINE + timedelta(minutes=minutes), position, accuracy_m)


def blamed(*sightings: Sighting) -> set[int]:
    return {id_.int for id_ in find_jumps(sightings, LIMIT)}


def test_a_way_that_nobody_travels_is_blamed_with_its_numbers() -> None:
    jump = find_jumps([seen(1, 0), seen(2, 30, SHANGHAI)], LIMIT)[UUID(int=2)]
    assert jump.from_id == UUID(int=1)
    assert jump.distance_m == round(distance_m(BEIJING, SHANGHAI) - 20, 1)
    assert (jump.seconds, jump.speed_mps) == (1800, round(jump.distance_m / 1800, 1))


def test_the_fastest_train_is_not_blamed() -> None:
    assert not blamed(seen(1, 0), seen(2, 4.5 * 60, SHANGHAI))


def test_there_and_back_blames_the_way_there_alone() -> None:
    assert blamed(seen(1, 0), seen(2, 10, SHANGHAI), seen(3, 20)) == {2}


def test_a_wrong_first_sighting_costs_one_blame() -> None:
    assert blamed(seen(1, 0, SHANGHAI), seen(2, 10), seen(3, 20), seen(4, 30)) == {2}


def test_circles_of_accuracy_are_believed() -> None:
    near = Coordinates(BEIJING.lat + 0.05, BEIJING.lon)  # 5.6 km
    assert blamed(seen(1, 0), seen(2, 0.5, near)) == {2}
    assert not blamed(seen(1, 0), seen(2, 0.5, near, accuracy_m=3_000))


def test_two_places_at_once() -> None:
    jump = find_jumps([seen(1, 0), seen(2, 0, SHANGHAI)], LIMIT)[UUID(int=2)]
    assert (jump.seconds, jump.speed_mps) == (0, None)


def test_what_is_known_is_not_judged_again() -> None:
    day = [seen(1, 0), seen(2, 10, SHANGHAI), seen(3, 20)]
    assert set(find_jumps(day, LIMIT, known={UUID(int=2)}, known_until=day[1].at)) == set()


positions = st.builds(Coordinates, st.floats(-90, 90), st.floats(-180, 180))
days = st.lists(
    st.builds(seen, st.integers(1, 10**6), st.floats(0, 600), positions, st.floats(0, 1e5)),
    max_size=12,
    unique_by=lambda sighting: sighting.id,
)


@given(days, st.randoms())
def test_the_order_of_arrival_changes_nothing(day: list[Sighting], rng: object) -> None:
    shuffled = list(day)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    assert find_jumps(shuffled, LIMIT) == find_jumps(day, LIMIT)


@given(days)
def test_each_blame_is_a_way_that_takes_more_than_the_limit(day: list[Sighting]) -> None:
    by_id = {sighting.id: sighting for sighting in day}
    for id_, jump in find_jumps(day, LIMIT).items():
        start, end = by_id[jump.from_id], by_id[id_]
        assert start.at <= end.at
        assert distance_m(start.position, end.position) > LIMIT * (end.at - start.at).total_seconds()


@given(days, st.floats(1, 200))
def test_going_on_from_what_is_known_equals_judging_the_whole_day(day: list[Sighting], minutes: float) -> None:
    until = NINE + timedelta(minutes=minutes)
    whole = find_jumps(day, LIMIT)
    rest = find_jumps(day, LIMIT, known=whole.keys(), known_until=until)
    assert rest == {id_: jump for id_, jump in whole.items() if next(s for s in day if s.id == id_).at > until}


def stay(number: int, begin: float, end: float | None) -> Stay:
    return Stay(
        UUID(int=number), NINE + timedelta(minutes=begin), None if end is None else NINE + timedelta(minutes=end)
    )


def test_overlaps_name_each_other() -> None:
    found = find_overlaps([stay(1, 0, 30), stay(2, 20, 40), stay(3, 40, 50)])
    assert found == {UUID(int=1): [UUID(int=2)], UUID(int=2): [UUID(int=1)]}


def test_an_open_visit_overlaps_what_comes_after_it() -> None:
    assert find_overlaps([stay(1, 0, None), stay(2, 20, 40)]) == {
        UUID(int=1): [UUID(int=2)],
        UUID(int=2): [UUID(int=1)],
    }


stays = st.lists(
    st.builds(stay, st.integers(1, 10**6), st.floats(0, 300), st.none()), max_size=8, unique_by=lambda s: s.id
)


@given(stays, st.lists(st.floats(0.1, 100), min_size=8, max_size=8))
def test_overlaps_are_those_of_comparing_all_pairs(opened: list[Stay], lengths: list[float]) -> None:
    day = [
        Stay(s.id, s.begin, s.begin + timedelta(minutes=minutes)) for s, minutes in zip(opened, lengths, strict=False)
    ]
    pairs = {
        (a.id, b.id)
        for a in day
        for b in day
        if a.id != b.id and a.end is not None and b.end is not None and a.begin < b.end and b.begin < a.end
    }
    assert {(id_, other) for id_, others in find_overlaps(day).items() for other in others} == pairs
