"""The only writers of trail policies and of the texts that employees agree to."""

from accounts import queries as accounts
from accounts.policies import ADMIN
from core.actor import Actor
from core.batches import Batch
from core.errors import ReferenceInvalid
from core.registry import command
from trails.errors import PolicyRetroactive
from trails.models import ConsentText, LastPosition, Policy
from trails.schemas import PublishText, SetPolicy


@command("trails.set_policy", payload=SetPolicy, creates="id", roles=ADMIN)
def set_policy(actor: Actor, items: Batch[SetPolicy]) -> None:
    """Say whether, what for and when the people of org units are tracked. Earlier policies stay for earlier times.

    Refuses core.reference_invalid, trails.policy_retroactive.
    """
    units = accounts.list_org_units(items.each("org_unit_id"))
    for item in items:
        with item:
            payload = item.payload
            if payload.org_unit_id not in units:
                raise ReferenceInvalid("org_unit_id")
            effective_at = payload.effective_at or item.occurred_at
            if effective_at < item.occurred_at:
                raise PolicyRetroactive("effective_at")
            items.write(
                Policy(
                    id=payload.id,
                    company_id=actor.company_id,
                    org_unit_id=payload.org_unit_id,
                    effective_at=effective_at,
                    tracks=payload.tracks,
                    purposes=[purpose.model_dump(mode="json") for purpose in payload.purposes],
                    hours=payload.hours and payload.hours.as_json(),
                    viewer_roles=sorted(set(payload.viewer_roles)),
                    gap_after_s=payload.gap_after_s,
                    live_s=payload.live_s,
                    created_by_id=actor.author_id,
                )
            )


@command("trails.publish_text", payload=PublishText, creates="id", roles=ADMIN)
def publish_text(actor: Actor, items: Batch[PublishText]) -> None:
    """Publish what employees are asked to agree to. If it asks for consent anew, last positions go until that is given.

    Refuses trails.version_taken.
    """
    if any(item.payload.renews for item in items.items):
        LastPosition.objects.all().delete()
    for item in items:
        with item:
            payload = item.payload
            items.write(
                ConsentText(
                    id=payload.id,
                    company_id=actor.company_id,
                    text_version=payload.text_version,
                    en=payload.en,
                    zh=payload.zh,
                    renews=payload.renews,
                    effective_at=item.occurred_at,
                    created_by_id=actor.author_id,
                )
            )
