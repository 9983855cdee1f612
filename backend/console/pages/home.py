"""Home: what there is today, as figures that lead to the rows behind them."""

from datetime import timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts import queries as account_queries
from console.registry import Place, page
from console.rendering import render, visitor_of, voice_of
from core.clock import now
from sync import queries as sync_queries


@page("home", "", place=Place("work", 10, "home"))
def home(request: HttpRequest) -> HttpResponse:
    """The figures of the reader's people."""
    visitor, voice = visitor_of(request), voice_of(request)
    assert visitor is not None
    actor, today = visitor.actor, now().astimezone(voice.zone).date()
    devices, commands = reverse("console:devices"), reverse("console:audit")
    sent = sync_queries.list_commands(actor).filter(received_at__gte=voice.midnight(today))
    figures = [
        ("people", account_queries.list_people(actor).filter(is_active=True).count(), devices),
        ("devices", _devices_seen(actor), f"{devices}?state=active"),
        ("commands", sent.count(), f"{commands}?{urlencode({'since': today})}"),
        ("parked", sync_queries.count_parked(actor), f"{commands}?status=parked"),
    ]
    return render(
        request,
        "home.html",
        figures=[
            {"label": voice.say(f"home.figure.{name}"), "value": voice.number(value), "href": href}
            for name, value, href in figures
        ],
    )


def _devices_seen(actor: object) -> int:
    rows = sync_queries.list_device_states(actor)  # type: ignore[arg-type]
    return rows.filter(last_sync_at__gte=now() - timedelta(days=1)).count()
