"""Call cycles: how often customers are visited, by class and org unit, and of single customers."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest

from accounts import queries as account_queries
from console import rhythms
from console.cells import Column
from console.filters import Choice, Search
from console.forms import CommandForm, Field, Values
from console.lists import List, RowAction
from console.registry import Place
from console.rendering import voice_of
from console.voice import Voice
from core.actor import Actor
from core.errors import NotFound
from core.ids import uuid7
from customers import overview
from visits.call_cycles import MOST_A_MONTH
from visits.queries import plans as queries

_SETTERS = frozenset({"admin", "manager"})
_CLASSES = ("A", "B", "C", "D")
Options = list[tuple[str, str]]


def _rows(actor: Actor) -> Any:
    return queries.list_cycles(actor).select_related("customer", "org_unit")


def _gather(actor: Actor, rows: list[Any], voice: Voice) -> Voice:
    return voice


def _whom(cycle: Any, voice: Voice) -> str:
    if cycle.customer_id is not None:
        return str(cycle.customer.name)
    whole = voice.say("cycles.class", grade=cycle.customer_class)
    return f"{whole} · {cycle.org_unit.name}" if cycle.org_unit_id else whole


def often(cycle: Any, voice: Voice) -> str:
    """How often it asks for a visit."""
    if cycle.every_weeks is not None:
        return rhythms.weekly(cycle.every_weeks, voice)
    return voice.say("cycles.per_month", count=cycle.per_month)


def preferred_days(cycle: Any, voice: Voice) -> str:
    """`Tue, Fri`, or that any working day will do."""
    return rhythms.weekdays(cycle.weekdays, voice) or voice.say("cycles.any_day")


def may_edit(cycle: Any, actor: Actor) -> bool:
    """Whether it makes sense to offer it; a cycle of the whole company is the administrators'."""
    return actor.has_role("admin") or bool(actor.has_role("manager") and (cycle.customer_id or cycle.org_unit_id))


CYCLES = List(
    name="cycles",
    path="cycles",
    place=Place("work", 42, "repeat"),
    rows=_rows,
    order="name",
    gather=_gather,
    columns=(
        Column("name", lambda cycle, _: cycle.name, sort="name", is_title=True),
        Column("whom", _whom),
        Column("often", often),
        Column("days", preferred_days),
        Column("dwell", lambda cycle, _: cycle.dwell_minutes),
        Column("purpose", lambda cycle, _: cycle.purpose),
        Column("from", lambda cycle, _: cycle.valid_from, sort="valid_from"),
        Column("to", lambda cycle, _: cycle.valid_to),
    ),
    filters=(
        Search(("name", "customer__name")),
        Choice("kind", {"class": Q(customer_id=None), "customer": Q(customer_id__isnull=False)}),
    ),
    row_actions=(RowAction("cycles.edit", needs=lambda cycle, actor: may_edit(cycle, actor)),),
    live="visits",
    action="cycles.new",
    empty_icon="repeat",
).register()


def _cycle(actor: Actor, id: UUID) -> Any:
    cycle = _rows(actor).filter(id=id).first()
    if cycle is None:
        raise NotFound
    return cycle


def _classes(subject: Any, actor: Actor, voice: Voice) -> Options:
    if subject is not None and subject.customer_id is not None:
        return [("", str(subject.customer.name))]
    return [(grade, voice.say("cycles.class", grade=grade)) for grade in _CLASSES]


def _units(subject: Any, actor: Actor, voice: Voice) -> Options:
    if subject is not None and subject.customer_id is not None:
        return [("", "–")]
    whole = [("", voice.say("cycles.whole_company"))] if actor.has_role("admin") else []
    units = account_queries.list_units(actor).order_by("name").values_list("id", "name")
    return [*whole, *((str(id_), name) for id_, name in units)]


def _rhythms(actor: Actor, voice: Voice) -> Options:
    weeks = [(f"weeks {n}", label) for n, label in rhythms.week_choices(voice)]
    months = [(f"month {n}", voice.say("cycles.per_month", count=n)) for n in range(1, MOST_A_MONTH + 1)]
    return weeks + months


def _start(cycle: Any, request: HttpRequest) -> Values:
    if cycle is None:
        return {"id": uuid7(), "rhythm": "weeks 1", "valid_from": str(voice_of(request).today())}
    rhythm = f"weeks {cycle.every_weeks}" if cycle.every_weeks is not None else f"month {cycle.per_month}"
    kept = ("name", "dwell_minutes", "purpose", "valid_from", "valid_to", "customer_class", "customer_id")
    ids = {"org_unit_id": str(cycle.org_unit_id or ""), "visit_type_id": cycle.visit_type_id}
    values = {name: getattr(cycle, name) for name in kept} | ids
    told = {name: "" if value is None else str(value) for name, value in values.items()}
    return told | {"rhythm": rhythm} | rhythms.tick(cycle.weekdays)


def _payload(path: Values, values: Values) -> Values:
    kind, _, count = str(values.pop("rhythm", "")).partition(" ")
    number = int(count) if count.isdigit() else None
    rhythm = {"per_month" if kind == "month" else "every_weeks": number}
    return {"weekdays": rhythms.take_days(values)} | path | values | rhythm


_WHOM = (
    Field("customer_class", "choice", among=_classes, required=False),
    Field("org_unit_id", "choice", among=_units, required=False),
)
_RHYTHM = (
    Field("rhythm", "choice", choices=_rhythms),
    *rhythms.DAY_FIELDS,
    Field("dwell_minutes", "number", required=False),
    Field("purpose", required=False, empty=""),
    Field("valid_from", "date"),
    Field("valid_to", "date", required=False),
)
_NAME = Field("name", empty="")

NEW = CommandForm(
    "cycles.new",
    "cycles/new",
    command="visits.set_cycle",
    fields=(_NAME, *_WHOM, *_RHYTHM, Field("id", "hidden")),
    start=_start,
    payload=_payload,
    back="cycles",
    roles=_SETTERS,
).register()

OWN = CommandForm(
    "customers.cycle",
    "customers/<uuid:id>/cycle",
    command="visits.set_cycle",
    fields=(_NAME, *_RHYTHM, Field("cycle_id", "hidden")),
    subject=overview.get_row,
    named=lambda customer: customer.name,
    start=lambda customer, request: _start(None, request) | {"name": customer.name, "cycle_id": uuid7()},
    payload=lambda path, values: _payload({"customer_id": path["id"], "id": values.pop("cycle_id", None)}, values),
    back="customers",
    roles=_SETTERS,
).register()

EDIT = CommandForm(
    "cycles.edit",
    "cycles/<uuid:id>/edit",
    command="visits.set_cycle",
    fields=(_NAME, *_WHOM, *_RHYTHM, Field("customer_id", "hidden"), Field("visit_type_id", "hidden")),
    subject=_cycle,
    named=lambda cycle: cycle.name,
    start=_start,
    payload=_payload,
    back="cycles",
    roles=_SETTERS,
).register()
