"""One customer: what is known of it, its places and people, who sees it and why, and what happened there."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from accounts import queries as account_queries
from console import customer_rhythm, customer_timeline, opening_hours
from console.cells import State
from console.pages.customers import marks
from console.registry import page
from console.rendering import render, visitor_of, voice_of
from console.voice import Voice
from core.actor import Actor
from customers import overview, policies
from customers import queries as customer_queries

REASONS = ("owner", "superior", "territory", "share", "follow", "substitution", "joint_visit", "work_order", "all")


@page("customers.customer", "customers/<uuid:id>")
def show_customer(request: HttpRequest, id: UUID) -> HttpResponse:
    """Everything about one customer on one page."""
    visitor, voice = visitor_of(request), voice_of(request)
    assert visitor is not None
    actor = visitor.actor
    customer = overview.get_row(actor, id)
    sites = list(customer_queries.list_sites_of(id).order_by("name", "id"))
    contacts = list(customer_queries.list_contacts_of(id).order_by("-is_primary", "name", "id"))
    pins = list(overview.list_waiting_pins(id))
    access, reasons = _access(actor, id, voice)
    belongings = [row.id for row in (*sites, *contacts, *pins)]
    timeline = customer_timeline.read(actor, customer, belongings, request.GET.get("before"), voice)
    people = account_queries.list_users(timeline.ids | {pin.proposed_by_id for pin in pins})
    names = {str(user.id): user.name for user in people.values()}
    return render(
        request,
        "customer.html",
        customer=customer,
        marks=marks(customer),
        facts=_facts(customer, voice),
        sites=[{"site": site, "hours": opening_hours.in_words(site.opening_hours, voice)} for site in sites],
        contacts=contacts,
        pins=[{"pin": pin, "who": names.get(str(pin.proposed_by_id), "")} for pin in pins],
        rhythm=customer_rhythm.read(actor, customer, voice),
        access=access,
        follows="follow" in reasons,
        may=_may(actor, reasons),
        moments=[customer_timeline.tell(moment, names, voice) for moment in timeline.moments],
        following=timeline.following,
        later="before" in request.GET,
    )


def _facts(customer: Any, voice: Voice) -> list[tuple[str, str]]:
    told = [
        ("owner", customer.owner_name or voice.say("customers.owner.none")),
        ("territory", customer.territory_name),
        ("grade", customer.customer_class),
        ("channel", customer.channel),
        ("code", customer.code),
        ("external_id", customer.external_id),
        ("phone", customer.phone),
        ("address", customer.address),
        ("notes", customer.notes),
    ]
    return [(voice.say(f"customers.fact.{name}"), value) for name, value in told if value]


def _access(actor: Actor, customer_id: UUID, voice: Voice) -> tuple[list[dict[str, Any]], frozenset[str]]:
    """Who sees the customer, for those who may know it; and by which reasons the actor does."""
    if actor.roles.isdisjoint(policies.ASSIGNERS):
        return [], customer_queries.list_reasons(actor, [customer_id]).get(customer_id, frozenset())
    rows = customer_queries.list_access(actor, customer_id)
    mine = next((seen.reasons for user, seen, _ in rows if user.id == actor.user_id), frozenset())
    told = [
        {
            "user": user,
            "why": [State(f"customers.reason.{reason}") for reason in REASONS if reason in seen.reasons],
            "phone": seen.phone,
            "devices": devices,
            "shared": "share" in seen.reasons,
        }
        for user, seen, devices in rows
    ]
    return told, mine


def _may(actor: Actor, reasons: frozenset[str]) -> dict[str, bool]:
    """Which of the page's actions the actor's commands would not refuse for who he is."""
    return {
        "decide": policies.in_charge(actor, reasons) and actor.has_role(*policies.ASSIGNERS),
        "share": policies.in_charge(actor, reasons),
        "set_cycle": policies.in_charge(actor, reasons) and actor.has_role(*policies.ASSIGNERS),
        "reassign": actor.has_role(*policies.ASSIGNERS),
    }
