"""Product categories and products."""

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q

from core.models import EditedModel


class Category(EditedModel):
    """A group of products; may lie in another."""

    name = models.CharField(max_length=200)
    parent_id: UUID | None
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, db_index=False, related_name="children")

    class Meta:
        db_table = "catalog_category"
        indexes: ClassVar = [
            models.Index("company_id", "name", "id", name="catalog_category_name"),
            models.Index("parent", condition=Q(parent__isnull=False), name="catalog_category_parent"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(name=""), name="catalog_category_named"),
            models.CheckConstraint(condition=~Q(parent=models.F("id")), name="catalog_category_not_its_own_parent"),
        ]


class Product(EditedModel):
    """Something sold. price: per unit, in currency (ISO 4217)."""

    code = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    category_id: UUID | None
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, db_index=False, related_name="products")
    unit = models.CharField(max_length=32)
    price = models.DecimalField(max_digits=18, decimal_places=4)
    currency = models.CharField(max_length=3)
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = "catalog_product"
        indexes: ClassVar = [
            models.Index("company_id", "name", "id", name="catalog_product_name"),
            models.Index("category", condition=Q(category__isnull=False), name="catalog_product_category"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint("company_id", "code", name="catalog_product_code"),
            models.CheckConstraint(condition=Q(price__gte=0), name="catalog_product_price"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="catalog_product_currency"),
        ]
