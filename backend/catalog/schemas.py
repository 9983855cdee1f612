"""The shapes of the catalog on the wire: payloads of its commands, bodies and answers of its endpoints."""

from typing import Annotated
from uuid import UUID

from ninja import Schema
from pydantic import StringConstraints

from core.payloads import Change, Code, EditPayload, Flag, Money, Name, Payload
from core.rest_schemas import PageQuery, QueryText

Unit = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=32)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class CreateCategory(Payload):
    """A new category of products."""

    id: UUID
    name: Name
    parent_id: UUID | None = None


class CategoryChanges(EditPayload):
    """The fields of a category that can be edited."""

    never_null = frozenset({"name"})
    name: Change[Name] | None = None
    parent_id: Change[UUID] | None = None


class UpdateCategory(Payload):
    """An edit of a category: per field, the value that it was based on and the new one."""

    id: UUID
    changes: CategoryChanges


class CreateProduct(Payload):
    """A new product. price: per unit, a decimal string. currency: ISO 4217."""

    id: UUID
    code: Code
    name: Name
    category_id: UUID | None = None
    unit: Unit
    price: Money
    currency: Currency
    is_active: Flag = True


class ProductChanges(EditPayload):
    """The fields of a product that can be edited."""

    never_null = frozenset({"code", "name", "unit", "price", "currency", "is_active"})
    code: Change[Code] | None = None
    name: Change[Name] | None = None
    category_id: Change[UUID] | None = None
    unit: Change[Unit] | None = None
    price: Change[Money] | None = None
    currency: Change[Currency] | None = None
    is_active: Change[Flag] | None = None


class UpdateProduct(Payload):
    """An edit of a product: per field, the value that it was based on and the new one."""

    id: UUID
    changes: ProductChanges


class ProductQuery(PageQuery):
    """Which products. q: a part of the name or code. category_id: that category, not those below it."""

    q: QueryText | None = None
    category_id: UUID | None = None
    is_active: bool | None = None


class ProductOut(Schema):
    """A product as it is published."""

    id: UUID
    version: int
    code: str
    name: str
    category_id: UUID | None
    unit: str
    price: str
    currency: str
    is_active: bool


class CategoryOut(Schema):
    """A product category as it is published."""

    id: UUID
    version: int
    name: str
    parent_id: UUID | None


class ProductPage(Schema):
    """A page of products. next: the cursor of the following page, null on the last."""

    items: list[ProductOut]
    next: str | None


class CategoryPage(Schema):
    """A page of product categories."""

    items: list[CategoryOut]
    next: str | None
