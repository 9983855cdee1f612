"""An uploaded table with its preview and, once applied, with what became of each row. Kept for a few days."""

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q

from core.models import CompanyModel, IdModel


class State(models.TextChoices):
    """Where an import stands. `checked`: its preview is ready, and it can be applied."""

    CHECKING = "checking"
    CHECKED = "checked"
    APPLYING = "applying"
    APPLIED = "applied"
    FAILED = "failed"


class Mode(models.TextChoices):
    """What happens to the good rows of a table in which others have errors: nothing, or they are applied."""

    ALL_OR_NOTHING = "all_or_nothing"
    SKIP_ERRORS = "skip_errors"


class Import(IdModel):
    """One uploaded table.

    header: per column of the file `{"header", "column"}`, column null when it is not used. defaults: text for empty
    cells, by column. rows: rows of data in the file. done: how many of them the running check or apply has behind it.
    counts: rows by outcome, from the preview, after applying from that; `noted` are good rows that are worth a look.
    error: why the last check or apply did not finish. beat_at: the last sign of life of a running check or apply.
    """

    user_id = models.UUIDField(help_text="who uploaded it")
    noun = models.CharField(max_length=64)
    file_name = models.CharField(max_length=200)
    file_format = models.CharField(max_length=64)
    file_bytes = models.BigIntegerField()
    file_digest = models.CharField(max_length=64, help_text="SHA-256 in hex, over the file and how it is to be read")
    header = models.JSONField(default=list)
    defaults = models.JSONField(default=dict)
    rows = models.IntegerField()
    done = models.IntegerField(default=0)
    state = models.CharField(max_length=16, choices=State.choices, default=State.CHECKING)
    mode = models.CharField(max_length=16, choices=Mode.choices, null=True)
    counts = models.JSONField(default=dict)
    error = models.JSONField(null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    beat_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    applied_by_id = models.UUIDField(null=True)

    class Meta:
        db_table = "imports_import"
        indexes: ClassVar = [
            models.Index(fields=["company_id", "user_id", "-id"], name="imports_import_user"),
            models.Index(fields=["company_id", "expires_at"], name="imports_import_expiry"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="imports_import_state"),
            models.CheckConstraint(condition=Q(mode__in=Mode.values), name="imports_import_mode"),
        ]


class ImportPart(CompanyModel):
    """Some hundred consecutive rows of an import, so that none of its readers ever holds the whole table.

    content: the rows as they were read, results: what is to become, or became, of each; both are lines of JSON under
    zstd. applied: the results are of rows that took effect in the transaction that wrote this.
    """

    pk = models.CompositePrimaryKey("source_id", "number")
    source = models.ForeignKey(Import, on_delete=models.CASCADE, db_index=False)
    source_id: UUID
    number = models.IntegerField(help_text="0 is the first")
    first_row = models.IntegerField()
    content = models.BinaryField()
    results = models.BinaryField(null=True)
    counts = models.JSONField(default=dict)
    applied = models.BooleanField(default=False)

    class Meta:
        db_table = "imports_part"
