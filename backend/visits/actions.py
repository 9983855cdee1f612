"""What has to be done on a visit: which type it is of, which actions that asks for, and whether they are done. Pure.

Phones hold the types as data and follow the same rules; `mobile-client-spec/forms.md` tells them in words.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, StrictInt, model_validator

from core.payloads import Code, Payload
from customers.schemas import CustomerClass
from forms.definitions import Label, Names, QuestionId

MAX_ACTIONS = 30
ActionKind = Literal["photo", "form", "competitor", "log", "signature"]
Role = Literal["rep", "engineer", "dispatcher", "manager", "admin"]


class Audience(Payload):
    """Whom something is for. An empty list: all; a customer without class or channel is in no list of them.

    customer_classes: of the customer. channels: of the customer, as they are written there. roles: any of them of the
    rep.
    """

    customer_classes: Annotated[list[CustomerClass], Field(max_length=4)] = []
    channels: Annotated[list[Code], Field(max_length=50)] = []
    roles: Annotated[list[Role], Field(max_length=5)] = []

    def holds(self, traits: "Traits") -> bool:
        """Whether a visit with these traits is meant."""
        return (
            (not self.customer_classes or traits.customer_class in self.customer_classes)
            and (not self.channels or traits.channel in self.channels)
            and (not self.roles or not traits.roles.isdisjoint(self.roles))
        )


class Action(Payload):
    """Something that has to be done on a visit.

    id: names it within its type. kind: photo, signature, competitor (an observation), log, or form. names: what people
    read. min_count: so many of them at least; forms and logs count once. label: photos count whose caption is this;
    empty: any. form_id: the form to answer, of a form only. only_for: whom it is asked of; everybody unless given.
    """

    id: QuestionId = Field(examples=["shelf"])
    kind: ActionKind
    names: Names
    min_count: Annotated[StrictInt, Field(ge=1, le=50)] = 1
    label: Label = ""
    form_id: UUID | None = Field(None, examples=[None])
    only_for: Audience = Audience()

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if (self.kind == "form") != (self.form_id is not None):
            raise ValueError("an action of the kind form, and no other, names a form_id")
        if self.label and self.kind != "photo":
            raise ValueError("only photos have a label")
        if self.min_count > 1 and self.kind in ("form", "log"):
            raise ValueError("forms and logs count once")
        return self


@dataclass(frozen=True)
class Traits:
    """What decides about a visit: of its customer, and the roles of its rep."""

    customer_class: str | None = None
    channel: str | None = None
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Type:
    """A type of visit, for deciding. chosen_for: of which visits it is by rule; None: only where somebody says so."""

    id: UUID
    code: str
    position: int
    archived: bool
    chosen_for: Audience | None
    actions: Sequence[Action]


@dataclass(frozen=True)
class Tally:
    """What was done on a visit. photos: by caption. forms: the forms whose counting answer set is complete."""

    photos: Mapping[str, int] = field(default_factory=dict)
    forms: frozenset[UUID] = frozenset()
    signatures: int = 0
    observations: int = 0
    logs: int = 0


def in_order(types: Iterable[Type]) -> list[Type]:
    """The types that are chosen by rule, in the company's order; one that is archived is chosen no more."""
    chosen = [one for one in types if not one.archived and one.chosen_for is not None]
    return sorted(chosen, key=lambda one: (one.position, one.code))


def choose_type(types: Iterable[Type], traits: Traits) -> Type | None:
    """The type of a visit of which nobody said one: the first in the company's order that is meant for it, or none."""
    return next((one for one in in_order(types) if one.chosen_for and one.chosen_for.holds(traits)), None)


def list_required(type_: Type, traits: Traits) -> list[Action]:
    """What the type asks for on such a visit, in its order."""
    return [action for action in type_.actions if action.only_for.holds(traits)]


def is_done(action: Action, tally: Tally) -> bool:
    """Whether enough was done."""
    if action.kind == "form":
        return action.form_id in tally.forms
    counts = {
        "photo": tally.photos.get(action.label, 0) if action.label else sum(tally.photos.values()),
        "signature": tally.signatures,
        "competitor": tally.observations,
        "log": tally.logs,
    }
    return counts[action.kind] >= action.min_count


def list_missing(required: Iterable[Action], tally: Tally) -> list[Action]:
    """What is not done yet."""
    return [action for action in required if not is_done(action, tally)]
