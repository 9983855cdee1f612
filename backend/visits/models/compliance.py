"""The rules by which due visits are judged, in versions."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from core.models import IdModel


class ComplianceRules(IdModel):
    """One version of a company's rules. None is ever changed. Version 1 is built in.

    rules: the parameters, see `visits.compliance.ComplianceRules`. applies_from: what is due on that day and later is
    judged by this version, as long as no higher one applies.
    """

    append_only: ClassVar = True

    version = models.IntegerField()
    applies_from = models.DateField()
    rules = models.JSONField()
    note = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()
    created_by_id = models.UUIDField()

    class Meta:
        db_table = "visits_compliance_rules"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "version"], name="visits_compliance_rules_version"),
            models.CheckConstraint(condition=Q(version__gte=2), name="visits_compliance_rules_after_built_in"),
        ]
