"""One trail of several devices: a person is at one place, wherever his tablet lies.

The device that tells of most of the day leads; another one speaks only while all before it are silent. Fixes by the
radio cell come last: they are good for the hours in which there is nothing better.
"""

import numpy as np

from trails.spans import Spans, contains
from trails.track import Floats, Ints, Mask

BLURRED_M = 100.0
"""A fix that is less accurate than this says in which part of town somebody is."""


def choose(at_ms: Ints, device: Ints, accuracy_m: Floats, gap_after_s: float) -> Mask:
    """Which fixes make the trail. at_ms: in order; device: equal numbers are the same device."""
    least_ms = round(gap_after_s * 1000)
    blurred = accuracy_m > BLURRED_M
    chosen = np.zeros(len(at_ms), dtype=bool)
    devices = np.unique(device).tolist()
    for kind in (~blurred, blurred):
        sources = [kind & (device == one) for one in devices]
        # Of two that tell of as much, the one that tells it in more detail.
        for source in sorted(sources, key=lambda source: (-_told_ms(at_ms[source], least_ms), -int(source.sum()))):
            chosen |= source & contains(_silences(at_ms[chosen], least_ms), at_ms)
    return chosen


def _told_ms(at_ms: Ints, least_ms: int) -> int:
    """Of how much time the fixes tell."""
    steps = np.diff(at_ms)
    return int(steps[steps <= least_ms].sum())


def _silences(at_ms: Ints, least_ms: int) -> Spans:
    """The times without fixes; before the first and behind the last one, only what is as far off as a gap is long."""
    if not len(at_ms):
        return [(-(2**62), 2**62)]
    silent = np.flatnonzero(np.diff(at_ms) > least_ms).tolist()
    inner = [(int(at_ms[here]) + 1, int(at_ms[here + 1])) for here in silent]
    return [(-(2**62), int(at_ms[0]) - least_ms), *inner, (int(at_ms[-1]) + least_ms, 2**62)]
