"""The people of a team as they are now: what their day is, whom they are with, where they were last.

A position is the newest of three: the last point of somebody's trail, where policy and consent open it to the reader
for the purpose `dispatch` (the look is noted); where his phone was when he last checked in or out today; and the site
at which he checked in without having left it yet, where his phone did not know its position.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from uuid import UUID

import orjson

from accounts import queries as account_queries
from console.basemap import Spot, spot
from console.voice import Voice
from core.actor import Actor
from core.clock import now
from trails.last_positions import look_at_positions
from trails.purposes import Purpose
from visits import punctuality
from visits.queries import today as queries
from visits.queries.today import Call
from visits.states import State

FIELD_ROLES = frozenset({"engineer", "rep"})
STATES = ("visiting", "planned", "late", "unplaced")
"""What people can be chosen by; somebody can be several at once."""


@dataclass(frozen=True)
class Whereabouts:
    """Where somebody was last. source: trail, check_in or visit. live: so fresh that it counts as the present one."""

    at: datetime
    lat: float
    lon: float
    source: str
    live: bool = False

    @property
    def spot(self) -> Spot:
        """Where the basemap shows it."""
        return spot(self.lat, self.lon)


@dataclass
class Person:
    """Somebody in the field. calls: his visits today, in their order; at: when this was read."""

    id: UUID
    name: str
    team_id: UUID | None
    team: str
    at: datetime
    calls: list[Call] = field(default_factory=list)
    whereabouts: Whereabouts | None = None
    missed: int = 0

    @cached_property
    def open(self) -> list[Call]:
        """Checked in, not out."""
        return [call for call in self.calls if call.state == State.OPEN]

    @cached_property
    def done(self) -> list[Call]:
        """Checked out."""
        return [call for call in self.calls if call.state == State.CLOSED]

    @cached_property
    def to_come(self) -> list[Call]:
        """Still only planned."""
        return [call for call in self.calls if call.state == State.PLANNED]

    @cached_property
    def planned(self) -> list[Call]:
        """Those that somebody had planned for this day, whatever became of them."""
        return [call for call in self.calls if call.planned_date == call.visit_date]

    @cached_property
    def late(self) -> list[Call]:
        """Those whose check-in came, or is still to come, later than agreed."""
        return [call for call in self.calls if punctuality.is_late(call, self.at, call.visit_date)]

    @cached_property
    def waited_for(self) -> list[Call]:
        """Of the late ones, those that nobody has begun."""
        return [call for call in self.late if call.state == State.PLANNED]

    def place(self, found: Whereabouts) -> None:
        """He was there, unless something newer is known."""
        if self.whereabouts is None or self.whereabouts.at <= found.at:
            self.whereabouts = found

    @property
    def states(self) -> list[str]:
        """Which of `STATES` he is."""
        whether = {
            "visiting": self.open,
            "planned": self.to_come,
            "late": self.waited_for,
            "unplaced": self.whereabouts is None,
        }
        return [state for state in STATES if whether[state]]

    @property
    def tone(self) -> str:
        """In which colour he is told of at a glance."""
        if self.open:
            return "good"
        if self.waited_for:
            return "bad"
        return "brand" if self.to_come else "plain"

    @property
    def mark(self) -> str:
        """Two letters for his name: the last two characters of a Chinese one, initials of others."""
        if self.name[-1:] > "\u2e7f":
            return self.name[-2:]
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@dataclass(frozen=True)
class Team:
    """An org unit that has people in the field, or has one below it that does. path: from the root to it."""

    id: UUID
    name: str
    path: tuple[UUID, ...]


@dataclass
class Field:
    """Everybody in the field whom the reader leads, by name, and the org units that he looks after, by name."""

    people: list[Person]
    teams: list[Team]

    def within(self, team_id: UUID) -> list[Person]:
        """The people of an org unit and of those below it."""
        inside = {team.id for team in self.teams if team_id in team.path}
        return [person for person in self.people if person.team_id in inside]


def read_field(actor: Actor, voice: Voice) -> Field:
    """The field as it is now. A fixed number of queries."""
    at, today = now(), voice.today()
    teams = [Team(unit.id, unit.name, tuple(unit.path)) for unit in account_queries.list_units(actor).order_by("name")]
    names = {team.id: team.name for team in teams}
    rows = account_queries.list_team_people(actor).filter(is_active=True, roles__overlap=sorted(FIELD_ROLES))
    people = {
        id_: Person(id_, name, unit, names.get(unit, ""), at)
        for id_, name, unit in rows.order_by("name", "id").values_list("id", "name", "org_unit_id")
    }
    for call in queries.list_calls(actor, people, today):
        people[call.rep_id].calls.append(call)
    for person in people.values():
        _place_at_visit(person)
    for id_, seen in queries.list_sightings(actor, people, voice.midnight(today)).items():
        people[id_].place(Whereabouts(seen.at, seen.position.lat, seen.position.lon, "check_in"))
    for item in orjson.loads(look_at_positions(actor, Purpose.DISPATCH, "", at)):
        if (found := people.get(UUID(item["user_id"]))) is not None:
            seen_at, live = datetime.fromisoformat(item["at"]), item["state"] == "live"
            found.place(Whereabouts(seen_at, item["lat"], item["lon"], "trail", live))
    return Field(list(people.values()), teams)


def _place_at_visit(person: Person) -> None:
    for call in person.open:
        if call.checked_in_at is not None and call.lat is not None and call.lon is not None:
            person.place(Whereabouts(call.checked_in_at, call.lat, call.lon, "visit"))
