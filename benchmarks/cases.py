"""The measurements, one function a row of the table. Each returns what it measured, with a floor of the same run."""

import json
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connections

from benchmarks import console, planning, seed, trails, uploads, visits
from benchmarks.load import Connection, Measured, drive, in_second_process, repeat, request_bytes
from benchmarks.result import Result
from benchmarks.server import Server

SYNC = "/api/v1/sync"
PULL = "/api/v1/sync/pull"


def first_pull(server: Server) -> Iterator[Result]:
    """20,000 rows in 2,000 scopes, pages of 1 MiB."""
    company = seed.make_company()
    phone = company.phone("first")
    seed.fill(phone.actor, 2_000, 10)
    seed.analyze()

    def work() -> Measured:
        connection = Connection(server.port)
        rows, bodies = 0, []
        began = time.perf_counter()
        cursor = None
        while True:
            answer = connection.post(request_bytes(PULL, phone.token, {"cursor": cursor, "digests": "none"}))
            bodies.append(answer.body)
            tail = answer.body[answer.body.rindex(b'"complete":') :]
            cursor = json.loads(b"{" + tail)["cursor"]
            if tail.startswith(b'"complete":true'):
                break
        seconds = time.perf_counter() - began
        for body in bodies:
            rows += len(json.loads(body)["changes"]["rows"])
        return Measured(rows, seconds, [seconds])

    best = max((in_second_process(work) for _ in range(5)), key=lambda m: m.per_second)
    floor = _floor_first_pull(phone)
    yield Result(
        f"first pull of {best.requests:,} rows in 2,000 scopes, pages of 1 MiB",
        f"{best.per_second:,.0f} rows/s",
        "100,000 rows/s",
        best.per_second >= 100_000,
        f"{floor:,.0f} rows/s: the same bodies concatenated by PostgreSQL alone, one statement",
    )


def idle_pull_300(server: Server) -> Iterator[Result]:
    """300 scopes of a table of a million entries; 16 clients, then one."""
    company = seed.make_company()
    phones = [company.phone(f"idle{number}") for number in range(4)]
    for phone in phones:
        seed.fill(phone.actor, 300, 10)
    seed.add_foreign_entries(company, 1_000_000)
    seed.analyze()
    requests = [_idle_request(server, phones[number % 4]) for number in range(16)]
    in_second_process(repeat, server.port, requests, 2.0)
    many = in_second_process(repeat, server.port, requests, 6.0)
    floor = in_second_process(repeat, server.port, [_live_request()] * 16, 3.0)
    yield Result(
        "idle pull, 300 scopes, 16 clients",
        f"{many.per_second:,.0f} requests/s, p99 {many.percentile_ms(0.99):.1f} ms",
        "1,200 requests/s",
        many.per_second >= 1_200,
        f"{floor.per_second:,.0f} requests/s: GET /health/live",
    )
    one = in_second_process(repeat, server.port, requests[:1], 4.0)
    floor = in_second_process(repeat, server.port, [_live_request()], 2.0)
    yield Result(
        "idle pull, 300 scopes, one client",
        f"p50 {one.percentile_ms(0.5):.2f} ms",
        "p50 ≤ 2.5 ms",
        one.percentile_ms(0.5) <= 2.5,
        f"p50 {floor.percentile_ms(0.5):.2f} ms: GET /health/live",
    )
    yield from _changed_rows(server, phones[0])


def _changed_rows(server: Server, phone: seed.Phone) -> Iterator[Result]:
    """50 changed rows out of 300 scopes."""
    before = _cursor(server, phone)
    with connections["owner"].cursor() as cursor:
        cursor.execute("begin")
        cursor.execute("select set_config('roundsman.company_id', %s, true)", [str(phone.actor.company_id)])
        cursor.execute(
            "update customers_customer set notes = notes || '.' where id in"
            " (select id from customers_customer where owner_id = %s order by id limit 50)",
            [phone.actor.user_id],
        )
        cursor.execute("commit")
    request = request_bytes(SYNC, phone.token, {"cursor": before})
    rows = len(Connection(server.port).post(request).json()["changes"]["rows"])
    if rows != 50:
        raise RuntimeError(f"{rows} rows instead of 50")
    in_second_process(repeat, server.port, [request] * 16, 1.0)
    many = in_second_process(repeat, server.port, [request] * 16, 5.0)
    yield Result(
        "50 changed rows, 300 scopes, 16 clients",
        f"{many.per_second:,.0f} requests/s",
        "800 requests/s",
        many.per_second >= 800,
    )


def push_one_client(server: Server) -> Iterator[Result]:
    """2,000 customers.create, 100 a request."""
    company = _settled_company()
    best: Measured | None = None
    for number in range(5):
        phone = company.phone(f"push{number}")
        requests = list(_pushes(phone, 2_000, 100))
        found = in_second_process(drive, server.port, [lambda requests=requests: requests], 60.0)
        best = found if best is None or found.seconds < best.seconds else best
    assert best is not None
    rate = 2_000 / best.seconds
    floor = _floor_insert(company)
    yield Result(
        "push of 2,000 customers.create, 100 a request, one client",
        f"{rate:,.0f} commands/s",
        "5,000 commands/s",
        rate >= 5_000,
        f"{floor:,.0f} rows/s: bare inserts of 100 rows a transaction into a plain table, same server",
    )


def push_16_clients(server: Server) -> Iterator[Result]:
    """16 clients, 10 commands a request."""
    company = _settled_company()
    phones = [company.phone(f"many{number}") for number in range(16)]
    batches = [list(_pushes(phone, 4_000, 10)) for phone in phones]
    clients: list[Callable[[], Iterable[bytes]]] = [lambda b=batch: b for batch in batches]  # type: ignore[misc]
    before = server.cpu_seconds()
    found = in_second_process(drive, server.port, clients, 8.0)
    rate = found.per_second * 10
    yield Result(
        "push, 16 clients, 10 commands a request",
        f"{rate:,.0f} commands/s, p99 {found.percentile_ms(0.99):.0f} ms, {_cpu(server, before, found)}",
        "3,400 commands/s",
        rate >= 3_400,
    )


def reassign(server: Server) -> Iterator[Result]:
    """300 customers of 10 rows each, from one rep to another; both phones converge by delta only."""
    company = seed.make_company()
    old, new = company.phone("old"), company.phone("new")
    admin = company.another_device(company.admin.user_id)
    ids = seed.fill(old.actor, 300, 10)
    seed.analyze()
    before = {phone.token: _cursor(server, phone) for phone in (old, new)}
    connection = Connection(server.port)
    body = {"customer_ids": ids, "owner_id": str(new.actor.user_id)}
    began = time.perf_counter()
    answer = connection.post(request_bytes("/api/v1/customers/reassign", admin.token, body))
    seconds = time.perf_counter() - began
    if answer.status != 200:
        raise RuntimeError(f"reassign: {answer.status} {answer.body[:300]!r}")
    left = connection.post(request_bytes(PULL, old.token, {"cursor": before[old.token]}))
    entered, size, cursor = 0, 0, before[new.token]
    while True:
        page = connection.post(request_bytes(PULL, new.token, {"cursor": cursor}))
        size += len(page.body)
        found = page.json()
        entered += len(found["changes"]["rows"])
        cursor = found["cursor"]
        if found["complete"]:
            break
    gone = len(left.json()["changes"]["leave"])
    yield Result(
        "reassign 300 customers (3,000 rows)",
        f"{seconds:.2f} s; delta: {gone} scopes left in {len(left.body):,} bytes, {entered:,} rows in {size:,} bytes",
        "≤ 2 s",
        seconds <= 2 and gone == 300 and entered == 3_000,
    )


def idle_pull_2000(server: Server) -> Iterator[Result]:
    """2,000 scopes of a table of more than a million entries; then beside a writer that stays open."""
    company = seed.make_company()
    phone = company.phone("wide")
    seed.fill(phone.actor, 2_000, 10)
    seed.analyze()
    request = _idle_request(server, phone)
    in_second_process(repeat, server.port, [request], 1.0)
    one = in_second_process(repeat, server.port, [request], 4.0)
    entries = _count_entries()
    yield Result(
        f"idle pull, 2,000 scopes over {entries:,} entries, one client",
        f"p50 {one.percentile_ms(0.5):.2f} ms",
        "p50 ≤ 10 ms",
        one.percentile_ms(0.5) <= 10,
    )
    with _open_writer():
        # An hour of other people's and the user's own work, all of it above the open writer's transaction id.
        other = company.phone("busy")
        seed.fill(other.actor, 1_000, 10)
        with connections["owner"].cursor() as cursor:
            cursor.execute("begin")
            cursor.execute("select set_config('roundsman.company_id', %s, true)", [str(company.admin.company_id)])
            cursor.execute(
                "update customers_customer set notes = notes || '.' where owner_id = %s", [phone.actor.user_id]
            )
            cursor.execute("commit")
        request = _idle_request(server, phone)
        in_second_process(repeat, server.port, [request], 1.0)
        held = in_second_process(repeat, server.port, [request], 4.0)
    yield Result(
        "the same beside a writer left open while 13,000 rows changed",
        f"p50 {held.percentile_ms(0.5):.2f} ms",
        "≤ 100 ms",
        held.percentile_ms(0.5) <= 100,
    )


def memory(server: Server) -> Iterator[Result]:
    """First pulls of a company with 200,000 rows, again and again."""
    company = seed.make_company()
    phone = company.phone("large")
    seed.fill(phone.actor, 20_000, 10)
    seed.analyze()
    seen = []
    for _ in range(4):
        in_second_process(_pull_all, server.port, phone.token)
        seen.append(max(server.worker_memory_mb()))
    flat = seen[-1] <= seen[0] * 1.1 + 10
    yield Result(
        "memory of a worker after first pulls of 200,000 rows",
        ", ".join(f"{value:.0f}" for value in seen) + " MB after pulls 1 to 4",
        "≤ 250 MB, flat",
        seen[-1] <= 250 and flat,
    )


def _settled_company() -> seed.Company:
    """A company in an installation that has statistics: PostgreSQL makes them within a minute of the first rows."""
    company = seed.make_company()
    seed.fill(company.phone("earlier").actor, 500, 3)
    seed.analyze()
    return company


def _cpu(server: Server, before: tuple[float, float], measured: Measured) -> str:
    """CPU a request: figures that hardly depend on what else the machine is doing."""
    web, database = (
        (after - earlier) / measured.requests * 1000
        for after, earlier in zip(server.cpu_seconds(), before, strict=True)
    )
    return f"CPU a request: web {web:.2f} ms, PostgreSQL {database:.2f} ms"


def _pull_all(port: int, token: str) -> Measured:
    connection = Connection(port)
    cursor, pages = None, 0
    began = time.perf_counter()
    while True:
        answer = connection.post(request_bytes(PULL, token, {"cursor": cursor, "digests": "none"}))
        tail = json.loads(b"{" + answer.body[answer.body.rindex(b'"complete":') :])
        cursor, pages = tail["cursor"], pages + 1
        if tail["complete"]:
            return Measured(pages, time.perf_counter() - began)


def _pushes(phone: seed.Phone, count: int, size: int) -> Iterator[bytes]:
    for start in range(0, count, size):
        commands = [
            {
                "id": str(uuid.uuid4()),
                "seq": start + index + 1,
                "name": "customers.create",
                "schema": 1,
                "payload": seed.customer_payload(start + index),
                "at": "2026-11-21T08:12:03.120+08:00",
                "uptime_ms": 78_357_687 + index,
                "boot_id": "bench",
                "depends_on": [],
            }
            for index in range(size)
        ]
        clock = {"at": "2026-11-21T09:00:00.000+08:00", "uptime_ms": 81_234_567, "boot_id": "bench"}
        yield request_bytes("/api/v1/sync/push", phone.token, {"schema": 1, "clock": clock, "commands": commands})


def _cursor(server: Server, phone: seed.Phone) -> str:
    connection = Connection(server.port)
    cursor: str | None = None
    while True:
        answer = connection.post(request_bytes(PULL, phone.token, {"cursor": cursor})).json()
        cursor = answer["cursor"]
        if answer["complete"]:
            return str(cursor)


def _idle_request(server: Server, phone: seed.Phone) -> bytes:
    return request_bytes(SYNC, phone.token, {"schema": 1, "commands": [], "cursor": _cursor(server, phone)})


def _live_request() -> bytes:
    return request_bytes("/health/live", "", method="GET")


def _floor_first_pull(phone: seed.Phone) -> float:
    with connections["owner"].cursor() as cursor:
        best = 0.0
        for _ in range(5):
            began = time.perf_counter()
            cursor.execute("begin")
            cursor.execute("select set_config('roundsman.company_id', %s, true)", [str(phone.actor.company_id)])
            cursor.execute(
                "select string_agg(e.body, ','), count(*) from sync_grant g"
                " join sync_entry e on e.scope_id = g.scope_id where g.user_id = %s",
                [phone.actor.user_id],
            )
            rows = cursor.fetchone()[1]
            cursor.execute("commit")
            best = max(best, rows / (time.perf_counter() - began))
    return best


def _floor_insert(company: seed.Company) -> float:
    rows = json.dumps([seed.customer_payload(number) for number in range(100)])
    with connections["owner"].cursor() as cursor:
        cursor.execute("create table if not exists bench_floor (id uuid primary key, name text, row json)")
        began = time.perf_counter()
        for _ in range(20):
            cursor.execute(
                "insert into bench_floor select gen_random_uuid(), r->>'name', r from json_array_elements(%s::json) r",
                [rows],
            )
        seconds = time.perf_counter() - began
        cursor.execute("drop table bench_floor")
    return 2_000 / seconds


def _count_entries() -> int:
    with connections["owner"].cursor() as cursor:
        cursor.execute("select reltuples::bigint from pg_class where relname = 'sync_entry'")
        return int(cursor.fetchone()[0])


@contextmanager
def _open_writer() -> Iterator[None]:
    """A transaction that has written and stays open: from here on every snapshot's xmin stands still."""
    parameters = connections["owner"].get_connection_params()
    parameters.pop("cursor_factory", None)
    parameters.pop("context", None)
    parameters.pop("prepare_threshold", None)
    writer: psycopg.Connection[Any] = psycopg.connect(**parameters)
    try:
        writer.execute("select pg_current_xact_id()")
        yield
    finally:
        writer.rollback()
        writer.close()


ALL: dict[str, Callable[[Server], Iterator[Result]]] = {
    "first-pull": first_pull,
    "idle": idle_pull_300,
    "push-one": push_one_client,
    "push-16": push_16_clients,
    "check-in": visits.check_in,
    "plans": planning.plans,
    "compliance": planning.compliance,
    "reassign": reassign,
    "idle-wide": idle_pull_2000,
    "memory": memory,
    "uploads": uploads.uploads,
    "trails": trails.trails,
    "console": console.console,
}
