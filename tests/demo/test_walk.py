"""A rep's trail in the simulated day: what the phone notes of the morning, and of the stretch in which it cannot."""

from datetime import datetime
from typing import cast

import pytest

from simulation.phone import Phone
from simulation.tracks import Morning, make_morning
from simulation.walk import GAP, Walk

MORNINGS = [make_morning(seed) for seed in range(200)]


class NotingPhone:
    """Keeps what is noted, and when; is its own client."""

    def __init__(self, morning: Morning) -> None:
        self.client = self
        self.now = morning.fixes[0].at
        self.positions: list[datetime] = []
        self.states: list[tuple[str, datetime]] = []

    def wait_until(self, at: datetime) -> None:
        self.now = at

    def note_position(self, lat: float, lon: float, accuracy_m: float) -> None:
        self.positions.append(self.now)

    def note_tracking(self, state: str) -> None:
        self.states.append((state, self.now))


def walked(morning: Morning, gap: str | None) -> NotingPhone:
    phone = NotingPhone(morning)
    Walk(cast(Phone, phone), morning, gap).until(morning.fixes[-1].at)
    return phone


@pytest.mark.parametrize("morning", MORNINGS, ids=lambda morning: morning.source)
def test_a_gap_begins_and_ends_within_every_morning(morning: Morning) -> None:
    phone = walked(morning, "no_signal")
    (blind, begun), (tracking, over) = phone.states
    assert (blind, tracking) == ("no_signal", "tracking")
    assert over - begun >= GAP * 0.9, "the fix that tells of it may come a moment late"
    assert not [at for at in phone.positions if begun < at < over]
    assert phone.positions[0] < begun and over <= phone.positions[-1]


def test_without_a_gap_every_half_minute_is_noted() -> None:
    phone = walked(MORNINGS[0], None)
    assert not phone.states
    assert len(phone.positions) > len(walked(MORNINGS[0], "no_signal").positions)
