"""The writer of the rules of alerts."""

from core.actor import Actor
from core.batches import Batch
from core.registry import command
from visits.models.alerts import AlertRules
from visits.schemas import alerts as schemas


@command("visits.set_alert_rules", payload=schemas.SetAlertRules, creates="id", roles={"admin"})
def set_alert_rules(actor: Actor, items: Batch[schemas.SetAlertRules]) -> None:
    """Say when people are told of overdue tasks and visits; the newest rules count. Refuses core.id_taken."""
    for item in items:
        with item:
            row = item.payload.model_dump() | {"company_id": actor.company_id, "set_by_id": actor.author_id}
            items.write_fact(AlertRules, row)
