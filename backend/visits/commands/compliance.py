"""The writer of compliance's rules."""

from core.actor import Actor
from core.batches import Batch
from core.registry import command
from visits.models.compliance import ComplianceRules
from visits.policies import RULE_SETTERS
from visits.queries import compliance as queries
from visits.schemas import compliance as schemas


@command("visits.set_compliance_rule", payload=schemas.SetComplianceRule, creates="id", roles=RULE_SETTERS)
def set_compliance_rule(actor: Actor, items: Batch[schemas.SetComplianceRule]) -> None:
    """Say how due visits are judged, from a day on. Figures follow at once; nothing that is stored changes.

    Refuses core.id_taken.
    """
    version = queries.lock_rules(actor.company_id)
    for item in items:
        with item:
            version += 1
            items.write(
                ComplianceRules(
                    id=item.payload.id,
                    company_id=actor.company_id,
                    version=version,
                    applies_from=item.payload.applies_from,
                    rules=item.payload.rules.model_dump(mode="json"),
                    note=item.payload.note,
                    created_at=item.occurred_at,
                    created_by_id=actor.user_id,
                )
            )
