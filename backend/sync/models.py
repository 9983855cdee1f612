"""The sync engine's own tables: the epoch, and what is known of each device's outbox and clocks."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from core.models import CompanyModel


class Epoch(models.Model):
    """One history of transaction ids. Valid only on this cluster and timeline; one row."""

    singleton = models.BooleanField(primary_key=True, default=True)
    id = models.UUIDField()
    system_identifier = models.BigIntegerField()
    timeline = models.TextField()
    began_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "sync_epoch"
        constraints: ClassVar = [models.CheckConstraint(condition=Q(singleton=True), name="sync_epoch_one_row")]


class DeviceState(CompanyModel):
    """What the server knows of one device's synchronisation.

    acknowledged_seq: the highest sequence number up to which every command has its verdict. boots: the offset last
    measured for each of the last boots (boot id to Unix ms minus uptime ms). clock_offset_ms: server's wall clock
    minus the device's. repairs: how many scopes had to be repaired, by kind of cause.
    """

    device_id = models.UUIDField(primary_key=True)
    user_id = models.UUIDField()
    acknowledged_seq = models.BigIntegerField(default=0)
    boots = models.JSONField(default=dict)
    clock_offset_ms = models.BigIntegerField(null=True)
    last_push_at = models.DateTimeField(null=True)
    last_pull_at = models.DateTimeField(null=True)
    commands = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)
    parked = models.BigIntegerField(default=0)
    repairs = models.BigIntegerField(default=0)
    last_repair_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "sync_device_state"
        indexes: ClassVar = [models.Index(fields=["company_id", "user_id"], name="sync_device_state_user")]
