"""What the people of a team do on one day, for whoever leads them. All need the company's fence."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, F, Q

from core import grants
from core.actor import Actor
from core.geodesy import Coordinates
from visits import punctuality
from visits.models.visits import CheckIn, Visit
from visits.states import State


class Call(NamedTuple):
    """A visit of the day, as far as the day is told by it. lat, lon: of the site that it is at, where that is known."""

    id: UUID
    rep_id: UUID
    state: str
    visit_date: date
    planned_date: date | None
    planned_at: datetime | None
    checked_in_at: datetime | None
    checked_out_at: datetime | None
    customer_id: UUID
    customer: str
    lat: float | None
    lon: float | None


class Counts(NamedTuple):
    """How many visits are still to come, are going on, are done; how many of them began or begin late; were missed."""

    planned: int = 0
    open: int = 0
    done: int = 0
    late: int = 0
    missed: int = 0

    def with_those(self, others: "Counts") -> "Counts":
        """Both together."""
        return Counts(*(mine + theirs for mine, theirs in zip(self, others, strict=True)))


class Sighting(NamedTuple):
    """Where a rep was when he last checked in or out, as his phone measured it then."""

    rep_id: UUID
    at: datetime
    position: Coordinates
    accuracy_m: float | None
    customer_id: UUID


def list_calls(actor: Actor, rep_ids: Iterable[UUID], day: date) -> list[Call]:
    """The visits of these reps on a day at customers that the actor may see, none cancelled; in the day's order."""
    rows = Visit.objects.filter(grants.visible(actor, "customer_id"), rep_id__in=list(rep_ids), visit_date=day)
    ordered = rows.exclude(state=State.CANCELLED).order_by(
        F("planned_at").asc(nulls_last=True), F("sequence").asc(nulls_last=True), "id"
    )
    columns = ("id", "rep_id", "state", "visit_date", "planned_date", "planned_at", "checked_in_at", "checked_out_at")
    return [
        Call(*row) for row in ordered.values_list(*columns, "customer_id", "customer__name", "site__lat", "site__lon")
    ]


def list_sightings(actor: Actor, rep_ids: Iterable[UUID], since: datetime) -> dict[UUID, Sighting]:
    """The last measured position of each rep at a check-in or check-out since then, by rep (one query)."""
    rows = CheckIn.objects.filter(
        grants.visible(actor, "customer_id"), rep_id__in=list(rep_ids), occurred_at__gte=since, lat__isnull=False
    )
    latest = rows.order_by("rep_id", "-occurred_at", "-id").distinct("rep_id")
    found = latest.values_list("rep_id", "occurred_at", "lat", "lon", "accuracy_m", "customer_id")
    return {
        rep_id: Sighting(rep_id, at, Coordinates(lat, lon), accuracy_m, customer_id)
        for rep_id, at, lat, lon, accuracy_m, customer_id in found
    }


def count_by_unit(actor: Actor, at: datetime, today: date, missed_since: date) -> dict[UUID | None, Counts]:
    """How the visits of today stand, and which were missed since a day before it, by the org unit of their rep.

    All visits at customers that the actor may see (one query).
    """
    of_today = Q(visit_date=today)
    rows = Visit.objects.filter(
        grants.visible(actor, "customer_id"),
        Q(visit_date__range=(missed_since, today - timedelta(1)), state=State.PLANNED) | of_today,
    )
    counted = rows.values("rep__org_unit_id").annotate(
        planned=Count("id", filter=of_today & Q(state=State.PLANNED)),
        open=Count("id", filter=of_today & Q(state=State.OPEN)),
        done=Count("id", filter=of_today & Q(state=State.CLOSED)),
        late=Count("id", filter=of_today & punctuality.late(at, today)),
        missed=Count("id", filter=punctuality.missed(today)),
    )
    found = counted.order_by().values_list("rep__org_unit_id", *Counts._fields)
    return {unit_id: Counts(*counts) for unit_id, *counts in found}


def find_neighbours(actor: Actor, customer_id: UUID, today: date) -> tuple[Visit | None, Visit | None]:
    """The last visit that was made at a customer that the actor may see, and the next one planned from today on.

    Two queries.
    """
    rows = Visit.objects.filter(grants.visible(actor, "customer_id"), customer_id=customer_id).select_related("rep")
    made = rows.filter(checked_in_at__isnull=False).order_by("-checked_in_at").first()
    planned = rows.filter(state=State.PLANNED, visit_date__gte=today)
    return made, planned.order_by("visit_date", "planned_at", "id").first()
