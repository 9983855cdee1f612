"""What a form may ask: the shape of a definition. `forms.checking` says what has to hold beyond the shape.

`mobile-client-spec/forms.md` tells phone teams the same in words.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from core.payloads import Payload

MAX_QUESTIONS = 200
MAX_CHOICES = 100
MAX_MEASURES = 20
MAX_PRODUCTS = 200
MAX_ROWS = 500
"""Products that one answer to a matrix of a category may name."""
MAX_RANGES = 20
MAX_PHOTOS = 20
MAX_CONDITIONS = 50
MAX_DEPTH = 6
MAX_BYTES = 131_072

_DECIMAL = r"^-?[0-9]{1,9}(\.[0-9]{1,6})?$"


def to_decimal(value: Any) -> Decimal:
    """A decimal string as a number. Raises ValueError. At most 15 digits, so that a double compares them exactly."""
    if isinstance(value, str) and re.fullmatch(_DECIMAL, value, re.ASCII):
        return Decimal(value)
    raise ValueError("must be a decimal string of up to 9 digits, and 6 after the point")


def to_day(value: Any) -> date:
    """A day as RFC 3339 writes it. Raises ValueError."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value, re.ASCII):
        day = date.fromisoformat(value)
        if 1900 <= day.year <= 2200:
            return day
    raise ValueError("must be a day, such as 2026-11-22, between the years 1900 and 2200")


Day = Annotated[date, BeforeValidator(to_day), WithJsonSchema({"type": "string", "format": "date"})]
DecimalText = Annotated[Decimal, BeforeValidator(to_decimal), WithJsonSchema({"type": "string", "pattern": _DECIMAL})]
Label = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Hint = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1_000)]
QuestionId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
ChoiceId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]{0,62}$")]
Points = Annotated[StrictInt, Field(ge=0, le=1_000)]


class Part(BaseModel):
    """A piece of a definition. A member that nobody knows is a slip of its author, so it is not let pass."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Names(Payload):
    """A text in both languages. en, zh: one of the two may be empty; then the other is shown."""

    en: Label = ""
    zh: Label = ""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.en or self.zh):
            raise ValueError("has to be said in English, in Chinese or in both")
        return self


class Hints(Part):
    """What helps to answer, in both languages. en, zh: either may be empty."""

    en: Hint = ""
    zh: Hint = ""


class Condition(Part):
    """When a question is asked, by answers to questions before it.

    op: `answered`, `equals` (value), `in` (values), `gt`, `gte`, `lt`, `lte` (value) look at the answer to `question`;
    `all`, `any` and `not` join the conditions in `of`, `not` exactly one. value, values: as answers are written.
    """

    op: Literal["answered", "equals", "in", "gt", "gte", "lt", "lte", "all", "any", "not"]
    question: QuestionId | None = None
    value: StrictBool | Annotated[str, StringConstraints(max_length=200)] | None = None
    values: Annotated[list[Annotated[str, StringConstraints(max_length=200)]], Field(min_length=1, max_length=100)] | (
        None
    ) = None
    of: Annotated[list["Condition"], Field(min_length=1, max_length=20)] | None = None

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Self:
        joins = self.op in ("all", "any", "not")
        wanted = {"of": joins, "question": not joins}
        wanted |= {"values": self.op == "in", "value": self.op in ("equals", "gt", "gte", "lt", "lte")}
        for name, needed in wanted.items():
            if (getattr(self, name) is not None) != needed:
                raise ValueError(f"{self.op} {'needs' if needed else 'has no'} {name}")
        if self.op == "not" and len(self.of or ()) != 1:
            raise ValueError("not needs exactly one condition in of")
        return self


class Scored(Part):
    """How an answer counts. weight: against the other scored questions."""

    weight: Annotated[StrictInt, Field(ge=1, le=1_000)] = 1


class ChoiceScore(Scored):
    """points: by choice; a choice that is not named has none."""

    points: Annotated[dict[ChoiceId, Points], Field(min_length=1, max_length=MAX_CHOICES)]


class YesNoScore(Scored):
    """yes, no: points for either answer."""

    yes: Points = 0
    no: Points = 0


class Range(Part):
    """Values that have the same points. from, to: both included; null: no limit."""

    from_: DecimalText | None = Field(None, alias="from")
    to: DecimalText | None = None
    points: Points


class RangeScore(Scored):
    """ranges: the first that holds the value counts; a value in none of them has no points."""

    ranges: Annotated[list[Range], Field(min_length=1, max_length=MAX_RANGES)]


class Choice(Part):
    """Something to choose. id: as it stands in answers. names: what people read."""

    id: ChoiceId
    names: Names


Choices = Annotated[list[Choice], Field(min_length=1, max_length=MAX_CHOICES)]


class Asked(Part):
    """What questions and measures have in common."""

    id: QuestionId = Field(description="as it stands in answers; means the same in every version of the form")
    names: Names = Field(description="what people read")
    required: StrictBool = Field(False, description="an answer set without it is incomplete")


class NumberRules(Part):
    """Which numbers can be answered."""

    unit: Annotated[str, StringConstraints(max_length=32)] = Field("", description="such as box, %")
    min: DecimalText | None = Field(None, description="the least, included; null: no limit")
    max: DecimalText | None = Field(None, description="the greatest, included; null: no limit")
    decimals: Annotated[StrictInt, Field(ge=0, le=6)] = Field(0, description="digits after the point at most")
    score: RangeScore | None = Field(None, description="null: does not count in the score")


class ChoiceRules(Part):
    """What there is to choose from."""

    choices: Choices = Field(description="in the order in which they are shown")
    score: ChoiceScore | None = Field(None, description="null: does not count in the score")


class BooleanRules(Part):
    """Yes or no."""

    score: YesNoScore | None = Field(None, description="null: does not count in the score")


class Question(Asked):
    """What all questions have in common."""

    hint: Hints | None = Field(None, description="what helps to answer")
    visible_if: Condition | None = Field(None, description="when it is asked; null: always")


class TextQuestion(Question):
    """A text. max_length: characters at most."""

    type: Literal["text"]
    max_length: Annotated[StrictInt, Field(ge=1, le=10_000)] = 2_000


class NumberQuestion(Question, NumberRules):
    """A number."""

    type: Literal["number"]


class BooleanQuestion(Question, BooleanRules):
    """Yes or no."""

    type: Literal["boolean"]


class ChoiceQuestion(Question, ChoiceRules):
    """One of several."""

    type: Literal["choice"]


class MultiChoiceQuestion(Question, ChoiceRules):
    """Any of several. Its points are those of all that are chosen, of the sum of all."""

    type: Literal["multi_choice"]


class DateQuestion(Question):
    """A day. min, max: both included."""

    type: Literal["date"]
    min: Day | None = None
    max: Day | None = None


class PhotoQuestion(Question):
    """Photos. min_count: with fewer the answer is incomplete. max_count: more are refused."""

    type: Literal["photo"]
    min_count: Annotated[StrictInt, Field(ge=1, le=MAX_PHOTOS)] = 1
    max_count: Annotated[StrictInt, Field(ge=1, le=MAX_PHOTOS)] = 10


class SignatureQuestion(Question):
    """A signature."""

    type: Literal["signature"]


class BarcodeQuestion(Question):
    """What a barcode or a QR code says."""

    type: Literal["barcode"]


class NumberMeasure(Asked, NumberRules):
    """A number for each product."""

    type: Literal["number"]


class ChoiceMeasure(Asked, ChoiceRules):
    """One of several for each product."""

    type: Literal["choice"]


class BooleanMeasure(Asked, BooleanRules):
    """Yes or no for each product."""

    type: Literal["boolean"]


Measure = Annotated[NumberMeasure | ChoiceMeasure | BooleanMeasure, Field(discriminator="type")]


class MatrixQuestion(Question):
    """Measures of products. product_ids: these; category_id: those of the category; one of the two.

    measures: what is asked about each product.
    """

    type: Literal["matrix"]
    product_ids: Annotated[list[UUID], Field(min_length=1, max_length=MAX_PRODUCTS)] | None = None
    category_id: UUID | None = None
    measures: Annotated[list[Measure], Field(min_length=1, max_length=MAX_MEASURES)]

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.product_ids is None) == (self.category_id is None):
            raise ValueError("name product_ids or a category_id, one of the two")
        if self.product_ids is not None and len(set(self.product_ids)) != len(self.product_ids):
            raise ValueError("a product is named twice")
        return self


AnyQuestion = Annotated[
    TextQuestion
    | NumberQuestion
    | BooleanQuestion
    | ChoiceQuestion
    | MultiChoiceQuestion
    | DateQuestion
    | PhotoQuestion
    | SignatureQuestion
    | BarcodeQuestion
    | MatrixQuestion,
    Field(discriminator="type"),
]


class Definition(Part):
    """What a form asks. questions: in the order in which they are asked."""

    questions: Annotated[list[AnyQuestion], Field(min_length=1, max_length=MAX_QUESTIONS)]
