"""Companies, org units, users, territories, devices, sessions on phones and in browsers, saved views."""

from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from core.feeds import ALL_ROLES
from core.ids import uuid7
from core.models import CompanyModel, EditedModel, IdModel


class Company(models.Model):
    """A tenant. Everything else belongs to one. Fenced by its own id."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=64, unique=True, help_text="what people type when they sign in")
    name = models.CharField(max_length=200)
    locale = models.CharField(max_length=16, default="en")
    time_zone = models.CharField(max_length=64, default="Asia/Shanghai")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "accounts_company"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(code__regex=r"^[a-z0-9][a-z0-9-]*$"), name="accounts_company_code_form"),
        ]


class OrgUnit(EditedModel):
    """A part of the organisation: region, branch or team. path: the ids from the root to this unit, itself included."""

    name = models.CharField(max_length=200)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    parent_id: UUID | None
    path = ArrayField(models.UUIDField())

    class Meta:
        db_table = "accounts_org_unit"
        indexes: ClassVar = [
            models.Index(fields=["company_id", "name", "id"], name="accounts_org_unit_name"),
            GinIndex(fields=["path"], name="accounts_org_unit_path"),
        ]


class User(EditedModel):
    """A person of a company. roles: any of rep, engineer, dispatcher, manager, admin, sorted.

    username: in lower case. password_hash: argon2's encoded form; empty while nobody has set a password.
    """

    kept: ClassVar = True

    username = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    external_id = models.CharField(max_length=64, null=True)
    email = models.CharField(max_length=254, blank=True, default="")
    phone = models.CharField(max_length=64, blank=True, default="")
    roles = ArrayField(models.CharField(max_length=16), default=list)
    org_unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, null=True, related_name="users")
    org_unit_id: UUID | None
    locale = models.CharField(max_length=16, default="en")
    time_zone = models.CharField(max_length=64, blank=True, default="", help_text="empty: the company's")
    theme = models.CharField(max_length=8, default="auto", help_text="auto, light, dark")
    password_hash = models.CharField(max_length=200, blank=True, default="")
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = "accounts_user"
        indexes: ClassVar = [models.Index(fields=["company_id", "name", "id"], name="accounts_user_name")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company_id", "username"], name="accounts_user_username"),
            models.UniqueConstraint(fields=["company_id", "external_id"], name="accounts_user_external_id"),
            models.CheckConstraint(
                condition=Q(roles__contained_by=sorted(ALL_ROLES)), name="accounts_user_roles_known"
            ),
            models.CheckConstraint(condition=Q(locale__in=["en", "zh-Hans"]), name="accounts_user_locale_known"),
            models.CheckConstraint(condition=Q(theme__in=["auto", "light", "dark"]), name="accounts_user_theme_known"),
        ]


class Territory(EditedModel):
    """What an org unit or a rep covers; its members see its customers."""

    code = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    org_unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, null=True, related_name="territories")
    org_unit_id: UUID | None

    class Meta:
        db_table = "accounts_territory"
        constraints: ClassVar = [models.UniqueConstraint(fields=["company_id", "code"], name="accounts_territory_code")]


class TerritoryMember(IdModel):
    """A user who covers a territory."""

    territory = models.ForeignKey(Territory, on_delete=models.CASCADE, related_name="members")
    territory_id: UUID
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="territories")
    user_id: UUID

    class Meta:
        db_table = "accounts_territory_member"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["territory", "user"], name="accounts_territory_member_once")
        ]


class Device(IdModel):
    """A phone installation of one user. push_kind says what sort of address push_id is (fcm_token, fid, webpush)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="devices")
    user_id: UUID
    name = models.CharField(max_length=200)
    platform = models.CharField(max_length=16, help_text="ios, android, web, other")
    app_version = models.CharField(max_length=64, blank=True, default="")
    push_id = models.TextField(null=True)
    push_kind = models.CharField(max_length=16, null=True)
    created_at = models.DateTimeField(db_default=Now())
    signed_in_at = models.DateTimeField(null=True)
    signed_out_at = models.DateTimeField(null=True, help_text="null while a session is meant to go on")
    revoked_at = models.DateTimeField(null=True)
    revoked_by_id = models.UUIDField(null=True)

    class Meta:
        db_table = "accounts_device"
        indexes: ClassVar = [models.Index(fields=["company_id", "user"], name="accounts_device_company_user")]


class RefreshToken(CompanyModel):
    """One refresh token, stored as its SHA-256. A family is the chain of tokens that began with one sign-in.

    successor_sealed: the next token, readable only with the presented one, so that a lost answer can be given again.
    """

    hash = models.BinaryField(primary_key=True)
    family_id = models.UUIDField()
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    user_id: UUID
    device = models.ForeignKey(Device, on_delete=models.CASCADE)
    device_id: UUID
    issued_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    successor_sealed = models.BinaryField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "accounts_refresh_token"
        indexes: ClassVar = [
            models.Index(fields=["family_id"], name="accounts_refresh_family"),
            models.Index(fields=["company_id", "expires_at"], name="accounts_refresh_expiry"),
        ]


class WebSession(CompanyModel):
    """One browser's sign-in to the console, found by the SHA-256 of its cookie. It ends with any of its dates."""

    hash = models.BinaryField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    user_id: UUID
    begun_at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "accounts_web_session"
        indexes: ClassVar = [
            models.Index(fields=["company_id", "user"], name="accounts_web_session_user"),
            models.Index(fields=["company_id", "expires_at"], name="accounts_web_session_expiry"),
        ]


class SecondFactor(IdModel):
    """What a user's sign-ins ask for besides the password.

    sealed: the secret that his authenticator app shares (`accounts.one_time_codes`). last_step: of the last code that
    was taken; none of that step or before is taken again. recovery: keyed hashes of the codes that are left.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    user_id: UUID
    sealed = models.BinaryField()
    last_step = models.BigIntegerField()
    recovery = ArrayField(models.BinaryField())
    created_at = models.DateTimeField()

    class Meta:
        db_table = "accounts_second_factor"
        constraints: ClassVar = [models.UniqueConstraint(fields=["user"], name="accounts_second_factor_user")]


class ApiKey(IdModel):
    """A key with which a program acts in the name of a user.

    hash: the SHA-256 of the key. beginning: its first letters, by which people recognise it. scopes: what it may be
    used for, see `accounts.scopes`. last_used_at: written once a minute at most.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT)
    user_id: UUID
    name = models.CharField(max_length=200)
    hash = models.BinaryField()
    beginning = models.CharField(max_length=16)
    scopes = ArrayField(models.CharField(max_length=32))
    created_at = models.DateTimeField()
    created_by_id = models.UUIDField()
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by_id = models.UUIDField(null=True)

    class Meta:
        db_table = "accounts_api_key"
        indexes: ClassVar = [models.Index(fields=["company_id", "name", "id"], name="accounts_api_key_name")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["hash"], name="accounts_api_key_hash")]


class SavedView(IdModel):
    """A list of the console as somebody wants to see it again. page: which list. query: its filters and order."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    user_id: UUID
    page = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    query = models.CharField(max_length=2000)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "accounts_saved_view"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "page", "name"], name="accounts_saved_view_name"),
        ]


class SignInAttempt(models.Model):
    """Failed sign-ins of one user name of one company, or from one address, for throttling and lock-out.

    No company's row: names and companies that do not exist are counted alike, so that the answers tell nothing about
    them. key: a keyed hash, so that the table names neither people nor addresses.
    """

    key = models.BinaryField(primary_key=True)
    failures = models.IntegerField(default=0)
    failed_at = models.DateTimeField()
    locked_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "accounts_sign_in_attempt"
        indexes: ClassVar = [models.Index(fields=["failed_at"], name="accounts_sign_in_attempt_age")]
