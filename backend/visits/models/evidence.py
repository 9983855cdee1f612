"""The rules that evidence is judged by, and the judgements that were replaced."""

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q

from core.models import IdModel

CAUSES = ("arrival", "neighbour", "rules", "site", "override")


class EvidenceRules(IdModel):
    """One version of a company's rules. The highest is in force; none is ever changed. Version 1 is built in.

    rules: the parameters, see `visits.evidence.Rules`.
    """

    append_only: ClassVar = True

    version = models.IntegerField()
    rules = models.JSONField()
    note = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()
    created_by_id = models.UUIDField()

    class Meta:
        db_table = "visits_evidence_rules"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "version"], name="visits_evidence_rules_version"),
            models.CheckConstraint(condition=Q(version__gte=2), name="visits_evidence_rules_after_built_in"),
        ]


class Judgement(IdModel):
    """A judgement of evidence that another one has replaced. Never changed.

    judged_at: when it was made. cause: why. decided_by_id, reason: of whom overrode it, or set off the new judging.
    """

    append_only: ClassVar = True

    check_in = models.ForeignKey("visits.CheckIn", on_delete=models.PROTECT, db_index=False, related_name="judgements")
    check_in_id: UUID
    verdict = models.CharField(max_length=16)
    verdict_details = models.JSONField()
    site_id = models.UUIDField(null=True)
    distance_m = models.FloatField(null=True)
    fence_radius_m = models.FloatField(null=True)
    rule_version = models.IntegerField()
    cause = models.CharField(max_length=16)
    judged_at = models.DateTimeField()
    decided_by_id = models.UUIDField(null=True)
    reason = models.TextField(blank=True, default="")
    replaced_at = models.DateTimeField()

    class Meta:
        db_table = "visits_judgement"
        indexes: ClassVar = [models.Index(fields=["check_in", "replaced_at"], name="visits_judgement_check_in")]


class Recomputation(IdModel):
    """Stored evidence judged again by the rules in force, in the background. rep_id: null for everybody's.

    total (null until a worker has counted),
    done, changed: pieces of evidence.
    """

    from_date = models.DateField()
    to_date = models.DateField()
    rep_id = models.UUIDField(null=True)
    rule_version = models.IntegerField()
    state = models.CharField(max_length=16)
    total = models.IntegerField(null=True)
    done = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    requested_at = models.DateTimeField()
    requested_by_id = models.UUIDField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "visits_recomputation"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=["running", "done"]), name="visits_recomputation_state")
        ]
