"""Proposals for pins: somebody stood at the door and says where it is; a manager looks at the map and decides."""

import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts import queries as account_queries
from console.basemap import spot
from console.cells import State
from console.forms import CommandForm, Field, return_address
from console.registry import page
from console.rendering import render, visitor_of, voice_of
from console.voice import Voice
from core.geodesy import Coordinates, distance_m
from customers import overview, policies
from customers import queries as customer_queries
from visits.queries import evidence as evidence_queries

_SHOWN = 50
_TONES = {"verified": "good", "outside": "bad"}


@page("customers.pin", "customers/pins/<uuid:id>")
def show_pin(request: HttpRequest, id: UUID) -> HttpResponse:
    """Where the site is, where it should be, and which evidence there would be judged again."""
    visitor, voice = visitor_of(request), voice_of(request)
    assert visitor is not None
    pin = overview.get_waiting_pin(visitor.actor, id)
    site = customer_queries.list_sites_of(pin.customer_id).filter(id=pin.site_id).first() if pin.site_id else None
    evidence = evidence_queries.list_customer_evidence([pin.customer_id]).order_by("-occurred_at", "-id")
    shown = list(evidence[: _SHOWN + 1])
    people = account_queries.list_users({pin.proposed_by_id, *(row.rep_id for row in shown)})
    names = {user.id: user.name for user in people.values()}
    there, now = Coordinates(pin.lat, pin.lon), site.coordinates if site else None
    radius = pin.fence_radius_m or (site.fence_radius_m if site else 200.0)
    reasons = customer_queries.list_reasons(visitor.actor, [pin.customer_id]).get(pin.customer_id, frozenset())
    return render(
        request,
        "customer_pin.html",
        pin=pin,
        site=site,
        radius=voice.number(round(radius)),
        proposer=names.get(pin.proposed_by_id, "–"),
        moved=_metres(distance_m(now, there), voice) if now else None,
        rows=[_told(row, names, there, voice) for row in shown[:_SHOWN]],
        more=len(shown) > _SHOWN,
        drawn=json.dumps(_drawn(there, now, radius, site, shown[:_SHOWN])),
        may=policies.in_charge(visitor.actor, reasons) and visitor.actor.has_role(*policies.ASSIGNERS),
        back=return_address(request, reverse("console:customers.customer", kwargs={"id": pin.customer_id})),
    )


def _told(row: Any, names: dict[UUID, str], there: Coordinates, voice: Voice) -> dict[str, Any]:
    away = distance_m(Coordinates(row.lat, row.lon), there) if row.lat is not None else None
    return {
        "at": row.occurred_at,
        "who": names.get(row.rep_id, "–"),
        "direction": voice.say(f"customers.direction.{row.direction}"),
        "verdict": State(f"visits.verdict.{row.verdict}", _TONES.get(row.verdict, "warn")),
        "now": _metres(row.distance_m, voice) if row.distance_m is not None else "–",
        "then": _metres(away, voice) if away is not None else "–",
    }


def _drawn(there: Coordinates, now: Coordinates | None, radius: float, site: Any, rows: list[Any]) -> dict[str, Any]:
    """What the map shows, as the basemap wants it placed."""
    return {
        "proposed": spot(*there),
        "radius": radius,
        "present": spot(*now) if now else None,
        "present_radius": site.fence_radius_m if now else None,
        "evidence": [
            {"id": str(row.id), "at": spot(row.lat, row.lon), "tone": _TONES.get(row.verdict, "warn")}
            for row in rows
            if row.lat is not None
        ],
    }


def _metres(distance: float, voice: Voice) -> str:
    return f"{voice.number(round(distance))} m" if distance < 10_000 else f"{voice.number(round(distance / 1000))} km"


def _named(pin: Any) -> str:
    return f"{pin.name} · {pin.customer.name}"


APPROVE = CommandForm(
    "customers.approve_pin",
    "customers/pins/<uuid:id>/approve",
    command="customers.approve_pin",
    subject=overview.get_waiting_pin,
    named=_named,
    back="customers",
).register()

REJECT = CommandForm(
    "customers.reject_pin",
    "customers/pins/<uuid:id>/reject",
    command="customers.reject_pin",
    fields=(Field("reason", "textarea", empty=""),),
    subject=overview.get_waiting_pin,
    named=_named,
    back="customers",
    danger=True,
).register()
