"""What the commands about visits share: which visits an actor reaches, and the position that he sent along."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from core.geodesy import Coordinates
from customers.errors import CustomerNotFound
from customers.queries import Reach
from visits import errors, evidence
from visits.models.visits import Visit
from visits.schemas.visits import Fix


def visit_in_reach(visit_id: UUID, visits: Mapping[UUID, Visit], reach: Reach[Any]) -> Visit:
    """A visit at a customer that the actor sees. Raises visits.not_found; ScopeLost where he saw the customer once."""
    visit = visits.get(visit_id)
    if visit is None:
        raise errors.NotFound("visit_id")
    try:
        reach.get(visit.customer_id, "visit_id")
    except CustomerNotFound:
        raise errors.NotFound("visit_id") from None
    return visit


def customers_of(visits: Mapping[UUID, Visit]) -> set[UUID]:
    """The customers that these visits are at."""
    return {visit.customer_id for visit in visits.values()}


def reps_of(visits: Mapping[UUID, Visit]) -> set[UUID]:
    """The reps who make these visits."""
    return {visit.rep_id for visit in visits.values()}


def read_fix(given: Fix | None) -> evidence.Fix | None:
    """The position that was sent, for the judge: in WGS-84, to a centimetre (the row keeps it raw as well)."""
    if given is None:
        return None
    lat, lon = given.to_wgs84()
    position = Coordinates(round(lat, 7), round(lon, 7))
    return evidence.Fix(position, given.accuracy_m, given.age_ms, given.provider, given.is_mock)
