"""From evidence, fresh or stored, to its judgement: what the pure rules need, put together for a set. Writes none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.geodesy import Coordinates
from customers.queries import Premises, list_premises
from visits.evidence import Direction, FenceMode, Finding, Fix, Judgement, Place, Rules, RuleSet, judge
from visits.journeys import Sighting, find_jumps
from visits.models.visits import CheckIn, Visit
from visits.queries.evidence import list_sightings


@dataclass(slots=True)
class Piece:
    """One piece of evidence on its way to its judgement.

    at: when it happened in the field. sighting: the position for the judging of the day, at the time at which the phone
    measured it; None where it measured none.
    """

    id: UUID
    rep_id: UUID
    direction: Direction
    at: datetime
    clock_verified: bool
    in_order: bool
    fix: Fix | None
    judgement: Judgement | None = None
    sighting: Sighting | None = field(init=False)

    def __post_init__(self) -> None:
        fix = self.fix
        if fix is None or fix.provider == "manual" or fix.is_mock:
            self.sighting = None
            return
        age = timedelta(milliseconds=min(max(fix.age_ms or 0.0, 0.0), 86_400_000.0))
        self.sighting = Sighting(self.id, self.at - age, fix.position, fix.accuracy_m)

    @property
    def seen_at(self) -> datetime | None:
        """When the phone measured the position; None where it measured none."""
        return self.sighting.at if self.sighting is not None else None

    def score(self, premises: Premises, rules: Rules) -> Judgement:
        """Judge the piece by itself: fix, clock, distance; its journey is judged afterwards."""
        self.judgement = judge(
            self.fix,
            [Place(*door) for door in premises.doors],
            clock_verified=self.clock_verified,
            in_order=self.in_order,
            rules=rules,
            fence=self.fence(premises, rules),
        )
        return self.judgement

    def fence(self, premises: Premises, rules: Rules) -> FenceMode:
        """How strictly the customer's fence is taken."""
        return rules.fence_mode(self.direction, premises.customer_class)


def stored_piece(row: CheckIn, checked_in_at: datetime | None) -> Piece:
    """The piece that a row was made of. checked_in_at: of its visit."""
    sent: dict[str, Any] = row.raw.get("fix") or {}
    fix = None
    if row.lat is not None and row.lon is not None and row.accuracy_m is not None:
        position = Coordinates(row.lat, row.lon)
        fix = Fix(position, row.accuracy_m, sent.get("age_ms"), sent.get("provider"), row.is_mock)
    in_order = row.direction == "in" or checked_in_at is None or checked_in_at <= row.occurred_at
    return Piece(row.id, row.rep_id, row.direction, row.occurred_at, row.occurred_verified, in_order, fix)


def score_journey(rep_id: UUID, pieces: Sequence[Piece], rules: Rules) -> dict[UUID, dict[str, Any] | None]:
    """Judge pieces of one rep, each judged by itself, as parts of his day; one query, none where nothing was measured.

    Returns the stored evidence whose blame changes by it: id to the numbers of the jump, or None where there is no
    longer one.
    """
    fresh = {piece.id: sighting for piece in pieces if (sighting := piece.sighting) is not None}
    if not fresh:
        return {}
    times = sorted(sighting.at for sighting in fresh.values())
    stored, blamed = list_sightings(rep_id, times[0], times[-1])
    earlier = [sighting for sighting in stored if sighting.at < times[0]]
    known_until = max((sighting.at for sighting in earlier), default=None)
    others = [sighting for sighting in stored if sighting.id not in fresh]
    jumps = find_jumps([*others, *fresh.values()], rules.max_speed_mps, blamed, known_until)
    for piece in pieces if jumps else ():
        if piece.judgement is not None and (jump := jumps.get(piece.id)) is not None:
            piece.judgement = piece.judgement.with_jump(jump.as_details())
    later = {sighting.id for sighting in others if known_until is None or sighting.at > known_until}
    return {
        id_: jumps[id_].as_details() if id_ in jumps else None for id_ in later if (id_ in jumps) != (id_ in blamed)
    }


def judge_again(rows: list[CheckIn], visits: Mapping[UUID, Visit], rules: RuleSet) -> dict[UUID, Judgement]:
    """What these rules say of stored evidence, by id: a query for the customers' sites, and one for each rep."""
    premises = list_premises({row.customer_id for row in rows})
    pieces: dict[UUID, list[Piece]] = {}
    for row in rows:
        visit = visits.get(row.visit_id)
        piece = stored_piece(row, visit.checked_in_at if visit else None)
        piece.score(premises[row.customer_id], rules.rules)
        if also_open := row.verdict_details.get("also_open"):
            assert piece.judgement is not None
            piece.judgement.details["also_open"] = also_open
        pieces.setdefault(row.rep_id, []).append(piece)
    for rep_id, own in pieces.items():
        score_journey(rep_id, own, rules.rules)
    return {piece.id: piece.judgement for own in pieces.values() for piece in own if piece.judgement is not None}


def is_online(piece: Piece, received_at: datetime, rules: Rules) -> bool:
    """Whether a check-in counts as made online, so that a hard fence may refuse it while its rep still stands there."""
    return piece.clock_verified and (received_at - piece.at).total_seconds() <= rules.online_within_s


def is_outside(judgement: Judgement) -> bool:
    """Whether the place alone is found wrong."""
    return str(Finding.OUTSIDE) in judgement.details["findings"]
