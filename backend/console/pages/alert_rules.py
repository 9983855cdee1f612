"""The rules of alerts: when people are told of what is overdue."""

from datetime import time
from typing import Any

from django.http import HttpRequest

from console.forms import CommandForm, Field, Values
from console.registry import Place
from core.ids import uuid7
from visits.queries.alerts import get_alert_rules

_DAYS = ("task_after_days", "visit_after_days")


def _start(subject: Any, request: HttpRequest) -> Values:
    rules = get_alert_rules()
    hour, minute = divmod(rules.morning, 60)
    return {"id": uuid7(), "morning": f"{hour:02}:{minute:02}"} | {name: getattr(rules, name) for name in _DAYS}


def _payload(path: Values, values: Values) -> Values:
    """The morning as the minute of the day; what is no time of day is handed on, so that the command says so."""
    try:
        at = time.fromisoformat(str(values["morning"]))
    except ValueError:
        return values
    return values | {"morning": at.hour * 60 + at.minute}


ALERT_RULES = CommandForm(
    "alert_rules",
    "alert-rules",
    command="visits.set_alert_rules",
    fields=(
        Field("task_after_days", "number", required=False),
        Field("visit_after_days", "number", required=False),
        Field("morning", "time"),
        Field("id", "hidden"),
    ),
    start=_start,
    payload=_payload,
    back="alert_rules",
    place=Place("system", 42, "bell"),
    roles=frozenset({"admin"}),
).register()
