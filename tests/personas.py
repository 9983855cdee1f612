"""The people of the tests: a fresh company per call, whose members everybody knows by name.

alice and bob are reps of team North; carol manages the region above North; dora is the administrator; erin is an
engineer of team North; dan dispatches in the region; zed is a rep of team South, outside of carol's region.
"""

import itertools
import json
import os
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.test import Client

# Cheap hashes: the tests sign in thousands of times. Servers started by tests inherit the environment.
os.environ["ROUNDSMAN_ARGON2"] = "1,8,1"
os.environ["ROUNDSMAN_SIGN_IN_FAILURES_PER_ADDRESS"] = "1000000"
settings.ARGON2 = (1, 8, 1)
settings.SIGN_IN_FAILURES_PER_ADDRESS = 1_000_000
settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]

from accounts import queries  # noqa: E402
from accounts.commands.companies import create_company  # noqa: E402
from accounts.commands.users import create_users  # noqa: E402
from accounts.schemas.people import CreateUser  # noqa: E402
from core.actor import Actor  # noqa: E402
from core.batches import CommandRequest, Verdict  # noqa: E402
from core.commands import execute, execute_all  # noqa: E402
from core.ids import uuid7  # noqa: E402

PASSWORD = "correct horse battery"
_PEOPLE: dict[str, tuple[str, list[str], str]] = {
    "alice": ("Alice Wang", ["rep"], "north"),
    "bob": ("Bob Li", ["rep"], "north"),
    "carol": ("Carol Chen", ["manager"], "region"),
    "erin": ("Erin Zhou", ["engineer"], "north"),
    "dan": ("Dan Wu", ["dispatcher"], "region"),
    "zed": ("Zed Xu", ["rep"], "south"),
}
_UNITS = {"company": None, "region": "company", "north": "region", "south": "company"}
_numbers = itertools.count(1)


class ApiClient(Client):
    """A signed-in device. Use it as Django's test client, or by `call` for JSON in and out."""

    def __init__(self, session: dict[str, Any], **defaults: Any) -> None:
        super().__init__(headers={"Authorization": f"Bearer {session['access_token']}"}, **defaults)
        self.session_tokens = session
        self.device_id = UUID(session["device"]["id"])

    def call(
        self, method: str, path: str, body: Any = None, *, key: UUID | None = None, **headers: str
    ) -> HttpResponse:
        """`call("POST", "/api/v1/customers", {...}, key=command_id)`. key: the Idempotency-Key."""
        return call(self, method, path, body, key=key, **headers)


def call(
    client: Client, method: str, path: str, body: Any = None, *, key: UUID | None = None, **headers: str
) -> HttpResponse:
    """One JSON request; `Response.json()` has the answer."""
    if key is not None:
        headers["Idempotency-Key"] = str(key)
    data = "" if body is None else json.dumps(body, default=str)
    return client.generic(method, path, data, content_type="application/json", headers=headers)


@dataclass
class Persona:
    """One person. actor: on no device. password: in clear, the same for all."""

    company: "TestCompany"
    username: str
    actor: Actor
    password: str = PASSWORD

    @property
    def id(self) -> UUID:
        """The user's id."""
        return self.actor.user_id

    def sign_in(self, device_id: UUID | None = None, **device: Any) -> HttpResponse:
        """Sign in over HTTP; a fresh device unless one is named."""
        body = {
            "company": self.company.code,
            "username": self.username,
            "password": self.password,
            "device": {"id": device_id or uuid7(), "name": f"{self.username}'s phone", "platform": "android"} | device,
        }
        return call(Client(REMOTE_ADDR=self.company.address), "POST", "/api/v1/auth/sign-in", body)

    def client(self, device_id: UUID | None = None) -> ApiClient:
        """A client signed in through the real endpoint, on a fresh device unless one is named."""
        response = self.sign_in(device_id)
        assert response.status_code == 200, response.content
        return ApiClient(response.json(), REMOTE_ADDR=self.company.address)

    def execute(self, name: str, payload: dict[str, Any], command_id: UUID | None = None) -> Verdict:
        """Run a command as this person, without HTTP."""
        return execute(name, payload, actor=self.actor, command_id=command_id)


@dataclass
class TestCompany:
    """A company with its people and org units (`company`, `region`, `north`, `south`). Personas are attributes too."""

    __test__ = False

    id: UUID
    code: str
    units: dict[str, UUID]
    people: dict[str, Persona] = field(default_factory=dict)
    address: str = "127.0.0.1"

    def __getattr__(self, name: str) -> Persona:
        people = self.__dict__.get("people", {})
        if name in people:
            return people[name]
        raise AttributeError(name)

    def actor(self, name: str) -> Actor:
        """The actor of a persona."""
        return self.people[name].actor

    def client(self, name: str, device_id: UUID | None = None) -> ApiClient:
        """A signed-in client of a persona."""
        return self.people[name].client(device_id)

    def add_person(self, username: str, roles: list[str], unit: str | None = None, name: str | None = None) -> Persona:
        """One more user, with the same password as the others."""
        return self._add({username: (name or username.title(), roles, unit)})[0]

    def _add(self, people: dict[str, tuple[str, list[str], str | None]]) -> list[Persona]:
        payloads = [
            CreateUser(id=uuid7(), username=username, name=name, roles=roles, org_unit_id=unit and self.units[unit])
            for username, (name, roles, unit) in people.items()
        ]
        verdicts = create_users(self.actor("dora"), payloads, PASSWORD)
        assert all(verdict.settled for verdict in verdicts), verdicts
        added = [Persona(self, payload.username, queries.get_actor(self.id, payload.id)) for payload in payloads]
        self.people |= {persona.username: persona for persona in added}
        return added


def make_company(locale: str = "en") -> TestCompany:
    """A company of its own, with everybody in it."""
    number = next(_numbers)
    code = f"co-{os.getpid()}-{number}-{uuid7().hex[-6:]}"
    founder = create_company(code, f"Company {number}", admin="dora", password=PASSWORD, locale=locale)
    units = {name: uuid7() for name in _UNITS}
    requests = [
        CommandRequest(
            "accounts.create_org_unit",
            {"id": str(units[name]), "name": name.title(), "parent_id": str(units[parent]) if parent else None},
        )
        for name, parent in _UNITS.items()
    ]
    verdicts = execute_all(requests, actor=founder, door="console")
    assert all(verdict.settled for verdict in verdicts), verdicts
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    company = TestCompany(founder.company_id, code, units, address=address)
    company.people["dora"] = Persona(company, "dora", founder)
    company._add(dict(_PEOPLE))
    return company
