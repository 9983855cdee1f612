"""How busy a process is: who is turned away, who is asked to stay away, and that neither comes back in a crowd."""

from collections import Counter

import pytest

from core.errors import Busy
from core.load import Load


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at = 1_000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def load(clock: Clock) -> Load:
    return Load(threads=4, patience_s=2.0, clock=clock)


def work(load: Load, clock: Clock, *, requests: int, service_s: float, elapsed_s: float) -> None:
    """So many requests, evenly over so long, each of which keeps a thread for `service_s`."""
    for _ in range(requests):
        load.enter()
        clock.at += elapsed_s / requests
        load.leave(service_s)


def turned_away(load: Load) -> int:
    """What somebody who comes now is told: seconds until he may come again."""
    with pytest.raises(Busy) as busy:
        load.admit()
    return int(busy.value.details["retry_after_s"])


def test_who_finds_a_free_thread_is_never_turned_away(load: Load, clock: Clock) -> None:
    work(load, clock, requests=100, service_s=30.0, elapsed_s=1.0)  # each request takes very long
    load.in_flight = 100
    turned_away(load)
    load.in_flight = 3
    load.admit()


def test_the_queue_is_as_long_as_patience_lasts(load: Load, clock: Clock) -> None:
    work(load, clock, requests=200, service_s=0.1, elapsed_s=10.0)
    admitted = 0
    with pytest.raises(Busy):
        while True:
            load.admit()
            load.enter()
            admitted += 1
    # 4 run; of those that wait the last one gets its turn after 2 s, at 4 threads / 0.1 s = 40 a second.
    assert admitted == pytest.approx(4 + 80, abs=2)
    assert load.expected_wait_s == pytest.approx(2.0, abs=0.1)
    assert load.refused == 1


def test_those_turned_away_come_back_at_the_rate_of_the_work(load: Load, clock: Clock) -> None:
    work(load, clock, requests=200, service_s=0.1, elapsed_s=10.0)
    load.in_flight = 1_000
    told = Counter(turned_away(load) for _ in range(400))
    assert min(told) == 1
    # Half of 40 a second is theirs; the other half is for those who come for the first time.
    assert all(count == pytest.approx(20, abs=2) for second, count in told.items() if second < max(told))
    assert max(told) == pytest.approx(20, abs=1)


def test_a_full_calendar_is_begun_anew(load: Load, clock: Clock) -> None:
    work(load, clock, requests=200, service_s=0.1, elapsed_s=10.0)
    load.in_flight = 1_000
    told = [turned_away(load) for _ in range(5_000)]
    assert max(told) <= 120
    assert Counter(told)[60] == pytest.approx(40, abs=10)  # everybody's second time around is denser


def test_appointments_are_forgotten_as_time_passes(load: Load, clock: Clock) -> None:
    load.in_flight = 1_000
    for _ in range(1_000):
        last = turned_away(load)
    assert last > 1
    clock.at += last
    assert turned_away(load) == 1


def test_a_calm_process_asks_nobody_to_stay_away(load: Load, clock: Clock) -> None:
    assert load.spread_s() == 0
    work(load, clock, requests=50, service_s=0.01, elapsed_s=10.0)
    load.in_flight = 4
    assert load.spread_s() == 0


def test_a_busy_process_spreads_those_who_only_look(load: Load, clock: Clock) -> None:
    work(load, clock, requests=400, service_s=0.05, elapsed_s=5.0)
    assert load.use == pytest.approx(1.0)
    told = [load.spread_s() for _ in range(1_000)]
    assert told == sorted(told)
    # A quarter of 80 a second: a thousand phones come back over fifty seconds.
    assert max(told) == pytest.approx(50, abs=3)
    assert max(Counter(told).values()) <= 22


def test_a_queue_alone_is_reason_enough_to_spread(load: Load) -> None:
    load.in_flight = 5
    assert load.spread_s() >= 1


def test_it_is_calm_again_when_the_work_is_done(load: Load, clock: Clock) -> None:
    work(load, clock, requests=400, service_s=0.05, elapsed_s=5.0)
    assert load.spread_s() > 0
    work(load, clock, requests=20, service_s=0.01, elapsed_s=10.0)
    assert load.spread_s() == 0


def test_one_long_request_does_not_stand_for_all(load: Load, clock: Clock) -> None:
    work(load, clock, requests=100, service_s=0.01, elapsed_s=1.0)
    work(load, clock, requests=1, service_s=300.0, elapsed_s=300.0)
    assert load.service_s < 0.2


def test_the_log_tells_of_it_once_in_a_while(load: Load, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    load.in_flight = 10_000
    for _ in range(300):
        turned_away(load)
        clock.at += 0.1
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 3
    assert told[-1].startswith("busy: 201 requests turned away")
