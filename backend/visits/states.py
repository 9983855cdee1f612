"""The life of a visit: the states it can be in, and the only steps between them.

A visit is planned, opened by a check-in, closed by a check-out; a planned one can be moved or cancelled. Whoever stands
at the customer's door opens the visit also when the office cancelled the plan meanwhile: the fact outweighs the plan,
and both orders of arrival end in the same state.
"""

from enum import StrEnum

from core.errors import DomainError
from visits import errors


class State(StrEnum):
    """What a visit can be."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Step(StrEnum):
    """What can move a visit to another state."""

    CHECK_IN = "check_in"
    CHECK_OUT = "check_out"
    CANCEL = "cancel"
    MOVE = "move"


_NEXT: dict[tuple[State, Step], State] = {
    (State.PLANNED, Step.CHECK_IN): State.OPEN,
    (State.CANCELLED, Step.CHECK_IN): State.OPEN,
    (State.OPEN, Step.CHECK_OUT): State.CLOSED,
    (State.PLANNED, Step.CANCEL): State.CANCELLED,
    (State.PLANNED, Step.MOVE): State.PLANNED,
}
_REFUSALS: dict[tuple[State, Step], type[DomainError]] = {
    (State.OPEN, Step.CHECK_IN): errors.AlreadyOpen,
    (State.CLOSED, Step.CHECK_IN): errors.AlreadyClosed,
    (State.PLANNED, Step.CHECK_OUT): errors.NotOpen,
    (State.CLOSED, Step.CHECK_OUT): errors.AlreadyClosed,
    (State.CANCELLED, Step.CHECK_OUT): errors.NotOpen,
    (State.OPEN, Step.CANCEL): errors.AlreadyOpen,
    (State.CLOSED, Step.CANCEL): errors.AlreadyClosed,
    (State.CANCELLED, Step.CANCEL): errors.AlreadyCancelled,
    (State.OPEN, Step.MOVE): errors.AlreadyOpen,
    (State.CLOSED, Step.MOVE): errors.AlreadyClosed,
    (State.CANCELLED, Step.MOVE): errors.AlreadyCancelled,
}


def next_state(state: str, step: Step) -> State:
    """The state after `step`. Raises AlreadyOpen, AlreadyClosed, AlreadyCancelled or NotOpen with the present state."""
    key = (State(state), step)
    if key in _NEXT:
        return _NEXT[key]
    raise _REFUSALS[key]("visit_id", state=str(state))
