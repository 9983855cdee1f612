"""How a customer is visited, as its page tells it: when next, by which cycles, on which routes."""

from typing import Any

from django.urls import reverse

from console.cells import State
from console.pages.cycles import may_edit, often, preferred_days
from console.pages.routes import days_in_words
from console.pages.visits import day_address
from console.voice import Voice
from core.actor import Actor
from visits.queries import rhythm as queries


def read(actor: Actor, customer: Any, voice: Voice) -> dict[str, Any]:
    """What the page shows; a fixed number of queries."""
    found = queries.get_rhythm(actor, customer, voice.today())
    return {
        "due": found.due
        and voice.say(
            "customers.rhythm.due", first=voice.short_day(found.due.first), last=voice.short_day(found.due.last)
        ),
        "planned": found.planned
        and {
            "text": voice.say(
                "customers.rhythm.planned",
                day=voice.short_day(found.planned.visit_date),
                name=found.planned.rep.name,
            ),
            "href": day_address(found.planned.rep_id, found.planned.visit_date),
        },
        "cycles": [_cycle(cycle, number, actor, voice) for number, cycle in enumerate(found.cycles)],
        "routes": [
            {
                "name": route.name,
                "href": reverse("console:routes.route", kwargs={"id": route.id}),
                "about": f"{route.rep.name} · {days_in_words(route, voice)}",
            }
            for route in found.routes
        ],
    }


def _cycle(cycle: Any, number: int, actor: Actor, voice: Voice) -> dict[str, Any]:
    """One that concerns the customer. number: how many are stronger."""
    chips = [State("customers.rhythm.own", "plain")] if cycle.customer_id else []
    if cycle.valid_from > voice.today():
        chips.append(State("customers.rhythm.coming", "wait"))
    elif number:
        chips.append(State("customers.rhythm.weaker", "plain"))
    return {
        "name": cycle.name,
        "about": f"{often(cycle, voice)} · {preferred_days(cycle, voice)}",
        "chips": chips,
        "edit": reverse("console:cycles.edit", kwargs={"id": cycle.id}) if may_edit(cycle, actor) else None,
    }
