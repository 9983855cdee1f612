"""The figures of a run, from its evidence: plain values, ready for JSON and for the report."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from simulation.fleet.checks import Check
from simulation.fleet.evidence import Evidence
from simulation.fleet.processes import Cost

Json = dict[str, Any]
_MOMENTS = 60
"""The run's time is shown in so many parts."""
_SHARES = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99}
_SHOWN_FINDINGS = 50


def take_figures(evidence: Evidence, spent: Mapping[str, Cost]) -> Json:
    """Everything that the evidence says. spent: by the parts of the run."""
    return {
        "taken_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "checks": _checks(evidence),
        "devices": _devices(evidence),
        "commands": _commands(evidence),
        "requests": _requests(evidence),
        "traffic": _traffic(evidence),
        "faults": dict(evidence.read("select kind, times from fault order by kind")),
        "events": dict(evidence.read("select name, times from event order by name")),
        "desks": _desks(evidence),
        "timeline": _timeline(evidence),
        "cost": {
            name: {"cpu_s": round(cost.cpu_s, 1), "memory_mb": round(cost.memory_mb)} for name, cost in spent.items()
        },
    }


def _checks(evidence: Evidence) -> list[Json]:
    examined = dict(evidence.read("select check_, times from examined"))
    return [
        {
            "check": str(check),
            "examined": examined[check],
            "faults": evidence.read("select count(*) from finding where check_ = ?", (check,))[0][0],
            "findings": [
                {"device": device, "words": words}
                for device, words in evidence.read(
                    "select device, words from finding where check_ = ? limit ?", (check, _SHOWN_FINDINGS)
                )
            ],
        }
        for check in Check
        if check in examined
    ]


def _devices(evidence: Evidence) -> Json:
    roles = dict(evidence.read("select role, count(*) from device group by role"))
    wrong = evidence.read("select count(*), max(abs(clock_error_s)) from device where abs(clock_error_s) > 60")[0]
    old = evidence.read("select count(*) from device where old_app")[0][0]
    return {"by_role": roles, "wrong_clocks": wrong[0], "most_wrong_s": wrong[1] or 0, "old_apps": old}


def _commands(evidence: Evidence) -> Json:
    total = evidence.read("select count(*) from command")[0][0]
    most = evidence.read("select count(*) from command group by device_id order by 1 desc limit 1")
    return {
        "total": total,
        "most_of_one_device": most[0][0] if most else 0,
        "by_status": dict(evidence.read("select status, count(*) from record group by status order by 2 desc")),
        "by_code": dict(
            evidence.read("select code, count(*) from record where code is not null group by code order by 2 desc")
        ),
        "by_name": dict(
            evidence.read(
                "select name || case schema when 1 then '' else ' (schema ' || schema || ')' end, count(*)"
                " from command group by 1 order by 2 desc"
            )
        ),
    }


def _requests(evidence: Evidence) -> list[Json]:
    """By kind, with latencies of those that were carried out; turned away is every 429 and 503."""
    kinds = evidence.read(
        "select kind, count(*), sum(status in (429, 503)), sum(status = 0 or (status >= 500 and status <> 503)),"
        " max(seconds) from exchange group by kind order by 2 desc"
    )
    found = []
    for kind, count, turned_away, failed, most in kinds:
        row: Json = {"kind": kind, "requests": count, "turned_away": turned_away, "failed": failed}
        row |= {name: percentile_ms(evidence, kind, share) for name, share in _SHARES.items()}
        found.append(row | {"max_ms": round(most * 1000, 1)})
    return found


def percentile_ms(evidence: Evidence, kind: str, share: float) -> float:
    """The latency below which `share` of the requests of a kind lie that were not turned away, in milliseconds."""
    where = "from exchange where kind = ? and status not in (429, 503)"
    count = evidence.read(f"select count(*) {where}", (kind,))[0][0]
    place = min(max(0, count - 1), int(share * count))
    found = evidence.read(f"select seconds {where} order by seconds limit 1 offset ?", (kind, place))
    return round(found[0][0] * 1000, 1) if found else 0.0


def _traffic(evidence: Evidence) -> Json:
    """Of devices that were in the field: bytes of bodies on one day of the run."""
    rows = "from traffic join device on device.id = device_id where role in ('phone', 'tablet')"
    figures: Json = {"device_days": evidence.read(f"select count(*) {rows}")[0][0]}
    for column in ("requests", "bytes_up", "bytes_down"):
        count = max(1, figures["device_days"])
        ordered = f"select {column} {rows} order by {column} limit 1 offset ?"
        middle, high = (evidence.read(ordered, (min(count - 1, int(share * count)),)) for share in (0.5, 0.95))
        mean = evidence.read(f"select avg({column}) {rows}")[0][0] or 0
        figures[column] = {
            "mean": round(mean),
            "p50": middle[0][0] if middle else 0,
            "p95": high[0][0] if high else 0,
        }
    for column in ("bytes_up", "bytes_down"):
        # Powers of two: of a day's bytes nobody knows beforehand where they lie.
        sizes = Counter(1 << (max(1, size).bit_length() - 1) for (size,) in evidence.read(f"select {column} {rows}"))
        figures[f"{column}_histogram"] = sorted(sizes.items())
    return figures


def _desks(evidence: Evidence) -> list[Json]:
    rows = evidence.read("select name, sum(code is null), sum(code is not null) from act group by name order by name")
    return [{"act": name, "done": done, "refused": refused} for name, done, refused in rows]


def _timeline(evidence: Evidence) -> list[Json]:
    """The run in equal parts of time: requests a second, and the slowest twentieth of them begins where."""
    first, last = evidence.read("select min(began), max(began) from exchange")[0]
    if first is None:
        return []
    part = max(0.001, (last - first) / _MOMENTS)
    found = []
    for number in range(_MOMENTS):
        begins = first + number * part
        where = "from exchange where began >= ? and began < ?"
        values = (begins, begins + part)
        count, away = evidence.read(f"select count(*), sum(status in (429, 503)) {where}", values)[0]
        slow = evidence.read(
            f"select seconds {where} order by seconds desc limit 1 offset ?", (*values, int(0.05 * count))
        )
        found.append(
            {
                "at_s": round(begins - first, 2),
                "per_second": round(count / part, 2),
                "turned_away_per_second": round((away or 0) / part, 2),
                "p95_ms": round(slow[0][0] * 1000, 1) if slow else 0.0,
            }
        )
    return found
