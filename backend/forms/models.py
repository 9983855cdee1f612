"""Forms, what is being designed of them, and the versions that can be answered."""

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q

from core.models import EditedModel, IdModel


class Form(EditedModel):
    """A questionnaire of the company. What it asks stands in its versions; the highest is the one to answer.

    names: what people call it, in English and Chinese. An archived form is offered no more; what was answered stays.
    """

    code = models.CharField(max_length=64)
    names = models.JSONField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "forms_form"
        constraints: ClassVar = [models.UniqueConstraint("company_id", "code", name="forms_form_code")]


class FormDraft(IdModel):
    """What a form will ask one day, as far as it is designed. id: the form's. definition: need not be right yet."""

    form = models.OneToOneField(Form, on_delete=models.CASCADE, related_name="draft")
    form_id: UUID
    definition = models.JSONField()
    saved_at = models.DateTimeField()
    saved_by_id = models.UUIDField()

    class Meta:
        db_table = "forms_form_draft"


class FormVersion(IdModel):
    """What a form asks, from some moment on. Never changed: an answer keeps the version that it was given on.

    form_id: the form. number: 1, 2, … of this form. definition: the questions, as forms.md says. published_at: since
    when it can be answered. published_by_id: the user who published it.
    """

    append_only: ClassVar = True

    form = models.ForeignKey(Form, on_delete=models.PROTECT, db_index=False, related_name="versions")
    form_id: UUID
    number = models.IntegerField()
    definition = models.JSONField()
    published_at = models.DateTimeField()
    published_by_id = models.UUIDField()

    class Meta:
        db_table = "forms_form_version"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["form", "number"], name="forms_form_version_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="forms_form_version_counted"),
        ]
