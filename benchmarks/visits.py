"""What a day in the field costs: check-ins beside the simplest command of the same run."""

import statistics
import time
import uuid
from collections.abc import Iterator
from itertools import count
from typing import Any

from benchmarks import seed
from benchmarks.load import Connection, Measured, in_second_process, request_bytes
from benchmarks.result import Result
from benchmarks.server import Server
from core.ids import uuid7

_PUSH = "/api/v1/sync/push"
_SIZE = 100
_WARM_UP = 10
"""So many turns are not measured: in them the connection prepares its statements, and PostgreSQL settles on plans."""
_ROUNDS = 40
_BETWEEN_MS = 17 * 60_000
"""A visit follows the one before after so long."""
_UPTIME_MS = 70 * 86_400_000
"""Of the phone when it pushes: long enough for everything that it has recorded since it was switched on."""


def check_in(server: Server) -> Iterator[Result]:
    """Check-ins at customers with a site, in pushes of 100, in turns with pushes of 100 customers.create.

    Each push is a backlog of days, and the next one goes on where it ended. What is compared is the CPU of server and
    database, by its medians: whatever else the machine does only ever adds to a time.
    """
    company = seed.make_company()
    phone = company.phone("field")
    seed.fill(phone.actor, 2_000, 1)
    shops = seed.shops(phone.actor, _SIZE)
    seed.analyze()
    requests = list(_turns(phone, shops))

    def work() -> Measured:
        connection = Connection(server.port)
        costs, began = [], time.perf_counter()
        for request in requests:
            before = sum(server.cpu_seconds())
            answer = connection.post(request)
            costs.append(sum(server.cpu_seconds()) - before)
            assert {verdict["status"] for verdict in answer.json()["verdicts"]} == {"applied"}
        return Measured(len(costs), time.perf_counter() - began, costs)

    found = in_second_process(work).latencies[2 * _WARM_UP :]
    creates, check_ins = (statistics.median(found[kind::2]) for kind in (0, 1))
    ratio = check_ins / creates
    yield Result(
        f"push of {_SIZE} visits.check_in, beside {_SIZE} customers.create",
        f"{check_ins * 1000:.1f} ms of CPU, {ratio:.2f}× of the {creates * 1000:.1f} ms of the creates",
        "1.5×",
        ratio <= 1.5,
    )


def _turns(phone: seed.Phone, shops: list[uuid.UUID]) -> Iterator[bytes]:
    numbers = count(1)
    for turn in range(_WARM_UP + _ROUNDS):
        creates = [("customers.create", seed.customer_payload(turn * _SIZE + index)) for index in range(_SIZE)]
        yield _push(phone, numbers, creates)
        yield _push(phone, numbers, [("visits.check_in", _arrival(shop, turn)) for shop in shops])


def _arrival(shop: uuid.UUID, turn: int) -> dict[str, Any]:
    fix = {"lat": 39.9042 + turn * 1e-5, "lon": 116.4074, "accuracy_m": 12.5, "provider": "gps", "age_ms": 1_500}
    fix |= {"is_mock": False, "battery_pct": 81, "speed_mps": 0.4}
    return {"visit_id": str(uuid7()), "customer_id": str(shop), "fix": fix}


def _push(phone: seed.Phone, numbers: Iterator[int], commands: list[tuple[str, dict[str, Any]]]) -> bytes:
    clock = {"at": "2026-11-21T09:00:00.000+08:00", "uptime_ms": _UPTIME_MS, "boot_id": "bench"}
    recorded = [
        {
            "id": str(uuid.uuid4()),
            "seq": (number := next(numbers)),
            "name": name,
            "schema": 1,
            "payload": payload,
            "at": "2026-11-21T08:12:03.120+08:00",
            "uptime_ms": number // (2 * _SIZE) * _SIZE * _BETWEEN_MS + index * _BETWEEN_MS,
            "boot_id": "bench",
            "depends_on": [],
        }
        for index, (name, payload) in enumerate(commands)
    ]
    return request_bytes(_PUSH, phone.token, {"schema": 1, "clock": clock, "commands": recorded})
