"""The live map: where the people of a team were last, what they are about, and the customers' sites around them."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from accounts import queries as account_queries
from console.list_map import PlaceOnMap, answer
from console.people_now import STATES, Field, read_field
from console.people_told import told, urgency
from console.registry import Place, address_if_any, page
from console.rendering import render, visitor_of, voice_of
from console.voice import Voice
from core.actor import Actor
from core.errors import InvalidInput
from customers import queries as customer_queries
from customers.placed_sites import list_placed_sites
from visits.queries import today as visit_queries

_SITES = "sites"


@dataclass(frozen=True)
class Asked:
    """What the reader chose. team: an org unit; state: one of `STATES`."""

    team: UUID | None
    state: str

    @property
    def query(self) -> str:
        """As it stands in an address."""
        return urlencode({name: value for name, value in (("team", self.team), ("state", self.state)) if value})


def _asked(request: HttpRequest, voice: Voice) -> Asked:
    team, state = request.GET.get("team", ""), request.GET.get("state", "")
    if state and state not in STATES:
        raise InvalidInput("state", reason=voice.say("list.bad_choice"))
    try:
        return Asked(UUID(team) if team else None, state)
    except ValueError:
        raise InvalidInput("team", reason=voice.say("list.bad_choice")) from None


@page("map", "map", place=Place("work", 20, "map"))
def live_map(request: HttpRequest) -> HttpResponseBase:
    """People beside the map; with `?as=sites` the sites for it, as GeoJSON."""
    visitor, voice = visitor_of(request), voice_of(request)
    assert visitor is not None
    asked = _asked(request, voice)
    if request.GET.get("as") == _SITES:
        return answer(request, _sites(visitor.actor, asked))
    field = read_field(visitor.actor, voice)
    people = field.within(asked.team) if asked.team else field.people
    chosen = [person for person in people if not asked.state or asked.state in person.states]
    return render(
        request,
        "map.html",
        people=[told(person, voice) for person in sorted(chosen, key=urgency)],
        teams=_teams(field, asked),
        states=[
            (state, voice.say(f"map.state.{state}"), sum(state in person.states for person in people))
            for state in STATES
        ],
        asked=asked,
        sites=f"?{urlencode({'as': _SITES, **({'team': asked.team} if asked.team else {})})}",
        customers=address_if_any("customers"),
        nobody=not field.people,
    )


@page("map.site", "map/sites/<uuid:id>")
def site(request: HttpRequest, id: UUID) -> HttpResponse:
    """The card of a site: whose it is, and when somebody was or will be there."""
    visitor, voice = visitor_of(request), voice_of(request)
    assert visitor is not None
    found = customer_queries.get_seen_site(visitor.actor, id)
    last, following = visit_queries.find_neighbours(visitor.actor, found.customer_id, voice.today())
    return render(
        request,
        "map_site.html",
        site=found,
        last=last,
        following=following,
        address=address_if_any("customers.customer", {"id": found.customer_id}),
        visits=address_if_any("visits", customer=found.customer_id),
    )


def _teams(field: Field, asked: Asked) -> list[tuple[str, str, bool]]:
    """The org units to choose from: those with people in the field, or above such."""
    alive = {person.team_id for person in field.people}
    inside = {id_ for team in field.teams if team.id in alive for id_ in team.path}
    return [(str(team.id), team.name, team.id == asked.team) for team in field.teams if team.id in inside]


def _sites(actor: Actor, asked: Asked) -> Iterator[PlaceOnMap]:
    """The sites that the map shows: of the customers in use whom the actor sees, all or those of a team."""
    customers = customer_queries.visible(actor).filter(archived_at__isnull=True)
    if asked.team is not None:
        people = account_queries.list_team_people(actor).filter(org_unit__path__contains=[asked.team])
        customers = customers.filter(owner_id__in=people.values_list("id", flat=True))
    return (PlaceOnMap(site.id, site.customer, site.lat, site.lon) for site in list_placed_sites(customers))
