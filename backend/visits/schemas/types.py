"""The shapes of visit types on the wire."""

from typing import Annotated, Self
from uuid import UUID

from ninja import Schema
from pydantic import Field, StrictInt, model_validator

from core.payloads import Code, Flag, Payload
from core.rest_schemas import PageQuery
from forms.definitions import Names
from visits.actions import MAX_ACTIONS, Action, Audience


class SetVisitType(Payload):
    """`visits.set_visit_type`: makes the type with this id, or puts these members in place of its own.

    names: what people call it. position: its place in the order in which types are tried, the least first. chosen_for:
    the visits that are of this type unless somebody says another; null: none. actions: what has to be done, in this
    order. archived: no longer offered, nor chosen.
    """

    id: UUID
    code: Code
    names: Names
    position: Annotated[StrictInt, Field(ge=0, le=1_000)] = 0
    chosen_for: Audience | None = None
    actions: Annotated[list[Action], Field(max_length=MAX_ACTIONS)] = []
    archived: Flag = False

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({action.id for action in self.actions}) != len(self.actions):
            raise ValueError("two actions have the same id")
        return self


class VisitTypeQuery(PageQuery):
    """Which types. archived: with those that are no longer offered."""

    archived: bool = False


class VisitTypeOut(Schema):
    """A visit type as phones get it."""

    id: UUID
    version: int
    code: str
    names: Names
    position: int
    chosen_for: Audience | None
    actions: list[Action]
    archived: bool


class VisitTypePage(Schema):
    """Visit types, in the order in which they are tried."""

    items: list[VisitTypeOut]
    next: str | None = Field(description="cursor of the next page; null on the last")
