"""Forms about one customer: its record, its sites and contacts, who shares and follows it."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from accounts import queries as account_queries
from console import edits, opening_hours
from console.forms import CommandForm, Field, Values
from console.pages.customers import STAGE_TONES
from console.voice import Voice
from core.actor import Actor
from core.ids import uuid7
from customers import overview, policies
from customers import queries as customer_queries

Options = list[tuple[str, str]]
_DATUMS = ("WGS-84", "GCJ-02", "BD-09")


def _grades(actor: Actor, voice: Voice) -> Options:
    return [("", voice.say("customers.grade.none")), *((grade, grade) for grade in "ABCD")]


def _stages(actor: Actor, voice: Voice) -> Options:
    return [(stage, voice.say(f"customers.stage.{stage}")) for stage in STAGE_TONES]


def _datums(actor: Actor, voice: Voice) -> Options:
    return [(datum, voice.say(f"customers.datum.{datum}")) for datum in _DATUMS]


def _sharers(customer: Any, actor: Actor, voice: Voice) -> Options:
    """Those whom it is shared with, of whatever team."""
    people = account_queries.list_everybody().filter(id__in=customer_queries.list_sharers(customer.id)).order_by("name")
    return [(str(id_), name) for id_, name in people.values_list("id", "name")]


def _colleagues(actor: Actor, voice: Voice) -> Options:
    people = account_queries.list_team_people(actor).filter(is_active=True).order_by("name")
    return [(str(id_), name) for id_, name in people.values_list("id", "name")]


def _of_row(fields: tuple[Field, ...], read: Any = lambda row: {}) -> Any:
    """Begins an edit with the row's own values."""

    def start(row: Any, request: HttpRequest) -> Values:
        return edits.begin(
            {item.name: getattr(row, item.name) for item in fields if hasattr(row, item.name)} | read(row)
        )

    return start


def _name(row: Any) -> str:
    return str(row.name)


def _name_within(row: Any) -> str:
    return f"{row.name} · {row.customer.name}"


def _site(actor: Actor, id: UUID) -> Any:
    return customer_queries.get_seen_site(actor, id)


def _about_customer(path: Values, values: Values) -> Values:
    return {"customer_id": path["id"]} | values


def _new(path: Values, values: Values) -> Values:
    return {"id": str(uuid7()), "customer_id": path["id"]} | values


# The record

_CUSTOMER = (
    Field("name", empty=""),
    Field("code", required=False),
    Field("external_id", required=False),
    Field("customer_class", "choice", required=False, choices=_grades),
    Field("channel", required=False),
    Field("stage", "choice", choices=_stages),
    Field("phone", required=False, empty=""),
    Field("address", required=False, empty=""),
    Field("notes", "textarea", required=False, empty=""),
    Field("credit_hold", "check", required=False, empty=False),
)

EDIT = CommandForm(
    "customers.edit",
    "customers/<uuid:id>/edit",
    command="customers.update",
    fields=(*_CUSTOMER, edits.WAS),
    subject=overview.get_row,
    named=_name,
    start=_of_row(_CUSTOMER),
    payload=edits.changes,
    back="customers",
).register()

ARCHIVE = CommandForm(
    "customers.archive",
    "customers/<uuid:id>/archive",
    command="customers.archive",
    subject=overview.get_row,
    named=_name,
    back="customers",
    danger=True,
).register()

UNARCHIVE = CommandForm(
    "customers.unarchive",
    "customers/<uuid:id>/unarchive",
    command="customers.unarchive",
    subject=overview.get_row,
    named=_name,
    back="customers",
).register()

# Sites

_SITE = (
    Field("name", empty=""),
    Field("address", required=False, empty=""),
    Field("lat", "number", required=False),
    Field("lon", "number", required=False),
    Field("datum", "choice", required=False, choices=_datums),
    Field("fence_radius_m", "number"),
    *(Field(day, required=False, empty="") for day in opening_hours.WEEKDAYS),
)


def _site_members(values: Values) -> Values:
    """A site as its commands take it: one position, one week."""
    members = {name: values.get(name) for name in ("name", "address", "fence_radius_m")}
    lat, lon = values.get("lat"), values.get("lon")
    if lat is None and lon is None:
        position = None
    else:
        position = {"lat": _degrees(lat), "lon": _degrees(lon), "datum": values.get("datum") or "WGS-84"}
    return members | {"position": position, "opening_hours": opening_hours.from_fields(values)}


def _degrees(value: Any) -> Any:
    return float(value) if isinstance(value, int) else value


def _site_fields(site: Any) -> Values:
    radius = site.fence_radius_m
    shown = int(radius) if radius == int(radius) else radius
    return {"datum": "WGS-84", "fence_radius_m": shown} | opening_hours.as_fields(site.opening_hours)


ADD_SITE = CommandForm(
    "customers.add_site",
    "customers/<uuid:id>/add-site",
    command="customers.add_site",
    fields=_SITE,
    subject=overview.get_row,
    named=_name,
    start=lambda customer, request: {"fence_radius_m": 200},
    payload=lambda path, values: _new(path, _site_members(values)),
    back="customers",
).register()

EDIT_SITE = CommandForm(
    "customers.edit_site",
    "customers/sites/<uuid:id>/edit",
    command="customers.update_site",
    fields=(*_SITE, edits.WAS),
    subject=_site,
    named=_name_within,
    start=_of_row(_SITE, _site_fields),
    payload=lambda path, values: edits.changes(path, values, _site_members),
    back="customers",
).register()

REMOVE_SITE = CommandForm(
    "customers.remove_site",
    "customers/sites/<uuid:id>/remove",
    command="customers.remove_site",
    subject=_site,
    named=_name_within,
    back="customers",
    danger=True,
).register()

# Contacts

_CONTACT = (
    Field("name", empty=""),
    Field("title", required=False, empty=""),
    Field("phone", required=False, empty=""),
    Field("email", required=False, empty=""),
    Field("notes", "textarea", required=False, empty=""),
    Field("is_primary", "check", required=False, empty=False),
)

ADD_CONTACT = CommandForm(
    "customers.add_contact",
    "customers/<uuid:id>/add-contact",
    command="customers.add_contact",
    fields=_CONTACT,
    subject=overview.get_row,
    named=_name,
    payload=_new,
    back="customers",
).register()

EDIT_CONTACT = CommandForm(
    "customers.edit_contact",
    "customers/contacts/<uuid:id>/edit",
    command="customers.update_contact",
    fields=(*_CONTACT, edits.WAS),
    subject=overview.get_seen_contact,
    named=_name_within,
    start=_of_row(_CONTACT),
    payload=edits.changes,
    back="customers",
).register()

REMOVE_CONTACT = CommandForm(
    "customers.remove_contact",
    "customers/contacts/<uuid:id>/remove",
    command="customers.remove_contact",
    subject=overview.get_seen_contact,
    named=_name_within,
    back="customers",
    danger=True,
).register()

# Who sees it


def _asked_user(customer: Any, request: HttpRequest) -> Values:
    return {"user_id": request.GET.get("user", "")}


SHARE = CommandForm(
    "customers.share",
    "customers/<uuid:id>/share",
    command="customers.share",
    fields=(Field("user_id", "choice", choices=_colleagues),),
    subject=overview.get_row,
    named=_name,
    payload=_about_customer,
    back="customers",
).register()

UNSHARE = CommandForm(
    "customers.unshare",
    "customers/<uuid:id>/unshare",
    command="customers.unshare",
    fields=(Field("user_id", "choice", among=_sharers),),
    subject=overview.get_row,
    named=_name,
    start=_asked_user,
    payload=_about_customer,
    back="customers",
    danger=True,
).register()

FOLLOW = CommandForm(
    "customers.follow",
    "customers/<uuid:id>/follow",
    command="customers.follow",
    subject=overview.get_row,
    named=_name,
    payload=_about_customer,
    back="customers",
    roles=policies.SUPERIORS,
).register()

UNFOLLOW = CommandForm(
    "customers.unfollow",
    "customers/<uuid:id>/unfollow",
    command="customers.unfollow",
    subject=overview.get_row,
    named=_name,
    payload=_about_customer,
    back="customers",
    roles=policies.SUPERIORS,
).register()
