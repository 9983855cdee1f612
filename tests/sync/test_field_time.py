"""Field time: exact during one boot however wrong the wall clock is, honest about what nobody can know."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.clock import ClockReading, field_time

RECEIVED = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
_ages_ms = st.integers(0, 60 * 86_400_000)
_wall_clocks = st.integers(86_400, 7_226_582_400).map(lambda second: datetime.fromtimestamp(second, UTC))


def _ms(milliseconds: int) -> timedelta:
    return timedelta(milliseconds=milliseconds)


@given(_ages_ms, st.integers(0, 10**9), _wall_clocks, _wall_clocks)
def test_same_boot_is_exact_whatever_the_wall_clock_says(
    age_ms: int, uptime_ms: int, claimed: datetime, now_on_phone: datetime
) -> None:
    then = ClockReading(claimed, uptime_ms, "boot")
    request = ClockReading(now_on_phone, uptime_ms + age_ms, "boot")
    found = field_time(then, request, RECEIVED, {})
    assert found.verified
    assert found.occurred_at == RECEIVED - _ms(age_ms)


@given(_ages_ms, st.integers(0, 10**9), _wall_clocks)
def test_an_earlier_boot_goes_by_the_offset_measured_for_it(age_ms: int, uptime_ms: int, claimed: datetime) -> None:
    offset = round((RECEIVED - _ms(age_ms)).timestamp() * 1000) - uptime_ms
    then = ClockReading(claimed, uptime_ms, "old")
    found = field_time(then, ClockReading(RECEIVED, 5_000, "new"), RECEIVED, {"old": offset, "new": 1})
    assert found.verified
    assert found.occurred_at == RECEIVED - _ms(age_ms)


@given(st.integers(0, 10**9), _wall_clocks)
def test_an_unknown_boot_is_the_claimed_time_unverified_and_never_in_the_future(
    uptime_ms: int, claimed: datetime
) -> None:
    for then in (ClockReading(claimed, uptime_ms, "lost"), ClockReading(claimed), ClockReading(claimed, uptime_ms)):
        found = field_time(then, ClockReading(RECEIVED, 5_000, "new"), RECEIVED, {"other": 0})
        assert not found.verified
        assert found.occurred_at == min(claimed, RECEIVED)


def test_without_an_uptime_in_the_request_an_offset_measured_before_serves() -> None:
    offset = round(RECEIVED.timestamp() * 1000) - 60_000
    found = field_time(ClockReading(RECEIVED, 30_000, "boot"), ClockReading(RECEIVED), RECEIVED, {"boot": offset})
    assert (found.occurred_at, found.verified) == (RECEIVED - timedelta(seconds=30), True)


def test_later_than_the_request_is_impossible() -> None:
    request = ClockReading(RECEIVED, 10_000, "boot")
    barely = field_time(ClockReading(RECEIVED, 10_900, "boot"), request, RECEIVED, {})
    assert (barely.occurred_at, barely.verified) == (RECEIVED, True)  # the clocks were not read at the same instant
    late = field_time(ClockReading(RECEIVED, 12_000, "boot"), request, RECEIVED, {})
    assert (late.occurred_at, late.verified) == (RECEIVED, False)


@given(st.lists(st.integers(0, 10**8), min_size=2, max_size=20), _wall_clocks)
def test_the_order_of_one_boot_is_kept(uptimes: list[int], wall: datetime) -> None:
    request = ClockReading(wall, max(uptimes) + 1, "boot")
    times = [field_time(ClockReading(wall, uptime, "boot"), request, RECEIVED, {}).occurred_at for uptime in uptimes]
    assert sorted(range(len(uptimes)), key=lambda i: (uptimes[i], i)) == sorted(
        range(len(uptimes)), key=lambda i: (times[i], i)
    )
