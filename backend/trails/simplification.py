"""Fewer points for the map: Douglas and Peucker's line simplification, in metres.

No fix lies farther than the tolerance from the line that remains, as a map in the Mercator projection draws it. And who
goes to and fro on one road still does so on the line: the textbook's form, which looks at distances alone, would draw
three ways along a street as one. All parts of the line are split at once, level by level, so that a day costs a few
dozen operations on whole arrays.
"""

import numpy as np

from trails.track import Floats, Ints, Mask, Track

_NONE: Ints = np.array([], dtype=np.int64)
_BACK = 2.0
"""Going back by so many tolerances is a turn; less is jitter."""


def simplify(track: Track, tolerance_m: float | Floats, corners: Ints = _NONE) -> Ints:
    """The numbers of the fixes that remain, in order; the first, the last and `corners` are always among them.

    tolerance_m: how far a fix may lie from the line that replaces it, above 0; one for all, or one for each fix.
    """
    count = len(track)
    kept = np.zeros(count, dtype=bool)
    kept[:1] = kept[-1:] = True
    kept[corners] = True
    x, y, scale = track.plane
    tolerance = np.broadcast_to(tolerance_m, count) / scale
    ends = np.flatnonzero(kept)
    starts, ends = ends[:-1], ends[1:]
    while True:
        open_ = ends - starts > 1
        starts, ends = starts[open_], ends[open_]
        if not len(starts):
            return np.flatnonzero(kept)
        part, inside, first = _insides(starts, ends)
        away = _deviations(x, y, part, inside, starts, ends) / tolerance[inside]
        farthest = np.maximum.reduceat(away, first)
        split = farthest > 1
        bends = inside[_first_of_each(part, (away == farthest[part]) & split[part])]
        kept[bends] = True
        starts, ends = np.concatenate([starts[split], bends]), np.concatenate([bends, ends[split]])


def _insides(starts: Ints, ends: Ints) -> tuple[Ints, Ints, Ints]:
    """Of each fix that lies inside a part: the part's number and its own; and where each part begins among them."""
    lengths = ends - starts - 1
    first = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    part = np.repeat(np.arange(len(starts)), lengths)
    return part, np.arange(lengths.sum()) - first[part] + starts[part] + 1, first


def _first_of_each(part: Ints, wanted: Mask) -> Ints:
    """Of each part that has any, the place of its first wanted fix."""
    places = np.flatnonzero(wanted)
    return places[np.flatnonzero(np.diff(part[places], prepend=-1))]


def _deviations(x: Floats, y: Floats, part: Ints, points: Ints, starts: Ints, ends: Ints) -> Floats:
    """How far each point is from the straight line between the ends of its part, or half of how far it leads back."""
    start, end = starts[part], ends[part]
    to_x, to_y = x[end] - x[start], y[end] - y[start]
    from_x, from_y = x[points] - x[start], y[points] - y[start]
    length2 = to_x * to_x + to_y * to_y
    along = from_x * to_x + from_y * to_y
    share = np.clip(np.divide(along, length2, out=np.zeros_like(along), where=length2 > 0), 0.0, 1.0)
    away = np.hypot(from_x - share * to_x, from_y - share * to_y)
    # Shares lie between 0 and 1, so that those of each part stand above all of the parts before it.
    farthest = np.maximum.accumulate(share + 2.0 * part) - 2.0 * part
    back = (farthest - share) * np.sqrt(length2)
    return np.maximum(away, back / _BACK)
