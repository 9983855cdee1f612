"""An uploaded table with its preview and, once applied, with what became of each row. Kept for a few days."""

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q

from core.models import CompanyModel, IdModel


class State(models.TextChoices):
    """Where an import stands. `checked`: its preview is ready, and it can be applied. `undo_checked`: applied, and the
    preview of taking it back is ready."""

    CHECKING = "checking"
    CHECKED = "checked"
    APPLYING = "applying"
    APPLIED = "applied"
    FAILED = "failed"
    UNDO_CHECKING = "undo_checking"
    UNDO_CHECKED = "undo_checked"
    UNDOING = "undoing"
    UNDONE = "undone"


RUNNING = (State.CHECKING, State.APPLYING, State.UNDO_CHECKING, State.UNDOING)
IN_FORCE = (State.APPLIED, State.UNDO_CHECKING, State.UNDO_CHECKED)
"""What such an import made is there."""


class Mode(models.TextChoices):
    """What happens to the good rows of a table in which others have errors: nothing, or they are applied."""

    ALL_OR_NOTHING = "all_or_nothing"
    SKIP_ERRORS = "skip_errors"


class Import(IdModel):
    """One uploaded table.

    header: per column of the file `{"header", "column"}`, column null when it is not used. defaults: text for empty
    cells, by column. rows: rows of data in the file. done: how many of them the running check or apply has behind it.
    counts: rows by outcome, from the preview, after applying from that; `noted` are good rows that are worth a look.
    undo_counts: rows by what undoing makes of them, from its preview, after undoing from that. error: why the last of
    check, apply and undoing did not finish. beat_at: the last sign of life of a running one.
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
    undo_counts = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)
    undone_by_id = models.UUIDField(null=True)

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

    @property
    def is_running(self) -> bool:
        """Whether something is being done about it just now."""
        return self.state in RUNNING


class ImportPart(CompanyModel):
    """Some hundred consecutive rows of an import, so that none of its readers ever holds the whole table.

    content: the rows as they were read, results: what is to become, or became, of each; both are lines of JSON under
    zstd. applied: the results are of rows that took effect in the transaction that wrote this. undo_results: what is to
    become, or became, of the rows that took effect when they are undone; undone: likewise.
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
    undo_results = models.BinaryField(null=True)
    undo_counts = models.JSONField(default=dict)
    undone = models.BooleanField(default=False)

    class Meta:
        db_table = "imports_part"
