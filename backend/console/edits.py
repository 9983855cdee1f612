"""Edits by forms: what was changed, each with the value that it was based on, so that nobody's edit is lost unseen."""

import json
from collections.abc import Callable
from typing import Any

from console.forms import Field, Values
from core.errors import InvalidInput

WAS = Field("was", "hidden")
"""Carries what the fields began with."""
Shape = Callable[[Values], Values]


def begin(values: Values) -> Values:
    """What an edit's form begins with."""
    return values | {WAS.name: json.dumps(values)}


def changes(path: Values, values: Values, shape: Shape = dict) -> Values:
    """The payload of an edit: of the members that differ from how the form began, what was and what is to be.

    shape: makes the command's members of the fields' values. Raises core.invalid_input where the beginning is not what
    the form was given.
    """
    sent = dict(values)
    try:
        was: dict[str, Any] = dict(json.loads(sent.pop(WAS.name, None) or ""))
    except (TypeError, ValueError):
        raise InvalidInput(WAS.name, reason="must be what the form began with") from None
    before, after = shape(was), shape(sent)
    differing = {name: value for name, value in after.items() if before.get(name) != value}
    return {
        "id": path["id"],
        "changes": {name: {"from": before.get(name), "to": value} for name, value in differing.items()},
    }
