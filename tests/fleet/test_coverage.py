"""When phones have a network: the share that was asked for, in rows of half hours, whatever the share is."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from simulation.fleet.lives import Coverage

BEGINS = datetime(2026, 1, 5, 0, 0, tzinfo=UTC)
ENDS = BEGINS + timedelta(hours=10)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.3, 0.6, 0.9, 1.0])
def test_the_share_without_a_network(share: float) -> None:
    chance = random.Random(1)
    days = [Coverage(BEGINS, ENDS, share, chance) for _ in range(3_000)]
    assert sum(day.dark_share for day in days) / len(days) == pytest.approx(share, abs=0.03)


def test_it_comes_back_after_a_while() -> None:
    chance = random.Random(2)
    for _ in range(300):
        day = Coverage(BEGINS, ENDS, 0.4, chance)
        for at in day.returns():
            assert day.is_online(at) and not day.is_online(at - timedelta(seconds=1))
    assert not list(Coverage(BEGINS, ENDS, 1.0, chance).returns())
    assert Coverage(BEGINS, ENDS, 0.0, chance).is_online(ENDS + timedelta(hours=9))
