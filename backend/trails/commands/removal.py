"""Deleting points for good: those without consent, at once; those that no purpose keeps any longer, by a job."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from core.actor import Actor
from core.batches import Batch
from core.clock import now
from trails import queries
from trails.commands.segments import delete_segments, insert_segments
from trails.errors import NoConsent
from trails.models import Segment
from trails.spans import Spans, contains


def forget(actor: Actor, items: Batch[Any], forbidden: Spans, first: date) -> None:
    """Delete the actor's points of these times, none of a day before `first`; they count as discarded.

    The rows of the days are written with `items`. At most four queries.
    """
    user_id = actor.author_id
    kept: dict[date, list[Segment]] = {}
    gone: Counter[date] = Counter()
    for segment in queries.list_segments_from(user_id, first):
        before = len(segment.offset_ms)
        changed = _without(segment, forbidden)
        if changed:
            gone[segment.day] += before - len(segment.offset_ms)
        kept.setdefault(segment.day, []).append(segment)
    touched = sorted(gone)
    if not touched:
        return
    delete_segments(user_id, touched)
    insert_segments(s for day in touched for s in kept[day] if s.offset_ms or s.states)
    for day, row in queries.list_days(user_id, touched).items():
        row.points -= gone[day]
        row.discarded = dict(Counter(row.discarded) + Counter({NoConsent.code: gone[day]}))
        row.changed_at, row.derived_at = now(), None
        items.write(row)


def _without(segment: Segment, forbidden: Spans) -> bool:
    """Take the points and sayings of these times out of the segment; whether there were any."""
    start_ms = round(segment.started_at.timestamp() * 1000)
    good = _allowed(start_ms, segment.offset_ms, forbidden)
    said = _allowed(start_ms, segment.state_offset_ms, forbidden)
    if all(good) and all(said):
        return False
    for name in ("offset_ms", "lat_e7", "lon_e7", "accuracy_m"):
        setattr(segment, name, _only(getattr(segment, name), good))
    for name in ("state_offset_ms", "states"):
        setattr(segment, name, _only(getattr(segment, name), said))
    return True


def _allowed(start_ms: int, offset_ms: Sequence[int], forbidden: Spans) -> list[bool]:
    mask: list[bool] = (~contains(forbidden, np.array(offset_ms, dtype=np.int64) + start_ms)).tolist()
    return mask


def _only(values: Sequence[object], which: Sequence[bool]) -> list[object]:
    return [value for value, yes in zip(values, which, strict=True) if yes]
