"""The only writer of points: takes a batch from a phone, stores what may be stored, counts the rest.

Not a command: a command is stored with its payload before it is judged, and of a point outside of working hours nothing
may be stored. What keeps the promise instead: the phone keeps a batch until it holds the receipt, and the receipt is
stored in the transaction of the points. A batch that comes again gets its receipt again and changes nothing.
"""

from collections import Counter
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from core import pokes, writing
from core.actor import Actor
from core.device_clocks import known_offsets, note_clock
from core.fence import company_fence
from core.partitions import make_days
from trails import queries
from trails.batches import SentBatch
from trails.commands.segments import insert_segments
from trails.errors import BatchIdReused
from trails.grounds import Grounds
from trails.judging import REASONS, DayPart, Judgement, judge, moments
from trails.models import Day, PointBatch, Segment
from trails.purposes import View, opens

_MOST_M = 32_767

# One statement, so that of two devices' batches the newer point stays, whichever comes last.
_MOVE_TO = """
insert into trails_last_position as l (user_id, company_id, device_id, at, verified, lat_e7, lon_e7, accuracy_m)
values (%s, %s, %s, %s, %s, %s, %s, %s)
on conflict (user_id) do update
set device_id = excluded.device_id, at = excluded.at, verified = excluded.verified, lat_e7 = excluded.lat_e7,
    lon_e7 = excluded.lon_e7, accuracy_m = excluded.accuracy_m
where l.at < excluded.at
"""


def take_batch(actor: Actor, device_id: UUID, batch: SentBatch, received_at: datetime) -> PointBatch:
    """Store the points of a batch that may be stored; returns its receipt.

    Raises trails.batch_id_reused.
    """
    with company_fence(actor.company_id):
        queries.take_turn(actor.user_id, batch.id)
        known = queries.find_batch(actor.company_id, batch.id)
        if known is not None:
            if (known.user_id, bytes(known.fingerprint)) != (actor.user_id, batch.fingerprint):
                raise BatchIdReused("id")
            return known
        elsewhere = batch.begun.boot_id != batch.clock.boot_id
        points, sayings, verified = batch.at(received_at, known_offsets(device_id) if elsewhere else {})
        now_ms = round(received_at.timestamp() * 1000)
        first_ms, last_ms = moments(points, sayings, now_ms)
        grounds = queries.load_grounds(actor.company_id, actor.user_id, first_ms, last_ms)
        days = queries.list_days_between(actor.user_id, grounds.day_of(first_ms), grounds.day_of(last_ms))
        closed = {day for day, row in days.items() if row.closed_at is not None}
        judgement = judge(points, sayings, grounds, now_ms, closed)
        receipt = _receipt(actor, device_id, batch, received_at, judgement)
        writing.insert(PointBatch, [receipt])
        _store(actor, receipt, judgement, batch.begun.boot_id or "", verified)
        _note_days(actor, judgement, days, grounds, received_at)
        _move(actor, device_id, judgement, grounds, verified)
        note_clock(actor, batch.clock, received_at)
        return receipt


def as_wire(receipt: PointBatch, locale: str) -> dict[str, Any]:
    """The receipt as an answer."""
    kinds = {kind.code: kind for kind in REASONS}
    return {
        "id": receipt.id,
        "received_at": receipt.received_at,
        "stored": receipt.stored,
        "discarded": [
            {"code": code, "points": receipt.discarded[code], "message": kinds[code]().message(locale)}
            for code in kinds
            if code in receipt.discarded
        ],
    }


def _receipt(
    actor: Actor, device_id: UUID, batch: SentBatch, received_at: datetime, judgement: Judgement
) -> PointBatch:
    return PointBatch(
        id=batch.id,
        company_id=actor.company_id,
        user_id=actor.user_id,
        device_id=device_id,
        fingerprint=batch.fingerprint,
        received_at=received_at,
        stored=sum(len(part.points) for part in judgement.days.values()),
        discarded=dict(sum(judgement.discarded.values(), Counter())),
    )


def _store(actor: Actor, receipt: PointBatch, judgement: Judgement, boot_id: str, verified: bool) -> None:
    """The points, a row for each day."""
    if not judgement.days:
        return
    make_days(Segment, judgement.days)
    segments = []
    for day, part in judgement.days.items():
        points, said_ms = part.points, [saying.at_ms for saying in part.sayings]
        start_ms = min([*points.at_ms[:1].tolist(), *said_ms])
        segments.append(
            Segment(
                company_id=actor.company_id,
                user_id=actor.user_id,
                day=day,
                batch_id=receipt.id,
                device_id=receipt.device_id,
                boot_id=boot_id,
                verified=verified,
                started_at=_instant(start_ms),
                offset_ms=(points.at_ms - start_ms).tolist(),
                lat_e7=points.lat_e7.tolist(),
                lon_e7=points.lon_e7.tolist(),
                accuracy_m=_whole_metres(part),
                state_offset_ms=[at_ms - start_ms for at_ms in said_ms],
                states=[saying.state for saying in part.sayings],
            )
        )
    insert_segments(segments)


def _note_days(
    actor: Actor, judgement: Judgement, days: dict[date, Day], grounds: Grounds, received_at: datetime
) -> None:
    """What is known of each day: how much is stored and how much is not; what is derived from it is out of date."""
    new, known = [], []
    for day in sorted(judgement.days.keys() | judgement.discarded.keys()):
        row = days.get(day) or Day(
            company_id=actor.company_id, user_id=actor.user_id, day=day, policy_id=None, changed_at=received_at
        )
        part = judgement.days.get(day)
        if part is not None and len(part.points):
            rule = grounds.rule_at(int(part.points.at_ms[-1]))
            row.policy_id = rule.id if rule else None
            row.points += len(part.points)
        if part is not None:
            row.changed_at, row.derived_at = received_at, None
        row.discarded = dict(Counter(row.discarded) + judgement.discarded.get(day, Counter()))
        (known if day in days else new).append(row)
    if new:
        writing.insert(Day, new)
    if known:
        writing.update(Day, known)


def _move(actor: Actor, device_id: UUID, judgement: Judgement, grounds: Grounds, verified: bool) -> None:
    """Note where the employee was last, if a purpose needs it."""
    parts = [part.points for part in judgement.days.values() if len(part.points)]
    if not parts:
        return
    last = max(parts, key=lambda points: int(points.at_ms[-1]))
    rule = grounds.rule_at(int(last.at_ms[-1]))
    if rule is None or not opens(rule.terms.purposes, View.LAST_POSITION):
        return
    accuracy_m = min(_MOST_M, -int(-last.accuracy_m[-1] // 1))
    place = (int(last.lat_e7[-1]), int(last.lon_e7[-1]), accuracy_m)
    at = _instant(int(last.at_ms[-1]))
    with connection.cursor() as cursor:
        cursor.execute(_MOVE_TO, [actor.user_id, actor.company_id, device_id, at, verified, *place])
        if cursor.rowcount:
            pokes.changed(actor.company_id, "trails")


def _whole_metres(part: DayPart) -> list[int]:
    """Rounded up: nothing becomes more accurate by being stored."""
    whole: list[int] = (-(-part.points.accuracy_m // 1)).clip(1, _MOST_M).astype(int).tolist()
    return whole


def _instant(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
