"""The shapes of competitors and of what is seen of them on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from ninja import Schema
from pydantic import Field, StrictInt, StringConstraints, model_validator

from catalog.schemas import Currency, Unit
from core.payloads import Change, Day, EditPayload, Flag, Line, Money, Name, Note, Payload
from core.rest_schemas import PageQuery, QueryText
from visits.models.competitors import MOST_FACINGS

MAX_PHOTOS = 10
Barcode = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)]
PromotionKind = Literal["discount", "bundle", "gift", "display", "tasting", "other"]


class CreateCompetitor(Payload):
    """`visits.create_competitor`: adds a competitor. name: as everybody knows it; no two have the same."""

    id: UUID
    name: Name


class CompetitorChanges(EditPayload):
    """What of a competitor can be edited. archived: whether it is no longer offered to choose."""

    never_null = frozenset({"name", "archived"})
    name: Change[Name] | None = None
    archived: Change[Flag] | None = None


class UpdateCompetitor(Payload):
    """`visits.update_competitor`: edits a competitor field by field."""

    id: UUID
    changes: CompetitorChanges


class CreateCompetitorProduct(Payload):
    """`visits.create_competitor_product`: adds something that a competitor sells.

    competitor_id: who sells it. barcode: on its package, where it is known; no two have the same. unit: what a price
    is for. product_id: the own product that it competes with.
    """

    id: UUID
    competitor_id: UUID
    name: Name
    barcode: Barcode = ""
    unit: Unit
    product_id: UUID | None = None


class CompetitorProductChanges(EditPayload):
    """What of a competitor's product can be edited.

    barcode: on its package, empty while nobody knows it. product_id: the own product that it competes with. archived:
    whether it is no longer offered to choose.
    """

    never_null = frozenset({"name", "barcode", "unit", "archived"})
    name: Change[Name] | None = None
    barcode: Change[Barcode] | None = None
    unit: Change[Unit] | None = None
    product_id: Change[UUID] | None = None
    archived: Change[Flag] | None = None


class UpdateCompetitorProduct(Payload):
    """`visits.update_competitor_product`: edits a competitor's product field by field."""

    id: UUID
    changes: CompetitorProductChanges


class Promotion(Payload):
    """A competitor's promotion as it was seen.

    kind: what is done. text: what it says. from_date, to_date: its first and its last day, as far as they are told.
    """

    kind: PromotionKind
    text: Line = ""
    from_date: Day | None = None
    to_date: Day | None = None


class ObserveCompetitorBody(Payload):
    """What is seen of a competitor's product: a listed one, or any other by its name. No more has to be said."""

    id: UUID
    competitor_product_id: UUID | None = Field(None, description="which product; null: one that is in no list")
    competitor_name: Name | None = Field(
        None, description="whose product that is, as the shelf says; only of one that is in no list", examples=[None]
    )
    product_name: Name | None = Field(
        None, description="what it is called on the shelf; only, and always, of one that is in no list", examples=[None]
    )
    price: Money | None = Field(None, description="per unit; with its currency")
    currency: Currency | None = None
    unit: Unit | None = Field(None, description="what the price is for; the listed product's unit if nothing is said")
    facings: Annotated[StrictInt, Field(ge=0, le=MOST_FACINGS)] | None = Field(
        None, description="how many stand side by side at the front; 0 when it is sold out"
    )
    promotion: Promotion | None = Field(None, description="what the competitor does to sell more of it")
    note: Note = ""
    photo_ids: Annotated[list[UUID], Field(max_length=MAX_PHOTOS)] = Field(
        [], description="photos of the same visit that show it, recorded by `visits.add_photo` before or after"
    )

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.competitor_product_id is None) == (self.product_name is None):
            raise ValueError("say competitor_product_id or product_name, one of the two")
        if self.competitor_product_id is not None and self.competitor_name is not None:
            raise ValueError("a listed product has its competitor")
        if (self.price is None) != (self.currency is None):
            raise ValueError("a price has a currency, and a currency a price")
        begin, end = (self.promotion.from_date, self.promotion.to_date) if self.promotion else (None, None)
        if begin is not None and end is not None and end < begin:
            raise ValueError("the promotion's to_date lies before its from_date")
        return self


class ObserveCompetitor(ObserveCompetitorBody):
    """`visits.observe_competitor`: notes what was seen on the visit `visit_id`."""

    visit_id: UUID


class LinkObservationBody(Payload):
    """Recognising what was seen."""

    competitor_product_id: UUID = Field(description="the product that it was")


class LinkObservation(LinkObservationBody):
    """`visits.link_observation`: says which product the observation `id` is about."""

    id: UUID


class WithdrawObservationBody(Payload):
    """Taking an observation back: it stays, but counts no longer. Who was mistaken records another one."""

    reason: Line


class WithdrawObservation(WithdrawObservationBody):
    """`visits.withdraw_observation`: takes back the observation `id`."""

    id: UUID


class CompetitorQuery(PageQuery):
    """Which competitors. q: a part of the name."""

    q: QueryText | None = None
    archived: bool | None = None


class CompetitorProductQuery(CompetitorQuery):
    """Which products of competitors. q: a part of the name, or the barcode. product_id: what an own one is up to."""

    competitor_id: UUID | None = None
    product_id: UUID | None = None


class SeenQuery(PageQuery):
    """Of which customer and product. product_id: of those that compete with an own product."""

    customer_id: UUID | None = None
    competitor_id: UUID | None = None
    competitor_product_id: UUID | None = None
    product_id: UUID | None = None


class ObservationQuery(SeenQuery):
    """Which observations.

    from_date, to_date: days of the company's calendar, both included; both or none. linked: false: those whose product
    nobody has recognised.
    """

    visit_id: UUID | None = None
    author_id: UUID | None = None
    from_date: Day | None = None
    to_date: Day | None = None
    linked: bool | None = None

    @model_validator(mode="after")
    def _from_and_to(self) -> Self:
        if (self.from_date is None) != (self.to_date is None):
            raise ValueError("from_date and to_date belong together")
        return self


class CompetitorOut(Schema):
    """A competitor as phones get it."""

    id: UUID
    version: int
    name: str
    archived: bool


class CompetitorPage(Schema):
    """Competitors, by name."""

    items: list[CompetitorOut]
    next: str | None


class CompetitorProductOut(Schema):
    """A competitor's product as phones get it."""

    id: UUID
    version: int
    competitor_id: UUID
    name: str
    barcode: str
    unit: str
    product_id: UUID | None
    archived: bool


class CompetitorProductPage(Schema):
    """Products of competitors, by name."""

    items: list[CompetitorProductOut]
    next: str | None


class PromotionOut(Schema):
    """A competitor's promotion as it was seen.

    kind: what is done. text: what it says. from_date, to_date: its first and its last day, as far as they are told.
    """

    kind: PromotionKind
    text: str
    from_date: date | None
    to_date: date | None


class ObservationOut(Schema):
    """What was seen of a competitor's product on a visit."""

    id: UUID
    version: int
    visit_id: UUID
    customer_id: UUID
    author_id: UUID
    competitor_product_id: UUID | None
    competitor_name: str
    product_name: str
    linked_at: datetime | None
    linked_by_id: UUID | None
    price: str | None
    currency: str
    unit: str
    facings: int | None
    promotion: PromotionOut | None
    note: str
    photo_ids: list[UUID]
    occurred_at: datetime
    occurred_verified: bool
    withdrawn_at: datetime | None
    withdrawn_by_id: UUID | None
    withdraw_reason: str


class ObservationPage(Schema):
    """Observations, the latest first."""

    items: list[ObservationOut]
    next: str | None


class PriceOut(Schema):
    """The newest price of a product at a customer, per unit and currency.

    id: of the observation. change: this price less the one before; null without one before. before_price, before_at:
    the one before, of the same unit and currency.
    """

    id: UUID
    customer_id: UUID
    competitor_product_id: UUID
    price: str
    currency: str
    unit: str
    occurred_at: datetime
    before_price: str | None
    before_at: datetime | None
    change: str | None


class PricePage(Schema):
    """Newest prices, the latest first."""

    items: list[PriceOut]
    next: str | None
