"""Trails: how fast points come in, how fast a day is played, and how fast a map of everybody is there."""

import io
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from time import perf_counter
from typing import Any
from uuid import UUID

from django.db import connections

from accounts.commands.users import create_users
from accounts.schemas.people import CreateUser
from benchmarks import seed
from benchmarks.load import Connection, drive, in_second_process, repeat, request_bytes
from benchmarks.result import Result
from benchmarks.server import Server
from core.batches import CommandRequest
from core.clock import now
from core.commands import execute_all
from core.ids import uuid7

_POINTS = "/api/v1/trails/points"
_BATCH = 5_000
_EVERY_MS = 4_000
_PHONES, _BATCHES = 8, 15
_PEOPLE = 10_000
_LONG_AGO = timedelta(days=40)
_ALWAYS = {
    day: [{"start": "00:00", "end": "24:00"}]
    for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
}
_numbers = count(1)


def trails(server: Server) -> Iterator[Result]:
    """Batches of 5,000 points of eight phones at once; a day of 10,000 points; the last positions of 10,000 people."""
    company = seed.make_company()
    unit, text = _track(company)
    phones = [_employee(company, unit, text) for _ in range(_PHONES)]
    viewer = _employee(company, unit, text, "manager")
    yesterday = (now() - timedelta(days=1)).date()
    yield _ingest(server, phones, yesterday)
    seed.analyze()
    yield from _playback(server, viewer, phones[0], yesterday)
    _place_everybody(company, unit)
    seed.analyze()
    yield from _last_positions(server, viewer)


def _ingest(server: Server, phones: list[seed.Phone], yesterday: date) -> Result:
    """Two batches of each day, one day after the other."""
    requests = [
        [_batch(phone, yesterday - timedelta(days=number // 2), number % 2) for number in range(_BATCHES)]
        for phone in phones
    ]

    def client(own: list[bytes]) -> Iterable[bytes]:
        return own

    found = in_second_process(drive, server.port, [lambda own=own: client(own) for own in requests], 120.0)
    rate = found.requests * _BATCH / found.seconds
    return Result(
        f"{found.requests} batches of {_BATCH:,} points, {_PHONES} phones at once",
        f"{rate:,.0f} points/s, p50 {found.percentile_ms(0.5):.0f} ms a batch",
        "50,000 points/s",
        rate >= 50_000,
        f"{_floor(found.requests * _BATCH):,.0f} points/s: copied as rows into a plain table",
    )


def _playback(server: Server, viewer: seed.Phone, phone: seed.Phone, day: date) -> Iterator[Result]:
    for detail in ("simplified", "full"):
        path = f"/api/v1/trails/days/{phone.actor.user_id}/{day}?purpose=safety&detail={detail}"
        request = request_bytes(path, viewer.token, method="GET")
        stored = Connection(server.port).post(request).json()["points_stored"]
        if stored != 2 * _BATCH:
            raise RuntimeError(f"{stored} points stored of {2 * _BATCH}")
        found = in_second_process(repeat, server.port, [request], 4.0)
        yield Result(
            f"playback of a day of {stored:,} points, {detail}, one client",
            f"p50 {found.percentile_ms(0.5):.0f} ms",
            "p50 ≤ 50 ms",
            found.percentile_ms(0.5) <= 50,
        )


def _last_positions(server: Server, viewer: seed.Phone) -> Iterator[Result]:
    request = request_bytes("/api/v1/trails/last-positions?purpose=dispatch", viewer.token, method="GET")
    people = len(Connection(server.port).post(request).json()["items"])
    if people < _PEOPLE:
        raise RuntimeError(f"{people} people instead of {_PEOPLE}")
    found = in_second_process(repeat, server.port, [request], 5.0)
    yield Result(
        f"last positions of {people:,} people, one client",
        f"p50 {found.percentile_ms(0.5):.0f} ms",
        "p50 ≤ 100 ms",
        found.percentile_ms(0.5) <= 100,
    )


def _batch(phone: seed.Phone, day: date, half: int) -> bytes:
    """Five and a half hours of somebody on the move: half a day, a point every four seconds."""
    begun = datetime.combine(day, time(1 + 8 * half), UTC)
    sent = now()
    uptime_ms = round((sent - begun).total_seconds() * 1000)
    clock = {"at": sent.isoformat(), "uptime_ms": 10**12, "boot_id": "bench"}
    body: dict[str, Any] = {
        "id": str(uuid7()),
        "clock": clock,
        **clock,
        "at": begun.isoformat(),
        "uptime_ms": 10**12 - uptime_ms,
        "points": {
            "after_ms": [0, *[_EVERY_MS] * (_BATCH - 1)],
            "lat_e7": [399_042_000, *[(number % 7 - 2) * 40 for number in range(1, _BATCH)]],
            "lon_e7": [1_164_074_000, *[(number % 5 - 2) * 90 for number in range(1, _BATCH)]],
            "accuracy_m": [5 + number % 20 for number in range(_BATCH)],
        },
    }
    return request_bytes(_POINTS, phone.token, body)


def _track(company: seed.Company) -> tuple[UUID, UUID]:
    """An org unit whose people are tracked at all hours, and the text that they agree to."""
    unit, text = uuid7(), uuid7()
    seed.run(company.admin, "accounts.create_org_unit", [{"id": str(unit), "name": "Field"}])
    purposes = [{"purpose": name, "days": 30} for name in ("dispatch", "safety", "evidence", "mileage")]
    policy = {"id": str(uuid7()), "org_unit_id": str(unit), "tracks": True, "purposes": purposes, "hours": _ALWAYS}
    _long_ago(company.admin, "trails.set_policy", policy)
    _long_ago(company.admin, "trails.publish_text", {"id": str(text), "text_version": 1, "en": "Yes.", "zh": "同意。"})
    return unit, text


def _employee(company: seed.Company, unit: UUID, text: UUID, role: str = "rep") -> seed.Phone:
    user_id, name = uuid7(), f"person{next(_numbers)}"
    user = {"id": user_id, "username": name, "name": name, "roles": (role,), "org_unit_id": unit}
    create_users(company.admin, [CreateUser.model_validate(user)], seed.PASSWORD)
    phone = company.another_device(user_id)
    _long_ago(phone.actor, "trails.give_consent", {"id": str(uuid7()), "text_id": str(text)})
    return phone


def _long_ago(actor: Any, name: str, payload: dict[str, Any]) -> None:
    [verdict] = execute_all([CommandRequest(name, payload, occurred_at=now() - _LONG_AGO)], actor=actor, door="import")
    if not verdict.settled:
        raise RuntimeError(f"{name}: {verdict.code} {verdict.message}")


def _place_everybody(company: seed.Company, unit: UUID) -> None:
    """So many people with a last position each; the positions by plain SQL."""
    ids = [uuid7() for _ in range(_PEOPLE)]
    users = [
        CreateUser.model_validate(
            {"id": id_, "username": f"walker{n}", "name": f"Walker {n}", "roles": ("rep",), "org_unit_id": unit}
        )
        for n, id_ in enumerate(ids)
    ]
    for start in range(0, _PEOPLE, 1_000):
        create_users(company.admin, users[start : start + 1_000], seed.PASSWORD)
    with connections["owner"].cursor() as cursor:
        cursor.execute("begin")
        cursor.execute("select set_config('roundsman.company_id', %s, true)", [str(company.admin.company_id)])
        cursor.execute(
            "insert into trails_last_position"
            " (company_id, user_id, device_id, at, verified, lat_e7, lon_e7, accuracy_m)"
            " select %s, id, gen_random_uuid(), now() - random() * interval '1 hour', true,"
            " 399000000 + (random() * 1e6)::int, 1164000000 + (random() * 1e6)::int, 10 from unnest(%s::uuid[]) id",
            [company.admin.company_id, ids],
        )
        cursor.execute("commit")


def _floor(points: int) -> float:
    """Points a second when they are copied as rows: person, instant, position, accuracy; no index but the heap."""
    person = uuid.uuid4()
    text = io.StringIO()
    for number in range(points):
        text.write(f"{person}\t{number}\t399042000\t1164074000\t12\n")
    with connections["owner"].cursor() as cursor:
        cursor.execute("create temporary table bench_point (person uuid, at bigint, lat int, lon int, accuracy int)")
        began = perf_counter()
        with cursor.cursor.copy("copy bench_point from stdin") as copy:
            copy.write(text.getvalue())
        seconds = perf_counter() - began
        cursor.execute("drop table bench_point")
    return points / seconds
