"""The state machine of visits, as a table: every state and step has one outcome."""

import pytest

from core.errors import DomainError
from visits.states import State, Step, next_state

TABLE = {
    ("planned", "check_in"): "open",
    ("planned", "check_out"): "visits.not_open",
    ("planned", "cancel"): "cancelled",
    ("planned", "move"): "planned",
    ("open", "move"): "visits.already_open",
    ("closed", "move"): "visits.already_closed",
    ("cancelled", "move"): "visits.already_cancelled",
    ("open", "check_in"): "visits.already_open",
    ("open", "check_out"): "closed",
    ("open", "cancel"): "visits.already_open",
    ("closed", "check_in"): "visits.already_closed",
    ("closed", "check_out"): "visits.already_closed",
    ("closed", "cancel"): "visits.already_closed",
    ("cancelled", "check_in"): "open",
    ("cancelled", "check_out"): "visits.not_open",
    ("cancelled", "cancel"): "visits.already_cancelled",
}


@pytest.mark.parametrize(("state", "step"), [(state, step) for state in State for step in Step])
def test_every_state_and_step(state: State, step: Step) -> None:
    expected = TABLE[state, step]
    try:
        outcome = str(next_state(state, step))
    except DomainError as refusal:
        outcome = refusal.code
        assert refusal.details == {"state": str(state)}
    assert outcome == expected
