"""The writers of org units."""

from uuid import UUID

from accounts.errors import OrgUnitCycle, OrgUnitNotFound
from accounts.models import OrgUnit
from accounts.policies import ADMIN
from accounts.schemas.people import CreateOrgUnit, UpdateOrgUnit
from core.actor import Actor
from core.batches import Batch
from core.clock import now
from core.edits import apply_edit
from core.errors import ReferenceInvalid
from core.registry import command


@command("accounts.create_org_unit", payload=CreateOrgUnit, creates="id", roles=ADMIN)
def create_org_unit(actor: Actor, items: Batch[CreateOrgUnit]) -> None:
    """Add org units below others, also below new ones of the same set. Refuses core.reference_invalid."""
    # Locked, so that no parent is moved while it gets a child with its old path.
    rows = OrgUnit.objects.select_for_update(no_key=True).filter(id__in=items.each("parent_id")).order_by("id")
    units = {unit.id: unit for unit in rows}
    for item in items:
        with item:
            payload = item.payload
            parent = units.get(payload.parent_id) if payload.parent_id else None
            if payload.parent_id and parent is None:
                raise ReferenceInvalid("parent_id")
            unit = OrgUnit(
                id=payload.id,
                company_id=actor.company_id,
                created_at=item.occurred_at,
                created_by_id=actor.user_id,
                updated_at=now(),
                name=payload.name,
                parent_id=payload.parent_id,
                path=[*(parent.path if parent else []), payload.id],
            )
            units[unit.id] = unit
            items.write(unit)


@command("accounts.update_org_unit", payload=UpdateOrgUnit, roles=ADMIN)
def update_org_unit(actor: Actor, items: Batch[UpdateOrgUnit]) -> None:
    """Rename org units and move them with everything below.

    Refuses accounts.org_unit_not_found, accounts.org_unit_cycle, core.reference_invalid.
    """
    # A move changes the paths of a whole subtree; moves of one company happen one after the other.
    units = {unit.id: unit for unit in OrgUnit.objects.select_for_update(no_key=True).order_by("id")}
    for item in items:
        with item:
            unit = units.get(item.payload.id)
            if unit is None:
                raise OrgUnitNotFound("id")
            changes = item.payload.changes
            parent_id = changes.parent_id.to if changes.parent_id else None
            if parent_id is not None:
                if parent_id not in units:
                    raise ReferenceInvalid("changes.parent_id.to")
                if unit.id in units[parent_id].path:
                    raise OrgUnitCycle("changes.parent_id.to")
            before = unit.parent_id
            apply_edit(
                actor, items, item, unit, changes.by_name(), kind="org_unit", command_name="accounts.update_org_unit"
            )
            unit.updated_at = now()
            if unit.parent_id != before:
                for moved in _move(units, unit):
                    items.write(moved)


def _move(units: dict[UUID, OrgUnit], unit: OrgUnit) -> list[OrgUnit]:
    """Give the unit and everything below it paths below its parent; returns them."""
    above = units[unit.parent_id].path if unit.parent_id else []
    depth = len(unit.path) - 1
    subtree = [other for other in units.values() if unit.id in other.path]
    for other in subtree:
        other.path = [*above, *other.path[depth:]]
    return subtree
