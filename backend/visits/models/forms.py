"""Answer sets to forms, and what they say question by question."""

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models.functions import Now

from core.models import IdModel, JsonTextField
from visits.models.visits import Visit


class FormAnswer(IdModel):
    """An answer set that somebody gave to a form on a visit. Never changed; a correction is a further one.

    form_version_id: the version that it was given on, which it keeps. answers: as they were sent, those to hidden
    questions too. hidden: questions that were not asked. missing: required ones without an answer. complete: none is
    missing. percent: the score, one decimal; null where nothing scored was asked. parts: what the score rests on.
    counts: of all sets on one form at one visit, the one that was given last does.
    """

    append_only: ClassVar = True
    amendable: ClassVar = ("counts",)

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, db_index=False, related_name="form_answers")
    visit_id: UUID
    customer_id = models.UUIDField(help_text="the visit's customer, in whose scope the row is published")
    author_id = models.UUIDField()
    device_id = models.UUIDField(null=True)
    form_id = models.UUIDField(help_text="the form")
    form_version = models.ForeignKey(
        "forms.FormVersion", on_delete=models.PROTECT, db_index=False, related_name="answers"
    )
    form_version_id: UUID
    answers = JsonTextField()
    files = models.JSONField(default=list)
    hidden = models.JSONField(default=list)
    missing = models.JSONField(default=list)
    complete = models.BooleanField()
    percent = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    parts = models.JSONField(default=list)
    counts = models.BooleanField()
    occurred_at = models.DateTimeField()
    occurred_verified = models.BooleanField()
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "visits_form_answer"
        indexes: ClassVar = [
            models.Index(fields=["visit", "form_id", "occurred_at"], name="visits_form_answer_visit"),
            models.Index(fields=["form_version"], name="visits_form_answer_version"),
        ]


class FormResult(IdModel):
    """What an answer set that counts says to one question, or in one cell of a matrix.

    measure: of a matrix, empty otherwise; product_id: its row. type: of the question, or of the measure. number, text,
    choice, day, yes: the one that fits the type; of photos and signatures, number is how many. is_first: of several
    choices that were made, the first. answered_on: the company's day on which it was answered.
    """

    answer = models.ForeignKey(FormAnswer, on_delete=models.CASCADE, db_index=False, related_name="results")
    answer_id: UUID
    visit_id = models.UUIDField()
    customer_id = models.UUIDField()
    rep_id = models.UUIDField()
    form_id = models.UUIDField()
    form_version_id = models.UUIDField()
    question_id = models.CharField(max_length=64)
    measure = models.CharField(max_length=64, blank=True, default="")
    product_id = models.UUIDField(null=True)
    type = models.CharField(max_length=16)
    number = models.DecimalField(max_digits=15, decimal_places=6, null=True)
    text = models.TextField(null=True)
    choice = models.CharField(max_length=64, null=True)
    day = models.DateField(null=True)
    yes = models.BooleanField(null=True)
    is_first = models.BooleanField()
    answered_on = models.DateField()

    class Meta:
        db_table = "visits_form_result"
        indexes: ClassVar = [
            models.Index(fields=["answer"], name="visits_form_result_answer"),
            models.Index(
                fields=["company", "form_id", "question_id", "-answered_on", "id"], name="visits_form_result_question"
            ),
            models.Index(fields=["company", "-answered_on", "id"], name="visits_form_result_day"),
            models.Index(fields=["customer_id", "-answered_on"], name="visits_form_result_customer"),
        ]
