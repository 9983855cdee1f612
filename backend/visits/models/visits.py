"""Visits, the evidence of check-ins and check-outs, and visit logs."""

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from core.models import IdModel, JsonTextField
from visits.states import State


class Visit(IdModel):
    """A rep at a customer: planned, open, closed or cancelled.

    site_id: the place that was planned, or, without a plan, the one whose fence the check-in was verified in.
    origin: ad_hoc without a plan, fixed for a day that a person chose, cycle or route by the rolling plan; cycle_id,
    route_id: which. for_rep_id: whose visit it is that the rep makes as a substitute. due_from, due_to: the days within
    which it is due. planned_at, sequence: its place in the day; is_appointment: the time was agreed with the customer.
    dwell_minutes: how long it is expected to take; null: nobody said. visit_type_id: its type, where somebody said one;
    null: the first of the company's types that is meant for such a visit.
    moved_at, ordered_at: when a person last moved it, or put its day in order. withdrawn: why the rolling plan took it
    back (`fulfilled`: another visit stands for it; `not_due`: nothing asks for it any more).
    checked_in_at, checked_out_at, cancelled_at: when, in field time; null: not yet. cancelled_at stays when somebody
    checked in after all. cancel_reason: why the plan was given up. created_at: when it was recorded in the field.
    """

    kept: ClassVar = True

    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, db_index=False, related_name="visits")
    # A trigger leaves the visits of a removed site without one, see `visits.site_triggers`.
    site = models.ForeignKey(
        "customers.Site", on_delete=models.SET_NULL, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    rep = models.ForeignKey("accounts.User", on_delete=models.PROTECT, db_index=False, related_name="+")
    customer_id: UUID
    site_id: UUID | None
    rep_id: UUID
    state = models.CharField(max_length=16)
    visit_date = models.DateField(help_text="the planned day; once checked in, the company's day of the check-in")
    visit_type = models.ForeignKey(
        "visits.VisitType", on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    visit_type_id: UUID | None
    purpose = models.TextField(blank=True, default="")
    planned_date = models.DateField(null=True)
    planned_at = models.DateTimeField(null=True)
    checked_in_at = models.DateTimeField(null=True)
    checked_out_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.TextField(blank=True, default="")
    origin = models.CharField(max_length=8, default="ad_hoc")
    cycle_id = models.UUIDField(null=True)
    route_id = models.UUIDField(null=True)
    for_rep = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False, related_name="+"
    )
    for_rep_id: UUID | None
    due_from = models.DateField(null=True)
    due_to = models.DateField(null=True)
    sequence = models.SmallIntegerField(null=True)
    dwell_minutes = models.SmallIntegerField(null=True)
    is_appointment = models.BooleanField(default=False)
    moved_at = models.DateTimeField(null=True)
    ordered_at = models.DateTimeField(null=True)
    withdrawn = models.CharField(max_length=16, null=True)
    check_in_verdict = models.CharField(max_length=16, null=True)
    check_out_verdict = models.CharField(max_length=16, null=True)
    created_at = models.DateTimeField()
    created_by_id = models.UUIDField(null=True)

    class Meta:
        db_table = "visits_visit"
        indexes: ClassVar = [
            models.Index(fields=["company", "-visit_date", "id"], name="visits_visit_day"),
            models.Index(fields=["customer", "-visit_date"], name="visits_visit_customer"),
            models.Index(fields=["rep", "-visit_date"], name="visits_visit_rep"),
            models.Index(fields=["rep", "-checked_in_at"], condition=Q(state="open"), name="visits_visit_rep_open"),
            models.Index(fields=["company", "visit_date"], condition=Q(state="planned"), name="visits_visit_planned"),
            models.Index(fields=["site"], condition=Q(site__isnull=False), name="visits_visit_site"),
            models.Index(fields=["visit_type"], condition=Q(visit_type__isnull=False), name="visits_visit_visit_type"),
            models.Index(
                fields=["for_rep", "-visit_date"], condition=Q(for_rep__isnull=False), name="visits_visit_for_rep"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=[str(state) for state in State]), name="visits_visit_state"),
            models.CheckConstraint(
                condition=Q(origin__in=["ad_hoc", "fixed", "cycle", "route"]), name="visits_visit_origin"
            ),
            models.CheckConstraint(condition=Q(withdrawn__in=["fulfilled", "not_due"]), name="visits_visit_withdrawn"),
            models.CheckConstraint(
                condition=~Q(state__in=["open", "closed"]) | Q(checked_in_at__isnull=False),
                name="visits_visit_open_since",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(checked_out_at__isnull=False), name="visits_visit_closed_since"
            ),
        ]


class CheckIn(IdModel):
    """The evidence of one check-in or check-out: what the phone said, and what follows from it. Never changed.

    id: the command's. raw: the fix exactly as it was sent, with the device's clocks; everything from `lat` on can be
    derived from it again under a later rule. lat, lon: degrees, WGS-84. seen_at: when the phone measured that position;
    null without a measured one. site_id: the site that the distance was measured to; it may be removed later.
    distance_m: to it, on the ellipsoid. cause: why the judgement in force was made, decided_by_id by whom, reason what
    he said. The judgements before it are kept, see `Judgement`.
    """

    append_only: ClassVar = True
    amendable: ClassVar = (
        "site_id", "distance_m", "fence_radius_m", "verdict", "verdict_details", "rule_version", "cause", "decided_at",
        "decided_by_id", "reason",
    )  # fmt: skip

    # Written in one transaction with the visit, which is kept.
    visit = models.ForeignKey(
        Visit, on_delete=models.PROTECT, db_index=False, db_constraint=False, related_name="check_ins"
    )
    visit_id: UUID
    customer_id = models.UUIDField(help_text="the visit's customer, in whose scope the row is published")
    rep_id = models.UUIDField()
    direction = models.CharField(max_length=4, help_text="in, out")
    occurred_at = models.DateTimeField()
    occurred_verified = models.BooleanField()
    received_at = models.DateTimeField(db_default=Now())
    raw = JsonTextField(help_text="fix as sent (or null), claimed_at, uptime_ms, boot_id")
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    accuracy_m = models.FloatField(null=True)
    is_mock = models.BooleanField(null=True)
    seen_at = models.DateTimeField(null=True)
    site_id = models.UUIDField(null=True)
    distance_m = models.FloatField(null=True)
    fence_radius_m = models.FloatField(null=True)
    verdict = models.CharField(max_length=16)
    verdict_details = models.JSONField(default=dict, help_text="every finding and the numbers it rests on")
    rule_version = models.IntegerField()
    cause = models.CharField(max_length=16, default="arrival", help_text="arrival, neighbour, rules, site, override")
    decided_at = models.DateTimeField(null=True, help_text="when it was judged again; null: at its arrival")
    decided_by_id = models.UUIDField(null=True)
    reason = models.TextField(blank=True, default="")

    class Meta:
        db_table = "visits_check_in"
        indexes: ClassVar = [
            models.Index(
                fields=["rep_id", "seen_at"], condition=Q(seen_at__isnull=False), name="visits_check_in_sighting"
            ),
            models.Index(fields=["company", "occurred_at", "id"], name="visits_check_in_time"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["visit", "direction"], name="visits_check_in_once"),
            models.CheckConstraint(condition=Q(direction__in=["in", "out"]), name="visits_check_in_direction"),
        ]


class VisitLog(IdModel):
    """What came of a visit: result, note, next steps. Never changed; a correction is a further log."""

    append_only: ClassVar = True

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, db_index=False, related_name="logs")
    visit_id: UUID
    customer_id = models.UUIDField(help_text="the visit's customer, in whose scope the row is published")
    author_id = models.UUIDField()
    result = models.CharField(max_length=16)
    note = models.TextField(blank=True, default="")
    next_steps = models.JSONField(default=list, help_text="[{text, due_date}]; a step has one of the two at least")
    occurred_at = models.DateTimeField()
    occurred_verified = models.BooleanField()
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "visits_visit_log"
        indexes: ClassVar = [
            models.Index(fields=["visit", "occurred_at"], name="visits_visit_log_visit"),
            models.Index(fields=["visit"], condition=Q(result="closed"), name="visits_visit_log_closed"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    result__in=["ordered", "interested", "not_interested", "follow_up", "closed", "absent", "other"]
                ),
                name="visits_visit_log_result",
            )
        ]
