"""Routes: customers that are visited in one go, in a fixed order, on certain weekdays. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid5


@dataclass(frozen=True, slots=True)
class Route:
    """Customers in the order in which they are visited, on weekdays of every n-th week.

    weekdays: 1 Monday to 7 Sunday. valid_to: the last day, None for no end.
    """

    id: UUID
    customer_ids: Sequence[UUID]
    weekdays: frozenset[int]
    every_weeks: int
    valid_from: date
    valid_to: date | None = None
    dwell_minutes: int | None = None
    purpose: str = ""
    visit_type_id: UUID | None = None

    def runs_on(self, day: date) -> bool:
        """Whether the route is driven on that day, if it is worked. Weeks count from the one in which it begins."""
        if day < self.valid_from or (self.valid_to is not None and day > self.valid_to):
            return False
        monday = self.valid_from - timedelta(days=self.valid_from.weekday())
        return day.isoweekday() in self.weekdays and (day - monday).days // 7 % self.every_weeks == 0

    def occurrence_id(self, customer_id: UUID, day: date) -> UUID:
        """The id of the visit at a customer on a day of the route."""
        return uuid5(self.id, f"{customer_id}/{day}")
