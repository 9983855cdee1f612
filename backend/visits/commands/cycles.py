"""The writer of call cycles."""

from accounts import queries as account_queries
from core.actor import Actor
from core.batches import Batch
from core.clock import now
from core.errors import ReferenceInvalid
from core.registry import command
from customers import queries as customer_queries
from visits import policies
from visits.commands.types import require_type
from visits.models.plans import CallCycle
from visits.queries import plans as queries
from visits.queries import types as type_queries
from visits.schemas import plans as schemas

_COLUMNS = (
    "name", "customer_class", "customer_id", "org_unit_id", "every_weeks", "per_month", "dwell_minutes", "purpose",
    "visit_type_id", "valid_from", "valid_to",
)  # fmt: skip


@command("visits.set_cycle", payload=schemas.SetCycle, creates="id", roles=policies.CYCLE_SETTERS)
def set_cycle(actor: Actor, items: Batch[schemas.SetCycle]) -> None:
    """Make call cycles, or put others in their place; the next publishing follows them.

    A cycle ends by its last day; what it made due before that stays. Refuses customers.not_found,
    core.reference_invalid, visits.cycle_out_of_reach; parks sync.scope_lost.
    """
    known = queries.lock_cycles(items.each("id"))
    reach = customer_queries.reach(
        actor, items.each("customer_id") | {c for row in known.values() if (c := row.customer_id)}
    )
    named = items.each("org_unit_id") | {unit for row in known.values() if (unit := row.org_unit_id)}
    paths = {unit.id: unit.path for unit in account_queries.list_org_units(named).values()}
    types = type_queries.list_type_ids(items.each("visit_type_id"))
    for item in items:
        with item:
            payload = item.payload
            require_type(payload.visit_type_id, types)
            if payload.org_unit_id is not None and payload.org_unit_id not in paths:
                raise ReferenceInvalid("org_unit_id")
            row = known.get(payload.id)
            for whose in (payload, row) if row is not None else (payload,):  # what it was has to be his as well
                reasons = None
                if whose.customer_id is not None:
                    reasons = reach.reasons[reach.get(whose.customer_id).id]
                policies.may_set_cycle(actor, paths.get(whose.org_unit_id), reasons)
            row = known.setdefault(payload.id, row or CallCycle(id=payload.id, company_id=actor.company_id))
            for name in _COLUMNS:
                setattr(row, name, getattr(payload, name))
            row.weekdays = sorted(payload.weekdays)
            row.scope_id = payload.customer_id or actor.company_id
            row.updated_at, row.updated_by_id = now(), actor.author_id
            items.write(row)
