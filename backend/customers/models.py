"""Customers, their sites and contacts, and who shares or follows them."""

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q

from core.geodesy import Coordinates, Position
from core.models import EditedModel, IdModel

CLASSES = ("A", "B", "C", "D")
STAGES = ("lead", "prospect", "active", "dormant", "lost")


class Customer(EditedModel):
    """A customer. Its owner and who covers its territory hold it on their phones."""

    name = models.CharField(max_length=200)
    code = models.CharField(max_length=64, null=True)
    external_id = models.CharField(max_length=64, null=True, help_text="the customer's id in another system")
    customer_class = models.CharField(max_length=1, null=True, help_text="A, B, C or D")
    channel = models.CharField(max_length=64, null=True, help_text="the sort of outlet: a code of the company's own")
    stage = models.CharField(max_length=16, default="active")
    owner_id: UUID | None
    owner = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    territory_id: UUID | None
    territory = models.ForeignKey(
        "accounts.Territory", on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    phone = models.CharField(max_length=64, blank=True, default="")
    address = models.CharField(max_length=500, blank=True, default="")
    notes = models.TextField(blank=True, default="")
    credit_hold = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "customers_customer"
        indexes: ClassVar = [
            # Partial, so that no plan reads a whole company where ids are asked for: before a table is first analysed
            # that looks cheap, and plans are kept.
            models.Index(
                "company_id", "name", "id", condition=Q(archived_at__isnull=True), name="customers_customer_name"
            ),
            models.Index("owner", name="customers_customer_owner"),
            models.Index("territory", condition=Q(territory__isnull=False), name="customers_customer_territory"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                "company_id", "code", condition=Q(code__isnull=False), name="customers_customer_code"
            ),
            models.UniqueConstraint(
                "company_id",
                "external_id",
                condition=Q(external_id__isnull=False),
                name="customers_customer_external_id",
            ),
            models.CheckConstraint(condition=Q(customer_class__in=CLASSES), name="customers_customer_class"),
            models.CheckConstraint(condition=Q(stage__in=STAGES), name="customers_customer_stage"),
            models.CheckConstraint(condition=~Q(name=""), name="customers_customer_named"),
        ]


class Site(EditedModel):
    """A place of a customer, with a fence around it.

    lat, lon: degrees, WGS-84. datum_given, lat_given, lon_given: the position as it was given, kept as evidence.
    confirmed: a manager has placed or approved it; from then on it moves by his leave only. opening_hours: of each
    weekday; null: nobody said, so always.
    """

    customer_id: UUID
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, db_index=False, related_name="sites")
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=500, blank=True, default="")
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    fence_radius_m = models.FloatField(default=200)
    opening_hours = models.JSONField(null=True)
    datum_given = models.CharField(max_length=16, null=True)
    lat_given = models.FloatField(null=True)
    lon_given = models.FloatField(null=True)
    confirmed = models.BooleanField(default=True)

    class Meta:
        db_table = "customers_site"
        indexes: ClassVar = [models.Index("customer", "name", "id", name="customers_site_customer")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(lat__isnull=True, lon__isnull=True) | Q(lat__range=(-90, 90), lon__range=(-180, 180)),
                name="customers_site_position",
            ),
            models.CheckConstraint(
                condition=Q(lat__isnull=True, datum_given__isnull=True, lat_given__isnull=True, lon_given__isnull=True)
                | Q(lat__isnull=False, datum_given__isnull=False, lat_given__isnull=False, lon_given__isnull=False),
                name="customers_site_position_given",
            ),
            models.CheckConstraint(
                condition=Q(fence_radius_m__gt=0, fence_radius_m__lte=100_000), name="customers_site_fence_radius"
            ),
        ]

    @property
    def position(self) -> Position | None:
        """Where the site is, in WGS-84; None while nobody said."""
        return None if self.lat is None or self.lon is None else Position(lat=self.lat, lon=self.lon)

    @position.setter
    def position(self, given: Position | None) -> None:
        """Place the site where `given` says, in whatever datum, and keep what was given."""
        self.lat, self.lon = given.to_wgs84() if given else (None, None)
        self.datum_given = given.datum if given else None
        self.lat_given, self.lon_given = (given.lat, given.lon) if given else (None, None)

    @property
    def coordinates(self) -> Coordinates | None:
        """The position for measuring distances; None while nobody said where the site is."""
        return None if self.lat is None or self.lon is None else Coordinates(self.lat, self.lon)


class Contact(EditedModel):
    """A person at a customer."""

    customer_id: UUID
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, db_index=False, related_name="contacts")
    name = models.CharField(max_length=200)
    title = models.CharField(max_length=200, blank=True, default="")
    phone = models.CharField(max_length=64, blank=True, default="")
    email = models.CharField(max_length=254, blank=True, default="")
    notes = models.TextField(blank=True, default="")
    is_primary = models.BooleanField(default=False)

    class Meta:
        db_table = "customers_contact"
        indexes: ClassVar = [models.Index("customer", "name", "id", name="customers_contact_customer")]


class Share(IdModel):
    """A user who sees a customer because its owner or a manager said so."""

    customer_id: UUID
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, db_index=False, related_name="shares")
    user_id: UUID
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, db_index=False, related_name="+")
    created_at = models.DateTimeField()
    created_by_id = models.UUIDField(null=True)

    class Meta:
        db_table = "customers_share"
        indexes: ClassVar = [models.Index("user", name="customers_share_user")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["customer", "user"], name="customers_share_once")]


class Follow(IdModel):
    """A superior who wants a customer on his phone."""

    customer_id: UUID
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, db_index=False, related_name="follows")
    user_id: UUID
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, db_index=False, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "customers_follow"
        indexes: ClassVar = [models.Index("user", name="customers_follow_user")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["customer", "user"], name="customers_follow_once")]


class PinProposal(IdModel):
    """Where somebody who stood there says that a site is, for a manager to decide.

    site_id: the site to move; null for a new one, which then gets the id of its proposal. name: the site's. lat, lon:
    degrees, WGS-84. datum_given, lat_given, lon_given: the position as it was given. fence_radius_m: null leaves the
    site's as it is. note: what the manager should know. state: proposed, approved or rejected. proposed_at: when it was
    recorded. proposed_by_id: by whom. settled_at: when it was approved or rejected. settled_by_id: by whom. reason: why
    it was rejected.
    """

    customer_id: UUID
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, db_index=False, related_name="pin_proposals")
    site_id = models.UUIDField(null=True)
    name = models.CharField(max_length=200, blank=True, default="")
    lat = models.FloatField()
    lon = models.FloatField()
    datum_given = models.CharField(max_length=16)
    lat_given = models.FloatField()
    lon_given = models.FloatField()
    fence_radius_m = models.FloatField(null=True)
    note = models.TextField(blank=True, default="")
    state = models.CharField(max_length=16, default="proposed", help_text="proposed, approved, rejected")
    proposed_at = models.DateTimeField()
    proposed_by_id = models.UUIDField()
    settled_at = models.DateTimeField(null=True)
    settled_by_id = models.UUIDField(null=True)
    reason = models.TextField(blank=True, default="")

    class Meta:
        db_table = "customers_pin_proposal"
        indexes: ClassVar = [
            models.Index("customer", "proposed_at", name="customers_pin_customer"),
            models.Index(
                "company_id", "proposed_at", "id", condition=Q(state="proposed"), name="customers_pin_proposed"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=("proposed", "approved", "rejected")), name="customers_pin_state"
            ),
            models.CheckConstraint(condition=~Q(site_id__isnull=True, name=""), name="customers_pin_named"),
        ]


class SitePosition(IdModel):
    """Where a site was from some moment on. Never changed; the latest is where it is now.

    lat, lon: degrees, WGS-84; null where the position was taken away. cause: added, edited or approved (pin_id: the
    proposal).
    """

    append_only: ClassVar = True

    customer_id = models.UUIDField()
    site_id = models.UUIDField()
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    fence_radius_m = models.FloatField()
    confirmed = models.BooleanField()
    cause = models.CharField(max_length=16)
    pin_id = models.UUIDField(null=True)
    set_at = models.DateTimeField()
    set_by_id = models.UUIDField()

    class Meta:
        db_table = "customers_site_position"
        indexes: ClassVar = [models.Index(fields=["customer_id", "-set_at"], name="customers_site_position_time")]
