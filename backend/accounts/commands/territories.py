"""The writers of territories and of who covers them."""

from collections.abc import Iterable
from uuid import UUID

from accounts import queries
from accounts.errors import TerritoryNotFound, UserNotFound
from accounts.models import Territory, TerritoryMember
from accounts.policies import ADMIN
from accounts.schemas.people import CreateTerritory, TerritoryMembership, UpdateTerritory
from core.actor import Actor
from core.batches import Batch
from core.clock import now
from core.edits import apply_edit
from core.errors import ReferenceInvalid
from core.registry import command


@command("accounts.create_territory", payload=CreateTerritory, creates="id", roles=ADMIN)
def create_territory(actor: Actor, items: Batch[CreateTerritory]) -> None:
    """Add territories. Refuses accounts.territory_code_taken, core.reference_invalid."""
    units = queries.list_org_units(items.each("org_unit_id"))
    for item in items:
        with item:
            payload = item.payload
            if payload.org_unit_id and payload.org_unit_id not in units:
                raise ReferenceInvalid("org_unit_id")
            territory = Territory(
                **payload.model_dump(),
                company_id=actor.company_id,
                created_at=item.occurred_at,
                created_by_id=actor.user_id,
                updated_at=now(),
            )
            items.write(territory)


@command("accounts.update_territory", payload=UpdateTerritory, roles=ADMIN)
def update_territory(actor: Actor, items: Batch[UpdateTerritory]) -> None:
    """Edit territories. Refuses accounts.territory_not_found, accounts.territory_code_taken, core.reference_invalid."""
    territories = _lock_territories(items.each("id"))
    units = queries.list_org_units(items.collect(lambda p: p.changes.org_unit_id and p.changes.org_unit_id.to))
    for item in items:
        with item:
            territory = territories.get(item.payload.id)
            if territory is None:
                raise TerritoryNotFound("id")
            changes = item.payload.changes
            if changes.org_unit_id and changes.org_unit_id.to and changes.org_unit_id.to not in units:
                raise ReferenceInvalid("changes.org_unit_id.to")
            apply_edit(
                actor,
                items,
                item,
                territory,
                changes.by_name(),
                kind="territory",
                command_name="accounts.update_territory",
            )
            territory.updated_at = now()


@command("accounts.add_territory_member", payload=TerritoryMembership, roles=ADMIN)
def add_territory_member(actor: Actor, items: Batch[TerritoryMembership]) -> None:
    """Have users cover territories; who covers one already goes on. Refuses accounts.territory_not_found,
    accounts.user_not_found."""
    # Locked, so that of two who add the same member at once the second finds him.
    territories = _lock_territories(items.each("territory_id"))
    users = queries.list_users(items.each("user_id"))
    members = _list_members(items)
    for item in items:
        with item:
            key = (item.payload.territory_id, item.payload.user_id)
            if key[0] not in territories:
                raise TerritoryNotFound("territory_id")
            if key[1] not in users:
                raise UserNotFound("user_id")
            if key not in members:
                members[key] = TerritoryMember(company_id=actor.company_id, territory_id=key[0], user_id=key[1])
                items.write(members[key])


@command("accounts.remove_territory_member", payload=TerritoryMembership, roles=ADMIN)
def remove_territory_member(actor: Actor, items: Batch[TerritoryMembership]) -> None:
    """Have users cover territories no more. Refuses accounts.territory_not_found."""
    territories = queries.list_territories(items.each("territory_id"))
    members = _list_members(items)
    for item in items:
        with item:
            if item.payload.territory_id not in territories:
                raise TerritoryNotFound("territory_id")
            member = members.pop((item.payload.territory_id, item.payload.user_id), None)
            if member is not None:
                items.delete(member)


def _lock_territories(ids: Iterable[UUID]) -> dict[UUID, Territory]:
    rows = Territory.objects.select_for_update(no_key=True).filter(id__in=ids).order_by("id")
    return {territory.id: territory for territory in rows}


def _list_members(items: Batch[TerritoryMembership]) -> dict[tuple[UUID, UUID], TerritoryMember]:
    rows = TerritoryMember.objects.filter(
        territory_id__in=items.each("territory_id"), user_id__in=items.each("user_id")
    )
    return {(row.territory_id, row.user_id): row for row in rows}
