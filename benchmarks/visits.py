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
_ROUNDS = 20


def check_in(server: Server) -> Iterator[Result]:
    """Check-ins at customers with a site, in pushes of 100, in turns with pushes of 100 customers.create."""
    company = seed.make_company()
    phone = company.phone("field")
    shops = seed.shops(phone.actor, _SIZE)
    seed.analyze()
    requests = list(_turns(phone, shops))

    def work() -> Measured:
        connection = Connection(server.port)
        seconds = []
        for request in requests:
            began = time.perf_counter()
            answer = connection.post(request)
            seconds.append(time.perf_counter() - began)
            assert {verdict["status"] for verdict in answer.json()["verdicts"]} == {"applied"}
        return Measured(len(seconds), sum(seconds), seconds)

    found = in_second_process(work).latencies[4:]  # the first ones plan their statements
    creates, check_ins = statistics.median(found[::2]), statistics.median(found[1::2])
    ratio = check_ins / creates
    yield Result(
        f"push of {_SIZE} visits.check_in, beside {_SIZE} customers.create",
        f"{check_ins * 1000:.0f} ms, {ratio:.2f}× of the {creates * 1000:.0f} ms of the creates",
        "1.5×",
        ratio <= 1.5,
    )


def _turns(phone: seed.Phone, shops: list[uuid.UUID]) -> Iterator[bytes]:
    numbers = count(1)
    for turn in range(_ROUNDS):
        creates = [("customers.create", seed.customer_payload(turn * _SIZE + index)) for index in range(_SIZE)]
        yield _push(phone, numbers, creates)
        yield _push(phone, numbers, [("visits.check_in", _arrival(shop, turn)) for shop in shops])


def _arrival(shop: uuid.UUID, turn: int) -> dict[str, Any]:
    fix = {"lat": 39.9042 + turn * 1e-5, "lon": 116.4074, "accuracy_m": 12.5, "provider": "gps", "age_ms": 1_500}
    fix |= {"is_mock": False, "battery_pct": 81, "speed_mps": 0.4}
    return {"visit_id": str(uuid7()), "customer_id": str(shop), "fix": fix}


def _push(phone: seed.Phone, numbers: Iterator[int], commands: list[tuple[str, dict[str, Any]]]) -> bytes:
    clock = {"at": "2026-11-21T09:00:00.000+08:00", "uptime_ms": 81_234_567, "boot_id": "bench"}
    recorded = [
        {
            "id": str(uuid.uuid4()),
            "seq": next(numbers),
            "name": name,
            "schema": 1,
            "payload": payload,
            "at": "2026-11-21T08:12:03.120+08:00",
            "uptime_ms": 78_357_687 + index,
            "boot_id": "bench",
            "depends_on": [],
        }
        for index, (name, payload) in enumerate(commands)
    ]
    return request_bytes(_PUSH, phone.token, {"schema": 1, "clock": clock, "commands": recorded})
