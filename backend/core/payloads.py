"""The base of every command's payload, and the value types that payloads share."""

import re
from abc import abstractmethod
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from typing import Annotated, Any, ClassVar, Generic, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StrictBool,
    StrictInt,
    StringConstraints,
    TypeAdapter,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

D = TypeVar("D", bound=date)
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Line = Annotated[str, StringConstraints(max_length=500)]
Note = Annotated[str, StringConstraints(max_length=10_000)]
Flag = StrictBool
Count = Annotated[StrictInt, Field(ge=0, le=2_147_483_647)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]


def _money(value: Decimal) -> Decimal:
    if not value.is_finite():
        raise ValueError("must be a finite number")
    return value.quantize(Decimal("0.0001"))


Money = Annotated[
    Decimal,
    Field(max_digits=18, decimal_places=4, ge=0),
    AfterValidator(_money),
    WithJsonSchema({"type": "string", "format": "decimal", "pattern": r"^[0-9]{1,14}(\.[0-9]{1,4})?$"}),
]
"""A decimal string on the wire, at most 18 digits, 4 of them after the point; as stored, with all 4 of them."""


def _in_our_time(value: D) -> D:
    if not 2000 <= value.year <= 2100:
        raise ValueError("must lie between the years 2000 and 2100")
    return value


def _has_zone(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("must carry an offset from UTC")
    return _in_our_time(value)


Instant = Annotated[datetime, AfterValidator(_has_zone)]
"""RFC 3339 with an offset, between the years 2000 and 2100."""


def _calendar_day(value: Any) -> Any:
    """Only a day as RFC 3339 writes it: a count of seconds is not a day, whatever the library would make of it."""
    if isinstance(value, date) or (isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value)):
        return value
    raise ValueError("must be a day, such as 2026-11-21")


Day = Annotated[date, BeforeValidator(_calendar_day), AfterValidator(_in_our_time)]
"""A day as RFC 3339 writes it, between the years 2000 and 2100."""


class Payload(BaseModel):
    """What a command carries. Members that this server does not know are ignored, so that newer apps are understood."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class EarlierPayload(Payload):
    """The shape that a command's payload had in an earlier schema. It never changes: apps in the field send it."""

    @abstractmethod
    def upgraded(self) -> dict[str, Any]:
        """This payload as the next schema writes it, ready to be validated."""


T = TypeVar("T")


class Change(Payload, Generic[T]):
    """One field of an edit: the value it was based on and the new one."""

    from_: T | None = Field(alias="from", default=None)
    to: T | None = None

    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """The name in the OpenAPI, from which phone teams generate their models: `ChangeOfStr1To200`."""
        schema = TypeAdapter(params[0]).json_schema()
        limits = [schema[key] for key in ("minLength", "maxLength") if key in schema]
        kind = getattr(params[0], "__origin__", params[0])
        name = "".join(word[:1].upper() + word[1:] for word in re.findall(r"\w+", getattr(kind, "__name__", str(kind))))
        return f"ChangeOf{name}{'To'.join(map(str, limits))}"


class ChangeTo(Change[T], Generic[T]):
    """One field of an edit that cannot be set to null."""

    to: T


class EditPayload(Payload):
    """The changes of an edit. A member named in `never_null` may not be set to null."""

    never_null: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The schema, which names in `x-never-null` the members that may not be set to null."""
        schema = handler(core)
        handler.resolve_ref_schema(schema)["x-never-null"] = sorted(cls.never_null)
        return schema

    @model_validator(mode="after")
    def _keep_required(self) -> Self:
        for name in sorted(self.never_null):
            change: Change[Any] | None = getattr(self, name)
            if change is not None and change.to is None:
                raise ValueError(f"{name} may not be null")
        return self

    def by_name(self) -> dict[str, Change[Any] | None]:
        """The changes by column."""
        return {name: getattr(self, name) for name in type(self).model_fields}


_NESTING = (dict, list)


def nested_deeper(value: Any, levels: int) -> bool:
    """Whether objects and arrays stand more than `levels` deep in `value`. Takes no stack, however deep they are."""
    level = [value] if isinstance(value, _NESTING) else []
    for _ in range(levels + 1):
        if not level:
            return False
        children = (item.values() if isinstance(item, dict) else item for item in level)
        level = [child for inner in children for child in inner if isinstance(child, _NESTING)]
    return bool(level)


def first_bad_text(value: Any, path: str = "") -> str | None:
    """The dotted path of the first text in `value` with a NUL or half a surrogate pair, or None."""
    if isinstance(value, str):
        return path if "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value) else None
    for key, child in _children(value):
        where = f"{path}.{key}" if path else str(key)
        if isinstance(key, str) and first_bad_text(key) is not None:
            return path or "payload"
        if (found := first_bad_text(child, where)) is not None:
            return found
    return None


def first_infinite(value: Any, path: str = "") -> str | None:
    """The dotted path of the first number in `value` that is beyond what a double holds (1e400), or None."""
    if isinstance(value, float):
        return None if isfinite(value) else path
    for key, child in _children(value):
        if (found := first_infinite(child, f"{path}.{key}" if path else str(key))) is not None:
            return found
    return None


def _children(value: Any) -> Iterable[tuple[Any, Any]]:
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()
