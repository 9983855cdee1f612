"""Tables of competitors: who they are, what they sell, and what was seen of it on visits."""

from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from core.models import EditedModel, IdModel
from visits.models.visits import Visit

MOST_FACINGS = 10_000


class Competitor(EditedModel):
    """A company whose products stand beside one's own. archived: no longer offered to choose."""

    name = models.CharField(max_length=200)
    archived = models.BooleanField(default=False)

    class Meta:
        db_table = "visits_competitor"
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "name"], name="visits_competitor_name")]


class CompetitorProduct(EditedModel):
    """Something that a competitor sells.

    competitor_id: who sells it. barcode: on its package, empty where nobody knows it. unit: what a price is for.
    product_id: the company's own product that it competes with. archived: no longer offered to choose.
    """

    competitor = models.ForeignKey(Competitor, on_delete=models.PROTECT, db_index=False, related_name="products")
    competitor_id: UUID
    name = models.CharField(max_length=200)
    barcode = models.CharField(max_length=64, blank=True, default="")
    unit = models.CharField(max_length=32)
    product = models.ForeignKey(
        "catalog.Product", on_delete=models.PROTECT, null=True, db_index=False, related_name="competitors"
    )
    product_id: UUID | None
    archived = models.BooleanField(default=False)

    class Meta:
        db_table = "visits_competitor_product"
        indexes: ClassVar = [
            models.Index(fields=["company", "name", "id"], name="visits_rival_name"),
            models.Index(fields=["competitor"], name="visits_rival_competitor"),
            models.Index(fields=["product"], condition=Q(product__isnull=False), name="visits_rival_product"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company", "barcode"], condition=~Q(barcode=""), name="visits_rival_barcode"
            ),
        ]


class CompetitorObservation(IdModel):
    """What somebody saw of a competitor's product on a visit. Never changed, but it can be withdrawn.

    competitor_product_id: which product, null while nobody knows. competitor_name, product_name: what it was called by
    who saw a product that is in no list. linked_at, linked_by_id: when and by whom such a one was recognised. price:
    per unit, in currency (ISO 4217). facings: how many of it stand side by side at the front. promotion: kind, text,
    from_date and to_date, or null. photo_ids: photos of the visit that show it.
    """

    append_only: ClassVar = True
    amendable: ClassVar = (
        "competitor_product_id", "linked_at", "linked_by_id", "unit", "withdrawn_at", "withdrawn_by_id",
        "withdraw_reason",
    )  # fmt: skip

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, db_index=False, related_name="competitor_observations")
    visit_id: UUID
    customer_id = models.UUIDField(help_text="the visit's customer, in whose scope the row is published")
    author_id = models.UUIDField(help_text="the user who saw it")
    competitor_product = models.ForeignKey(
        CompetitorProduct, on_delete=models.PROTECT, null=True, db_index=False, related_name="observations"
    )
    competitor_product_id: UUID | None
    competitor_name = models.CharField(max_length=200, blank=True, default="")
    product_name = models.CharField(max_length=200, blank=True, default="")
    linked_at = models.DateTimeField(
        null=True, help_text="when it was recognised; null: never, or known from the start"
    )
    linked_by_id = models.UUIDField(null=True, help_text="the user who recognised it")
    price = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    unit = models.CharField(max_length=32, blank=True, default="")
    facings = models.IntegerField(null=True)
    promotion = models.JSONField(null=True)
    note = models.TextField(blank=True, default="")
    photo_ids = ArrayField(models.UUIDField(), default=list)
    occurred_at = models.DateTimeField()
    occurred_verified = models.BooleanField()
    received_at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True, help_text="since when it does not count; null while it does")
    withdrawn_by_id = models.UUIDField(null=True, help_text="the user who withdrew it")
    withdraw_reason = models.TextField(blank=True, default="", help_text="why it was withdrawn, for people")

    class Meta:
        db_table = "visits_competitor_observation"
        indexes: ClassVar = [
            models.Index(fields=["visit"], name="visits_observation_visit"),
            models.Index(fields=["company", "-occurred_at", "id"], name="visits_observation_time"),
            models.Index(fields=["customer_id", "-occurred_at"], name="visits_observation_customer"),
            models.Index(
                fields=["competitor_product", "-occurred_at"],
                condition=Q(competitor_product__isnull=False),
                name="visits_observation_product",
            ),
            models.Index(
                fields=["customer_id", "competitor_product", "currency", "unit", "-occurred_at"],
                condition=Q(price__isnull=False, withdrawn_at__isnull=True),
                name="visits_observation_price",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(price__gte=0), name="visits_observation_not_negative"),
            models.CheckConstraint(
                condition=Q(price__isnull=True) | Q(currency__regex="^[A-Z]{3}$"), name="visits_observation_currency"
            ),
            models.CheckConstraint(condition=Q(facings__range=(0, MOST_FACINGS)), name="visits_observation_facings"),
            models.CheckConstraint(
                condition=Q(competitor_product__isnull=False) | ~Q(product_name=""), name="visits_observation_of_what"
            ),
        ]
