"""The fleet's time: lives go on in the order of their times, nobody runs ahead, and a failure ends the run."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from simulation.fleet.clockwork import WINDOW, Clockwork, Life

START = datetime(2026, 1, 5, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def life(seen: list[tuple[str, int]], name: str, *minutes: int, act: Callable[[], None] = lambda: None) -> Life:
    """Somebody who does something at these minutes."""
    for minute in minutes:
        yield START + minute * MINUTE
        act()
        seen.append((name, minute))


def test_one_thread_keeps_the_order_of_time() -> None:
    seen: list[tuple[str, int]] = []
    Clockwork([float("-inf")], 0, threads=1).run([life(seen, "a", 0, 10, 40), life(seen, "b", 5, 20, 300)])
    assert seen == [("a", 0), ("b", 5), ("a", 10), ("b", 20), ("a", 40), ("b", 300)]


def test_many_threads_act_at_once_and_nobody_runs_ahead() -> None:
    now: dict[str, float] = {}
    furthest: list[float] = []
    lock = threading.Lock()
    together: list[int] = []
    acting = 0

    def someone(name: str, pause_s: float) -> Iterator[datetime]:
        nonlocal acting
        for step in range(12):
            yield START + step * 10 * MINUTE
            with lock:
                acting += 1
                together.append(acting)
                now[name] = step * 10
                if len(now) == 6:
                    furthest.append(max(now.values()) - min(now.values()))
            time.sleep(pause_s)
            with lock:
                acting -= 1

    lives = [someone(f"life {n}", 0.02 if n == 0 else 0.001) for n in range(6)]
    Clockwork([float("-inf")], 0, threads=6).run(lives)
    assert max(together) > 1
    # Who acts is still at his last step in `now`, so one step of ten minutes comes on top.
    assert max(furthest) <= WINDOW / MINUTE + 10


def test_processes_wait_for_each_other_by_their_frontiers() -> None:
    frontiers = [float("-inf"), START.timestamp()]
    seen: list[tuple[str, int]] = []
    clockwork = Clockwork(frontiers, 0, threads=2)
    run = threading.Thread(target=clockwork.run, args=([life(seen, "a", 0, 20, 50, 90)],))
    run.start()
    time.sleep(0.15)
    assert seen == [("a", 0), ("a", 20)]  # the other process is at minute 0, and the window has 30
    frontiers[1] = float("inf")
    run.join(5)
    assert seen[-1] == ("a", 90)
    assert frontiers[0] == float("inf")


def test_nobody_waits_for_a_loner() -> None:
    seen: list[tuple[str, int]] = []
    slow = life(seen, "loner", 0, act=lambda: time.sleep(0.3))
    Clockwork([float("-inf")], 0, threads=2).run([life(seen, "a", 0, 100, 200, 300)], [slow])
    assert seen[-1] == ("loner", 0)
    assert len(seen) == 5


def test_a_failure_ends_all_lives_and_is_raised() -> None:
    seen: list[tuple[str, int]] = []

    def fail() -> None:
        raise ZeroDivisionError

    lives = [life(seen, "a", *range(0, 600, 10)), life(seen, "bad", 30, act=fail)]
    with pytest.raises(ZeroDivisionError):
        Clockwork([float("-inf")], 0, threads=3).run(lives)
    assert ("a", 590) not in seen
