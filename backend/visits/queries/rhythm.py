"""Reads of how often one customer is visited, and when next. All need the company's fence."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from accounts import queries as accounts
from core.actor import Actor
from customers.models import Customer
from visits.call_cycles import LONGEST_WEEKS, Cycle, Window, applicable, due_windows
from visits.models.plans import CallCycle, DueVisit
from visits.models.routes import VisitRoute
from visits.models.visits import Visit
from visits.queries.absences import list_routes
from visits.queries.plans import list_cycles
from visits.queries.today import find_neighbours

_AHEAD = timedelta(weeks=LONGEST_WEEKS + 1)
"""So far is looked for a window: the longest one, and what is left of the one before."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How one customer is visited.

    cycles: those that concern him and have not ended, the strongest first. routes: of the actor's people, on which he
    stands. due: the next days in which a cycle asks for a visit that nobody has made; planned: the next planned visit.
    """

    cycles: list[CallCycle]
    routes: list[VisitRoute]
    due: Window | None
    planned: Visit | None


def get_rhythm(actor: Actor, customer: Customer, today: date) -> Rhythm:
    """How a customer that the actor sees is visited: six queries. customer: with its owner.

    A window that has begun counts once the plan was published with it: too late for it is the next time.
    """
    lasting = Q(valid_to=None) | Q(valid_to__gte=today)
    routes = list_routes(actor).filter(lasting, customer_ids__contains=[customer.id]).select_related("rep")
    rows = {row.id: row for row in list_cycles(actor).filter(lasting, _concern(customer)).select_related("org_unit")}
    unit = customer.owner.org_unit_id if customer.owner else None
    paths = accounts.list_org_units([unit] if unit else [])
    path = paths[unit].path if unit in paths else []
    cycles = applicable([row.as_cycle() for row in rows.values()], customer.id, customer.customer_class, path)
    made, planned = find_neighbours(actor, customer.id, today)
    return Rhythm(
        [rows[cycle.id] for cycle in cycles],
        list(routes.order_by("name", "id")),
        _next_due(customer, cycles, made.visit_date if made else None, today),
        planned,
    )


def _concern(customer: Customer) -> Q:
    own = Q(customer_id=customer.id)
    return own | Q(customer_class=customer.customer_class) if customer.customer_class else own


def _next_due(customer: Customer, cycles: list[Cycle], last_made: date | None, today: date) -> Window | None:
    if customer.archived_at is not None or customer.stage == "lost" or customer.owner_id is None:
        return None
    rows = DueVisit.objects.filter(customer_id=customer.id, window_to__gte=today)
    published = set(rows.values_list("id", flat=True))
    coming = sorted(due_windows(cycles, today, today + _AHEAD), key=lambda pair: pair[1])
    for cycle, window in coming:
        begun = window.first <= today
        if begun and cycle.occurrence_id(customer.id, window) not in published:
            continue
        if last_made is None or not window.first <= last_made <= window.last:
            return window.clipped(cycle.valid_from, cycle.valid_to)
    return None
