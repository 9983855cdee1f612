"""The planning board: what reps plan and make on some days, and on which of them they work. All need the fence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from accounts import queries as accounts
from accounts.models import User
from calendars import queries as calendars
from core import grants
from core.actor import Actor
from core.models import Grant
from customers import queries as customers
from customers.models import Customer
from visits.day_proposal import DEFAULT_DWELL_MINUTES
from visits.models.absences import Absence
from visits.models.visits import Visit
from visits.queries import absences
from visits.states import State

FIELD_ROLES = ("engineer", "rep")


@dataclass(slots=True)
class RepDay:
    """One day of a rep. worked_minutes: by his calendar; special: how the calendar calls a day that differs."""

    day: date
    worked_minutes: int
    special: str = ""
    absence: Absence | None = None
    visits: list[Visit] = field(default_factory=list)

    @property
    def planned_minutes(self) -> int:
        """How long the visits of the day are expected to take, without the way between them."""
        return sum(visit.dwell_minutes or DEFAULT_DWELL_MINUTES for visit in self.visits)


@dataclass(frozen=True, slots=True)
class Board:
    """The days of each rep, in the order of the reps; people: everybody else whom visits and absences name, by id."""

    rows: list[tuple[User, list[RepDay]]]
    people: dict[UUID, User]


def list_reps(actor: Actor, *, org_unit_id: UUID | None = None, search: str = "") -> QuerySet[User]:
    """The active people for whom the actor plans and who visit customers, each with his org unit."""
    rows = accounts.list_team_people(actor).filter(is_active=True, roles__overlap=FIELD_ROLES)
    if org_unit_id is not None:
        rows = rows.filter(org_unit__path__contains=[org_unit_id])
    if search:
        rows = rows.filter(name__icontains=search)
    return rows.select_related("org_unit")


def get_board(actor: Actor, reps: Sequence[User], first: date, last: date) -> Board:
    """What these reps do from `first` to `last` at customers that the actor sees: seven queries, however many."""
    times = calendars.resolve_units(actor.company_id, {rep.org_unit_id for rep in reps}, first, last)
    away = absences.find_absences([rep.id for rep in reps], first, last)
    days: dict[tuple[UUID, date], RepDay] = {}
    rows: list[tuple[User, list[RepDay]]] = []
    for rep in reps:
        known = times[rep.org_unit_id]
        own = []
        for day in _days(first, last):
            minutes = sum(end - start for start, end in known.time.hours_on(day))
            special = known.days[day][0].name if day in known.days else ""
            absence = next((row for row in away.get(rep.id, ()) if row.from_date <= day <= row.to_date), None)
            own.append(RepDay(day, minutes, special, absence))
            days[rep.id, day] = own[-1]
        rows.append((rep, own))
    named = {row.substitute_id for found in away.values() for row in found if row.substitute_id}
    for visit in _list_visits(actor, reps, first, last):
        days[visit.rep_id, visit.visit_date].visits.append(visit)
        if visit.for_rep_id is not None:
            named.add(visit.for_rep_id)
    return Board(rows, accounts.list_users(named))


def list_plannable(actor: Actor, rep_id: UUID) -> QuerySet[Customer]:
    """The customers in use for which the actor can plan visits of a rep: those whom both of them see."""
    held = Grant.objects.filter(user_id=rep_id, active=True)
    whole = held.filter(scope_id=actor.company_id, reasons__contains=["all"])
    rows = customers.visible(actor).filter(archived_at__isnull=True).exclude(stage="lost")
    return rows.filter(Exists(held.filter(scope_id=OuterRef("id"))) | Exists(whole))


def _list_visits(actor: Actor, reps: Sequence[User], first: date, last: date) -> list[Visit]:
    """What is planned and what was made, each with its customer, in the order of the day (one query)."""
    rows = Visit.objects.filter(
        grants.visible(actor, "customer_id"), rep_id__in=[rep.id for rep in reps], visit_date__range=(first, last)
    ).exclude(state=State.CANCELLED)
    wanted = (
        "id", "customer_id", "customer__name", "rep_id", "state", "visit_date", "origin", "for_rep_id", "due_from",
        "due_to", "sequence", "planned_date", "planned_at", "is_appointment", "dwell_minutes", "checked_in_at",
    )  # fmt: skip
    found = list(rows.select_related("customer").only(*wanted))
    return sorted(found, key=_place)


def _place(visit: Visit) -> tuple[bool, float, int, str]:
    """By the time at which it was begun or is to begin; then by its place in the day; then by the customer's name."""
    at = visit.checked_in_at or visit.planned_at
    return at is None, at.timestamp() if at else 0.0, visit.sequence or 0, visit.customer.name


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))
