"""What other rules would make of some days, worked out without changing anything."""

from datetime import datetime
from typing import Any

from core.actor import Actor
from core.errors import Forbidden
from visits.compliance import BUILT_IN, RuleVersion
from visits.policies import RULE_SETTERS
from visits.queries import compliance as queries
from visits.queries.compliance import Asked, figures
from visits.schemas.compliance import ComplianceDifference, PreviewCompliance


def preview(actor: Actor, asked: PreviewCompliance, at: datetime) -> ComplianceDifference:
    """The figures of these days by the rules in force at `at` and by others, among the reps whom the actor may see.

    Raises core.forbidden for whoever sets no rules.
    """
    if actor.roles.isdisjoint(RULE_SETTERS):
        raise Forbidden
    days = Asked(asked.from_date, asked.to_date)
    highest = max((one.version for one in queries.list_versions()), default=BUILT_IN.version)
    tried = RuleVersion(highest + 1, asked.applies_from, asked.rules)
    *before, total_before = queries.count_due(queries.reckon(actor, at), days, "rep", None)
    *after, total_after = queries.count_due(queries.reckon(actor, at, tried), days, "rep", None)
    total = {"before": figures(total_before), "after": figures(total_after)}
    return ComplianceDifference.model_validate(total | {"reps": _differences(before, after)})


def _differences(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The reps whose figures differ; a rep may have none on one side, where another is credited."""
    none = dict.fromkeys(queries.COUNTS, 0)
    sides = [{row["key"]: figures(row) for row in rows} for rows in (before, after)]
    found = []
    for key in sorted(sides[0].keys() | sides[1].keys()):
        was, becomes = (side.get(key, figures(none)) for side in sides)
        if was != becomes:
            found.append({"rep_id": key, "before": was, "after": becomes})
    return found
