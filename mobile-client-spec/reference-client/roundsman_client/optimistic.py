"""What each command does to the rows on this phone before the server has judged it.

These are guesses for the eye, replayed on fresh server rows at every answer, and gone once the server's own rows hold
the effect. So they follow these rules. A command that makes a row does nothing where the row already is. A command
that changes a row does nothing where the row is missing, or where the state machine would refuse. Whatever the
payload leaves out gets the server's default: an edit recorded on top is based on it (`from`), and another value there
would be a conflict. A command without an entry here shows no effect until the server has answered.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID, uuid5

from roundsman_client.protocol import Command, Json


class View(Protocol):
    """The rows as the user sees them while commands are replayed."""

    def get(self, kind: str, id_: str) -> Json | None:
        """A copy of the row's data, or None."""

    def put(self, kind: str, id_: str, scope: str, data: Json) -> None:
        """Show this row in place of the server's."""


@dataclass(frozen=True, slots=True)
class Act:
    """A command in the hands of its effect. at: when it was recorded, in UTC; user_id: who recorded it."""

    command: Command
    user_id: str

    @property
    def payload(self) -> Json:
        """What the command carries."""
        return self.command.payload

    @property
    def at(self) -> str:
        """The phone's wall clock at the recording, written as the server writes instants."""
        return _instant(self.command.at)

    def take(self, names: str) -> Json:
        """These members of the payload (names with blanks between); None where it has none."""
        return {name: self.payload.get(name) for name in names.split()}

    def texts(self, names: str) -> Json:
        """These members of the payload; an empty text where it has none."""
        return {name: self.payload.get(name, "") for name in names.split()}


Effect = Callable[[View, Act], None]
EFFECTS: dict[str, Effect] = {}
"""Command name → effect."""


def _effect(name: str) -> Callable[[Effect], Effect]:
    def register(effect: Effect) -> Effect:
        EFFECTS[name] = effect
        return effect

    return register


# Customers


@_effect("customers.create")
def _create_customer(view: View, act: Act) -> None:
    if view.get("customer", act.payload["id"]):
        return
    data = act.take("name code external_id customer_class territory_id") | act.texts("phone address notes")
    data |= {
        "stage": act.payload.get("stage", "active"),
        "owner_id": act.payload.get("owner_id", act.user_id),  # null: nobody owns it
        "credit_hold": act.payload.get("credit_hold", False),
        "archived_at": None,
        "created_at": act.at,
        "created_by_id": act.user_id,
    }
    view.put("customer", act.payload["id"], act.payload["id"], data)


@_effect("customers.update")
def _update_customer(view: View, act: Act) -> None:
    row = view.get("customer", act.payload["id"])
    if row is not None:
        view.put("customer", act.payload["id"], act.payload["id"], row | _new_values(act))


@_effect("customers.add_site")
def _add_site(view: View, act: Act) -> None:
    if view.get("site", act.payload["id"]):
        return
    data = act.take("customer_id name") | act.texts("address") | _lat_lon(act.payload.get("position"))
    data["fence_radius_m"] = act.payload.get("fence_radius_m", 200)
    view.put("site", act.payload["id"], data["customer_id"], data)


@_effect("customers.update_site")
def _update_site(view: View, act: Act) -> None:
    row = view.get("site", act.payload["id"])
    if row is None:
        return
    values = _new_values(act)
    if "position" in values:
        values |= _lat_lon(values.pop("position"))
    view.put("site", act.payload["id"], row["customer_id"], row | values)


@_effect("customers.add_contact")
def _add_contact(view: View, act: Act) -> None:
    if view.get("contact", act.payload["id"]):
        return
    data = act.take("customer_id name") | act.texts("title phone email notes")
    data["is_primary"] = act.payload.get("is_primary", False)
    view.put("contact", act.payload["id"], data["customer_id"], data)


@_effect("customers.update_contact")
def _update_contact(view: View, act: Act) -> None:
    row = view.get("contact", act.payload["id"])
    if row is not None:
        view.put("contact", act.payload["id"], row["customer_id"], row | _new_values(act))


def _new_values(act: Act) -> Json:
    """The new values of an edit: field → `to`."""
    return {field: change.get("to") for field, change in act.payload["changes"].items()}


def _lat_lon(position: Json | None) -> Json:
    """A position as the rows hold it (WGS-84, degrees). Other datums are the server's to convert."""
    if not position or position.get("datum", "WGS-84") != "WGS-84":
        return {"lat": None, "lon": None}
    return {"lat": position["lat"], "lon": position["lon"]}


# Visits


@_effect("visits.plan")
def _plan(view: View, act: Act) -> None:
    if view.get("visit", act.payload["id"]):
        return
    data = _new_visit(act) | act.take("site_id planned_date planned_at") | act.texts("purpose")
    data["rep_id"] = act.payload.get("rep_id") or act.user_id
    view.put("visit", act.payload["id"], data["customer_id"], data)


@_effect("visits.check_in")
def _check_in(view: View, act: Act) -> None:
    visit = view.get("visit", act.payload["visit_id"]) or _new_visit(act)
    if visit["state"] not in ("planned", "cancelled"):  # who stands at the door visits, whatever the plan says
        return
    visit |= {"state": "open", "checked_in_at": act.at}
    view.put("visit", act.payload["visit_id"], visit["customer_id"], visit)
    _show_evidence(view, act, visit["customer_id"], "in")


@_effect("visits.log")
def _log(view: View, act: Act) -> None:
    visit = view.get("visit", act.payload["visit_id"])
    if visit is None or view.get("visit_log", act.payload["id"]):
        return
    data = act.take("visit_id result") | act.texts("note") | {"next_steps": _next_steps(act)}
    data |= {"customer_id": visit["customer_id"], "author_id": act.user_id, "occurred_at": act.at}
    view.put("visit_log", act.payload["id"], visit["customer_id"], data)
    with suppress(ValueError):  # an id that is none: the server refuses the log
        log_id = UUID(act.payload["id"])
        for place, step in enumerate(data["next_steps"]):
            task = _new_task(act, visit["customer_id"]) | act.take("visit_id") | {"log_id": act.payload["id"]}
            view.put("task", str(uuid5(log_id, f"next_step/{place}")), visit["customer_id"], task | step)


def _next_steps(act: Act) -> list[Json]:
    """The next steps of a log. One that was recorded before the app's last update may still be of schema 1."""
    given = act.payload.get("next_steps") or []
    if act.command.schema == 1:
        one = {"text": act.payload.get("next_step"), "due_date": act.payload.get("next_step_date")}
        given = [one] if any(one.values()) else []
    return [{"text": step.get("text") or "", "due_date": step.get("due_date")} for step in given]


@_effect("visits.check_out")
def _check_out(view: View, act: Act) -> None:
    visit = view.get("visit", act.payload["visit_id"])
    if visit is None or visit["state"] != "open":
        return
    visit |= {"state": "closed", "checked_out_at": act.at}
    view.put("visit", act.payload["visit_id"], visit["customer_id"], visit)
    _show_evidence(view, act, visit["customer_id"], "out")


@_effect("visits.cancel")
def _cancel(view: View, act: Act) -> None:
    visit = view.get("visit", act.payload["visit_id"])
    if visit is None or visit["state"] != "planned":
        return
    visit |= {"state": "cancelled", "cancelled_at": act.at, "cancel_reason": act.payload.get("reason", "")}
    view.put("visit", act.payload["visit_id"], visit["customer_id"], visit)


@_effect("visits.add_photo")
def _add_photo(view: View, act: Act) -> None:
    """The photo, and its file, which is here and not yet there."""
    visit = view.get("visit", act.payload["visit_id"])
    if visit is None or view.get("photo", act.payload["id"]):
        return
    fix, file, taken_at = act.payload.get("fix") or {}, act.payload["file"], act.payload.get("taken_at")
    data = act.take("visit_id kind source") | act.texts("caption") | _lat_lon(fix if "lat" in fix else None)
    data |= {"customer_id": visit["customer_id"], "author_id": act.user_id, **file}
    data |= {"accuracy_m": fix.get("accuracy_m"), "is_mock": fix.get("is_mock")}
    data |= {"taken_at": taken_at and _instant(taken_at), "occurred_at": act.at, "occurred_verified": None}
    data |= {"withdrawn_at": None, "withdrawn_by_id": None, "withdraw_reason": ""}
    view.put("photo", act.payload["id"], visit["customer_id"], data)
    attachment = {"subject_kind": "visit", "subject_id": act.payload["visit_id"], "kind": act.payload["kind"], **file}
    attachment |= dict.fromkeys(("code", "width", "height", "exif", "readable"))
    attachment |= {"state": "missing", "renditions": [], "near_duplicate": False}
    view.put("attachment", act.payload["id"], visit["customer_id"], attachment)


@_effect("visits.withdraw_photo")
def _withdraw_photo(view: View, act: Act) -> None:
    photo = view.get("photo", act.payload["id"])
    if photo is None or photo["withdrawn_at"] is not None:
        return
    photo |= {"withdrawn_at": act.at, "withdrawn_by_id": act.user_id, "withdraw_reason": act.payload.get("reason", "")}
    view.put("photo", act.payload["id"], photo["customer_id"], photo)


# Tasks


@_effect("visits.add_task")
def _add_task(view: View, act: Act) -> None:
    customer_id = act.payload["customer_id"]
    if view.get("task", act.payload["id"]) is None:
        task = _new_task(act, customer_id) | act.take("visit_id text due_date")
        task["assignee_id"] = act.payload.get("assignee_id") or act.user_id
        view.put("task", act.payload["id"], customer_id, task)


@_effect("visits.update_task")
def _update_task(view: View, act: Act) -> None:
    task = view.get("task", act.payload["id"])
    if task is not None:
        view.put("task", act.payload["id"], task["customer_id"], task | _new_values(act))


@_effect("visits.complete_task")
def _complete_task(view: View, act: Act) -> None:
    done = {"done_at": act.at, "done_by_id": act.user_id, "done_note": act.payload.get("note", "")}
    _settle(view, act, "done", ("open", "cancelled"), done)


@_effect("visits.reopen_task")
def _reopen_task(view: View, act: Act) -> None:
    _settle(view, act, "open", ("done", "cancelled"), {})


@_effect("visits.cancel_task")
def _cancel_task(view: View, act: Act) -> None:
    reason = act.payload.get("reason", "")
    cancelled = {"cancelled_at": act.at, "cancelled_by_id": act.user_id, "cancel_reason": reason}
    _settle(view, act, "cancelled", ("open",), cancelled)


def _settle(view: View, act: Act, state: str, from_states: tuple[str, ...], how: Json) -> None:
    """The task in another state, with nothing left of the one before."""
    task = view.get("task", act.payload["id"])
    if task is not None and task["state"] in from_states:
        view.put("task", act.payload["id"], task["customer_id"], task | _unsettled() | {"state": state} | how)


def _new_task(act: Act, customer_id: str) -> Json:
    """An open task of the user's own, with every member that the feed has."""
    data: Json = {"customer_id": customer_id, "visit_id": None, "log_id": None, "assignee_id": act.user_id}
    data |= {"text": "", "due_date": None, "state": "open", "created_at": act.at, "created_by_id": act.user_id}
    return data | _unsettled()


def _unsettled() -> Json:
    """What an open task says of how it was settled."""
    never: Json = dict.fromkeys(("done_at", "done_by_id", "cancelled_at", "cancelled_by_id"))
    return never | {"done_note": "", "cancel_reason": ""}


def _instant(text: str) -> str:
    """An instant as the server writes it."""
    moment = datetime.fromisoformat(text).astimezone(UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _new_visit(act: Act) -> Json:
    """A planned visit of the user's own, with every member that the feed has."""
    never = (
        "site_id planned_date planned_at checked_in_at checked_out_at cancelled_at check_in_verdict check_out_verdict"
    )
    data: Json = dict.fromkeys(never.split())
    data |= {"customer_id": act.payload["customer_id"], "rep_id": act.user_id, "state": "planned"}
    return data | {"purpose": "", "cancel_reason": ""}


def _show_evidence(view: View, act: Act, customer_id: str, direction: str) -> None:
    """The evidence row of a check-in or check-out; it has the command's id. The verdict is the server's to give."""
    fix = act.payload.get("fix") or {}
    data = _lat_lon(fix if "lat" in fix else None) | {
        "visit_id": act.payload["visit_id"],
        "customer_id": customer_id,
        "direction": direction,
        "occurred_at": act.at,
        "occurred_verified": None,
        "verdict": None,
        "distance_m": None,
        "site_id": None,
        "accuracy_m": fix.get("accuracy_m"),
        "is_mock": fix.get("is_mock"),
    }
    view.put("check_in", act.command.id, customer_id, data)
