"""The shapes of the rules of alerts on the wire."""

from typing import Annotated
from uuid import UUID

from ninja import Schema
from pydantic import Field, StrictInt

from core.payloads import Payload
from visits.alerting import MOST_DAYS, Rules

AfterDays = Annotated[StrictInt, Field(ge=1, le=MOST_DAYS)]


class SetAlertRules(Payload):
    """`visits.set_alert_rules`: from now on, people are told of overdue tasks and visits like this.

    task_after_days, visit_after_days: superiors are told on that working day after the due one, never where left out.
    morning: from which minute of the local day on people are told, 420 for seven o'clock.
    """

    id: UUID
    task_after_days: AfterDays | None = None
    visit_after_days: AfterDays | None = None
    morning: Annotated[StrictInt, Field(ge=0, le=1439)] = Rules().morning


class AlertRulesOut(Schema):
    """The rules in force.

    task_after_days, visit_after_days: superiors are told on that working day after the due one; null: never. morning:
    from which minute of the local day on people are told.
    """

    task_after_days: int | None
    visit_after_days: int | None
    morning: int
