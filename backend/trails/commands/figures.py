"""The only writer of what days came to: mileage, stops and gaps, kept when their points are gone."""

from datetime import datetime
from uuid import UUID

from core import writing
from core.fence import company_fence
from trails import queries
from trails.gaps import Reason
from trails.models import Day
from trails.playback import Played, unpack
from trails.reading import play_day


def derive(company_id: UUID, user_id: UUID, row_id: UUID, at: datetime) -> bool:
    """Work out what a day came to, from the points that are there; returns whether there was anything to do.

    A fixed number of queries, in a transaction of its own.
    """
    with company_fence(company_id):
        queries.take_turn(user_id)
        row = queries.find_day_to_derive(row_id)
        if row is None:
            return False
        noon_ms = queries.noon_ms(row.day)
        grounds = queries.load_grounds(company_id, user_id, noon_ms, noon_ms)
        now_ms = round(at.timestamp() * 1000)
        stored = unpack(queries.list_segments(user_id, row.day))
        terms = queries.to_terms(row.policy) if row.policy else None
        _fill(row, play_day(stored, grounds, grounds.span_of(row.day), now_ms, terms))
        row.derived_at = at
        writing.update(Day, [row])
        return True


def _fill(row: Day, played: Played) -> None:
    gaps = [gap for gap in played.gaps if gap.reason not in (Reason.OFF_SHIFT, Reason.TRACKING_OFF, Reason.NO_CONSENT)]
    row.moved_m, row.bridged_m = round(played.mileage.moved_m, 1), round(played.mileage.bridged_m, 1)
    row.stops = len(played.stops)
    row.stopped_s = round(sum(stop.to_ms - stop.from_ms for stop in played.stops) / 1000)
    row.gap_s = round(sum(gap.to_ms - gap.from_ms for gap in gaps) / 1000)
    row.unknown_s = round(sum(gap.to_ms - gap.from_ms for gap in gaps if gap.reason == Reason.UNKNOWN) / 1000)
