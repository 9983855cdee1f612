"""What a change of grants means for people: what comes to their phones, what leaves them, what they see elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Seen:
    """How one user sees one customer. phone: it is on his phones."""

    reasons: frozenset[str]
    phone: bool


Sight = Mapping[tuple[UUID, UUID], Seen]
"""Who sees what: by user and customer."""


@dataclass(slots=True)
class Difference:
    """What one user gains and loses: customers by id. `sees` and `no_longer_sees` leave phones aside."""

    gains: list[UUID] = field(default_factory=list)
    loses: list[UUID] = field(default_factory=list)
    sees: list[UUID] = field(default_factory=list)
    no_longer_sees: list[UUID] = field(default_factory=list)


def compare(before: Sight, after: Sight) -> dict[UUID, Difference]:
    """The differences by user, each list sorted; users for whom nothing comes or goes are left out."""
    result: dict[UUID, Difference] = {}
    for user_id, customer_id in sorted(before.keys() | after.keys()):
        was, will = before.get((user_id, customer_id)), after.get((user_id, customer_id))
        on_phone, stays_on_phone = bool(was and was.phone), bool(will and will.phone)
        if (on_phone, was is None) == (stays_on_phone, will is None):
            continue
        difference = result.setdefault(user_id, Difference())
        if on_phone != stays_on_phone:
            (difference.loses if on_phone else difference.gains).append(customer_id)
        if (was is None) != (will is None):
            (difference.sees if was is None else difference.no_longer_sees).append(customer_id)
    return result
