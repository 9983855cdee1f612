"""The only writers of photos, signatures and voice notes."""

from typing import Any

import orjson

from core.actor import Actor
from core.batches import Batch, Item
from core.clock import to_wire
from core.registry import command
from core.writing import canonical
from customers import queries as customer_queries
from files.jobs import prepare_named
from files.kinds import require_nameable
from visits import errors, policies
from visits.models.photos import Photo
from visits.models.visits import Visit
from visits.queries import photos as queries
from visits.queries import visits as visit_queries
from visits.reach import customers_of, read_fix, reps_of, visit_in_reach
from visits.schemas import photos as schemas


@command("visits.add_photo", payload=schemas.AddPhoto, creates="id")
def add_photo(actor: Actor, items: Batch[schemas.AddPhoto]) -> None:
    """Attach photos, signatures and voice notes to visits, in whatever state those are. The bytes come later.

    Refuses visits.not_found, visits.not_yours, files.type_not_allowed, files.too_large; parks sync.scope_lost.
    """
    visits = visit_queries.list_visits(items.each("visit_id"))
    reach = customer_queries.reach(actor, customers_of(visits))
    team = visit_queries.list_team(actor, reps_of(visits))
    for item in items:
        with item:
            payload = item.payload
            visit = visit_in_reach(payload.visit_id, visits, reach)
            policies.may_amend(actor, visit, team)
            require_nameable(payload.kind, payload.file.media_type, payload.file.bytes)
            items.write(_photo(actor, item, visit))
    prepare_named(actor.company_id, items.collect(lambda payload: payload.file.sha256))


@command("visits.withdraw_photo", payload=schemas.WithdrawPhoto)
def withdraw_photo(actor: Actor, items: Batch[schemas.WithdrawPhoto]) -> None:
    """Take photos, signatures and voice notes back: they stay as evidence, and count no longer.

    Refuses visits.photo_not_found, visits.not_yours, visits.photo_withdrawn; parks sync.scope_lost.
    """
    photos = queries.lock_photos(items.each("id"))
    visits = {photo.visit_id: photo.visit for photo in photos.values()}
    reach = customer_queries.reach(actor, customers_of(visits))
    team = visit_queries.list_team(actor, reps_of(visits))
    for item in items:
        with item:
            photo = photos.get(item.payload.id)
            if photo is None:
                raise errors.PhotoNotFound("id")
            try:
                visit = visit_in_reach(photo.visit_id, visits, reach)
            except errors.NotFound:
                raise errors.PhotoNotFound("id") from None
            policies.may_amend(actor, visit, team)
            if photo.withdrawn_at is not None:
                raise errors.PhotoWithdrawn("id")
            photo.withdrawn_at, photo.withdrawn_by_id = item.occurred_at, actor.author_id
            photo.withdraw_reason = item.payload.reason
            items.write(photo)


def _photo(actor: Actor, item: Item[schemas.AddPhoto], visit: Visit) -> Photo:
    payload, request = item.payload, item.request
    sent: dict[str, Any] = request.payload
    fix = read_fix(payload.fix)
    raw = {
        "fix": sent.get("fix"),
        "claimed_at": request.claimed_at and to_wire(request.claimed_at),
        "uptime_ms": request.uptime_ms,
        "boot_id": request.boot_id,
    }
    return Photo(
        id=payload.id,
        company_id=actor.company_id,
        visit_id=visit.id,
        customer_id=visit.customer_id,
        author_id=actor.author_id,
        device_id=actor.device_id,
        kind=payload.kind,
        sha256=payload.file.sha256,
        bytes=payload.file.bytes,
        media_type=payload.file.media_type,
        caption=payload.caption,
        source=payload.source,
        taken_at=payload.taken_at,
        occurred_at=item.occurred_at,
        occurred_verified=request.occurred_verified,
        raw=orjson.Fragment(canonical(raw)),
        lat=fix.position.lat if fix else None,
        lon=fix.position.lon if fix else None,
        accuracy_m=fix.accuracy_m if fix else None,
        is_mock=fix.is_mock if fix else None,
    )
