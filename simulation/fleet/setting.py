"""What a run is made of: the options of `make simulate`, and the company in which it takes place."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

CHINA = timezone(timedelta(hours=8))
WORK_BEGINS = timedelta(hours=8)
WORK_ENDS = timedelta(hours=18)
"""Hours of the day in which the fleet works."""


@dataclass(frozen=True, slots=True)
class Setting:
    """The options of a run. Shares are between 0 and 1.

    offline: of the working time that a phone has no network. faults: of the requests that meet a fault on the network.
    deaths: of the syncs in the middle of which the app dies. tablets: of the reps that have a second device.
    wrong_clocks: of the devices whose clock is up to two days wrong. old_apps: of the phones that know only the first
    schema of each command. absent: how many phones are away for 30 days and come back with `backlog` commands.
    seed: everything that the people do follows from it; what the network and the processes make of it does not.
    drivers: processes that the phones share. threads: phones that act at the same time in each of them.
    """

    reps: int
    days: int
    seed: int
    offline: float = 0.3
    faults: float = 0.05
    deaths: float = 0.05
    tablets: float = 0.1
    wrong_clocks: float = 0.2
    old_apps: float = 0.2
    absent: int = 1
    backlog: int = 5_000
    drivers: int = 2
    threads: int = 8


@dataclass(frozen=True, slots=True)
class Monday:
    """The options of a Monday morning. devices: how many come online. within_s: in how many seconds.

    unsent: commands that each of them brings. companies: how many the devices belong to, in equal parts.
    sample: how many replicas are compared with a fresh pull. looks_again_s: so long after it was done a phone looks for
    news, unless the server asks it to stay away for longer.
    """

    devices: int
    seed: int
    within_s: float = 60.0
    unsent: int = 6
    companies: int = 8
    sample: int = 60
    drivers: int = 2
    looks_again_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Server:
    """A server as the fleet finds it. password: of the administrator `admin` of `company`."""

    url: str
    company: str
    admin: str
    password: str


@dataclass(frozen=True, slots=True)
class Person:
    """A user. roles are known by where he stands in the roster."""

    username: str
    id: str
    unit_id: str


@dataclass(frozen=True, slots=True)
class Shop:
    """A customer at the start, with its only site and contact. lat, lon: degrees in WGS-84."""

    id: str
    name: str
    site_id: str
    contact_id: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Team:
    """A manager, his reps, and the customers that each of them had at the start, by user name."""

    manager: Person
    reps: tuple[Person, ...]
    shops: dict[str, tuple[Shop, ...]]


@dataclass(frozen=True, slots=True)
class Roster:
    """The people of one company who take part. password: of all of them."""

    server: Server
    company_id: str
    password: str
    teams: tuple[Team, ...]
    dispatcher: Person

    @property
    def people(self) -> list[Person]:
        """Everybody, each once."""
        return [self.dispatcher, *(person for team in self.teams for person in (team.manager, *team.reps))]


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of a run. first: midnight of the first one, in the fleet's time zone."""

    first: datetime
    days: int

    @classmethod
    def ending_now(cls, now: datetime, days: int) -> "Calendar":
        """The days up to yesterday, so that nothing is recorded in the server's future."""
        today = now.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
        return cls(today - timedelta(days=days), days)

    def begins(self, day: int) -> datetime:
        """When work begins on a day, counted from 0."""
        return self.first + timedelta(days=day) + WORK_BEGINS

    def ends(self, day: int) -> datetime:
        """When work ends on a day."""
        return self.first + timedelta(days=day) + WORK_ENDS

    def day_of(self, at: datetime) -> int:
        """The day in which an instant lies; the last one for what lies behind."""
        return max(0, min(self.days - 1, (at - self.first).days))


@dataclass(frozen=True, slots=True)
class Places:
    """Where a run keeps what. phones: the folder of the SQLite files. evidence: the file of what was seen.

    network: the address that phones use, which is the faulty network's.
    """

    phones: Path
    evidence: Path
    network: str
