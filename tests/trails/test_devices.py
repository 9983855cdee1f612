"""Two devices of one person: one trail, without leaps between the pocket and the car."""

import numpy as np

from tests.trails.tracks import BEGIN_MS, drive, joined, moved, silenced
from trails.devices import choose
from trails.mileage import measure
from trails.stops import find_stops
from trails.track import Track


def choice(*tracks: Track) -> list[np.ndarray]:
    """Of each device, whether each of its fixes is chosen."""
    whole = joined(*tracks)
    at_ms = np.concatenate([track.at_ms for track in tracks])
    device = np.repeat(np.arange(len(tracks)), [len(track) for track in tracks])[np.argsort(at_ms, kind="stable")]
    chosen = choose(whole.at_ms, device, whole.accuracy_m, 300)
    return [chosen[device == number] for number in range(len(tracks))]


def test_the_one_that_tells_of_most_leads() -> None:
    phone, tablet = drive((20_000, 0, 3600)), moved(silenced(drive((0, 0, 3600)), 600, 3000), 0.01)
    of_phone, of_tablet = choice(phone, tablet)
    assert of_phone.all()
    assert not of_tablet.any()
    assert [part.any() for part in choice(tablet, phone)] == [False, True]


def test_the_other_speaks_while_the_first_is_silent() -> None:
    phone = silenced(drive((20_000, 0, 7200)), 1000, 3000)
    tablet = silenced(drive((20_000, 0, 7200)), 3500, 7200)
    of_phone, of_tablet = choice(phone, tablet)
    assert of_phone.all()
    spoken_s = (tablet.at_ms[of_tablet] - BEGIN_MS) / 1000
    assert 1000 < spoken_s.min() < spoken_s.max() < 3000
    assert of_tablet.sum() == 399


def test_the_radio_cell_is_asked_last() -> None:
    satellites = silenced(drive((9000, 0, 3600)), 600, 2400)
    cell = drive((9000, 0, 3600), every_s=60, accuracy_m=800)
    of_satellites, of_cell = choice(satellites, cell)
    assert of_satellites.all()
    assert ((cell.at_ms[of_cell] - BEGIN_MS) // 1000 % 3600 >= 600).all()
    assert of_cell.sum() == 29
    assert choice(cell)[0].all()


def test_two_devices_make_no_more_way_than_one() -> None:
    legs = ((8000, 0, 900), (8000, 0, 1200), (0, 0, 900))
    phone, tablet = drive(*legs, spread_m=2), moved(drive(*legs, spread_m=2, seed=2), 0.003)
    whole = joined(phone, tablet)
    device = np.repeat([0, 1], [len(phone), len(tablet)])
    device = device[np.argsort(np.concatenate([phone.at_ms, tablet.at_ms]), kind="stable")]
    trail = whole.take(choose(whole.at_ms, device, whole.accuracy_m, 300))
    assert len(trail) == len(phone)
    assert abs(measure(trail, find_stops(trail), 300).moved_m - 16_000) < 200
    assert whole.steps_m.sum() > 60_000
