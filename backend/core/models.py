"""The ground floor's tables: what every app's tables have in common, the command record, grants, entries, conflicts."""

from collections.abc import Callable
from functools import cache
from typing import Any, ClassVar, Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.base import ModelState
from django.db.models.functions import Now

from core.ids import uuid7


class CompanyModel(models.Model):
    """A row of one company. The company leads every index, and row-level security fences the table by it.

    The database does not check `company_id` as a foreign key: the fence already forces it to be the running
    transaction's company, and a check per row is a cost that a day's backlog should not pay.
    append_only: the application may add rows of this table, but never remove one, and change only what follows from it,
    the `amendable` columns. kept: the application may not remove rows, for others name them in keys that the database
    does not check. partitioned_by_day: by its column `day`, see `core.partitions`.
    """

    append_only: ClassVar[bool] = False
    kept: ClassVar[bool] = False
    amendable: ClassVar[tuple[str, ...]] = ()
    partitioned_by_day: ClassVar[bool] = False

    company = models.ForeignKey("accounts.Company", on_delete=models.PROTECT, db_constraint=False, db_index=False)
    company_id: UUID

    class Meta:
        abstract = True


class IdModel(CompanyModel):
    """A company's row with an id made by whoever creates it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta:
        abstract = True

    @classmethod
    def new(cls, **values: Any) -> Self:
        """What `cls(**values)` makes, in a fifth of the time: for rows that come by the hundred. values: by attribute.

        Django resolves every field's default, descriptor and relation for each object. Here the defaults of a table are
        resolved once; only those that have to be made anew (ids, empty objects) are called again.
        """
        constant, made = _defaults(cls)
        row = cls.__new__(cls)
        row._state = ModelState()
        row.__dict__ |= constant | {name: make() for name, make in made.items() if name not in values} | values
        return row


@cache
def _defaults(model: type[IdModel]) -> tuple[dict[str, Any], dict[str, Callable[[], Any]]]:
    """A table's default values by attribute, and what makes those that no two rows may share."""
    fields = [field for field in model._meta.concrete_fields if field.has_default() and callable(field.default)]
    made = {field.attname: field.default for field in fields}
    blank = model()
    return {f.attname: getattr(blank, f.attname) for f in model._meta.concrete_fields if f.attname not in made}, made


class EditedModel(IdModel):
    """A row that people edit field by field, see `core.edits`.

    created_at: when it was recorded in the field. updated_at: when the server last wrote it. edits: per field, when
    and by whom it was last edited.
    """

    created_at = models.DateTimeField()
    created_by_id = models.UUIDField(null=True)
    updated_at = models.DateTimeField()
    edits = models.JSONField(default=dict)

    class Meta:
        abstract = True


class JsonTextField(models.JSONField):
    """JSON kept as it came (PostgreSQL `json`, not `jsonb`): even escapes that `jsonb` cannot hold are not lost."""

    def db_type(self, connection: object) -> str:
        return "json"

    def from_db_value(self, value: Any, expression: object, connection: object) -> Any:
        """As it is: the driver has parsed `json` already (Django asks it for text only of `jsonb`)."""
        return value


class Xid8Field(models.Field):  # type: ignore[type-arg]
    """A 64-bit transaction id (`xid8`), as `pg_current_xact_id()` gives it."""

    def db_type(self, connection: object) -> str:
        return "xid8"


class Status(models.TextChoices):
    """The verdict of a command."""

    APPLIED = "applied"
    MERGED = "merged"
    REFUSED = "refused"
    PARKED = "parked"


class CommandRecord(CompanyModel):
    """One command and its verdict: idempotency key, audit trail, the phone's receipt and the dead-letter box.

    Append-only for the application. What becomes of a parked command later is a further row whose `settles` names it.
    """

    pk = models.CompositePrimaryKey("company_id", "id")
    id = models.UUIDField(default=uuid7)
    name = models.TextField()
    schema = models.SmallIntegerField(default=1)
    payload = JsonTextField()
    fingerprint = models.BinaryField(help_text="SHA-256 over user, name, schema and canonical payload")
    user_id = models.UUIDField(help_text="whose command it is; the scope in which its verdict is published")
    actor_id = models.UUIDField(help_text="who had it executed: the user, or the operator who settled it")
    device_id = models.UUIDField(null=True)
    key_id = models.UUIDField(null=True, help_text="the API key that it came with")
    seq = models.BigIntegerField(null=True, help_text="the device's own counter; null at the other doors")
    door = models.TextField(help_text="push, rest, console, import, job")
    request_id = models.TextField(null=True)
    depends_on = ArrayField(models.UUIDField(), default=list)
    creates = models.UUIDField(null=True, help_text="id of the row that the command makes")
    claimed_at = models.DateTimeField(null=True, help_text="the device's wall clock when it was recorded")
    uptime_ms = models.BigIntegerField(null=True)
    boot_id = models.TextField(null=True)
    occurred_at = models.DateTimeField()
    occurred_verified = models.BooleanField(default=True)
    received_at = models.DateTimeField(db_default=Now())
    about = models.UUIDField(
        null=True, help_text="what it changed: the customer that it names, else the row; of apps that are told of only"
    )
    settles = models.UUIDField(null=True, help_text="the command whose later verdict this row is")
    waits_for = models.UUIDField(null=True, help_text="the parked command with which this one is released")
    status = models.TextField(choices=Status.choices)
    code = models.TextField(null=True)
    field = models.TextField(null=True)
    message = models.TextField(null=True)
    details = JsonTextField(default=dict)
    conflicts = JsonTextField(default=list)

    class Meta:
        db_table = "core_command_record"
        indexes: ClassVar = [
            models.Index(
                fields=["company_id", "device_id", "seq"], condition=Q(seq__isnull=False), name="command_record_seq"
            ),
            models.Index(
                fields=["company_id", "settles"], condition=Q(settles__isnull=False), name="command_record_settles"
            ),
            models.Index(
                fields=["company_id", "creates"],
                condition=Q(status__in=["parked", "refused"]),
                name="command_record_lost",
            ),
            models.Index(
                fields=["company_id", "waits_for"], condition=Q(waits_for__isnull=False), name="command_record_waits"
            ),
            # Only of commands themselves, which is what lists show: an index of all records would tempt PostgreSQL, as
            # long as it has no statistics, to look a command up by reading the whole company.
            models.Index(
                fields=["company_id", "-received_at"],
                condition=Q(settles__isnull=True),
                name="command_record_received",
            ),
            models.Index(
                fields=["company_id", "status", "-received_at"],
                condition=~Q(status="applied"),
                name="command_record_attention",
            ),
            models.Index(
                fields=["company_id", "about", "-received_at"],
                condition=Q(about__isnull=False),
                name="command_record_about",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="command_record_status"),
        ]


class Grant(CompanyModel):
    """A user may see a scope. Maintained by triggers from the grant view; the application only reads it.

    reasons: owner, territory, share, work_order, substitution, joint_visit, follow, superior, member, all, self, team.
    `superior` alone gives sight on the web and by REST but does not reach the phone.
    """

    pk = models.CompositePrimaryKey("user_id", "scope_id")
    user_id = models.UUIDField()
    scope_id = models.UUIDField()
    reasons = ArrayField(models.TextField(), default=list)
    active = models.BooleanField()
    phone = models.BooleanField(help_text="some reason reaches the user's phones")
    xid = Xid8Field(null=True, help_text="transaction that last changed `phone`; null while no phone ever held it")
    left_reason = models.TextField(null=True)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "sync_grant"
        indexes: ClassVar = [models.Index(fields=["scope_id"], name="sync_grant_scope")]


class Entry(CompanyModel):
    """The published form of one row. Maintained by triggers from the feeds; the application only reads it.

    body: the finished JSON of the row's data; null is a tombstone. tag: the first 8 bytes of md5 over
    `kind|id|body` as a signed 64-bit number; 0 for a tombstone.
    """

    pk = models.CompositePrimaryKey("scope_id", "kind", "id")
    scope_id = models.UUIDField()
    kind = models.TextField()
    id = models.UUIDField()
    xid = Xid8Field()
    version = models.BigIntegerField()
    tag = models.BigIntegerField()
    body = models.TextField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "sync_entry"
        indexes: ClassVar = [
            models.Index(fields=["scope_id", "xid"], name="sync_entry_delta"),
            models.Index(
                fields=["company_id", "deleted_at"], condition=Q(body__isnull=True), name="sync_entry_tombstone"
            ),
        ]


class Conflict(IdModel):
    """Two edits of one field that did not know of each other; the losing value is kept and can be restored.

    Published in the scope of the user whose value lost. yours: the value of the command that met the conflict;
    theirs: the value it found. kept: which of the two stands.
    """

    user_id = models.UUIDField(help_text="whose value lost")
    command_id = models.UUIDField()
    command_name = models.TextField(help_text="the update command of the row's kind, used to restore")
    kind = models.TextField()
    scope_id = models.UUIDField(help_text="the scope of the row in conflict")
    row_id = models.UUIDField()
    field = models.TextField()
    yours = JsonTextField(null=True)
    theirs = JsonTextField(null=True)
    kept = models.TextField()
    your_user_id = models.UUIDField()
    their_user_id = models.UUIDField(null=True)
    your_at = models.DateTimeField()
    their_at = models.DateTimeField(null=True)
    state = models.TextField(default="open")

    class Meta:
        db_table = "core_conflict"
        indexes: ClassVar = [
            models.Index(fields=["company_id", "user_id", "state"], name="conflict_user"),
            models.Index(fields=["company_id", "row_id"], name="conflict_row"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kept__in=["yours", "theirs"]), name="conflict_kept"),
            models.CheckConstraint(condition=Q(state__in=["open", "restored", "accepted"]), name="conflict_state"),
        ]
