"""What the tests of trails start from: a team that is tracked, and batches as a phone sends them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from core.batches import CommandRequest, Verdict
from core.clock import now
from core.commands import execute_all
from core.fence import company_fence
from core.ids import uuid7
from tests.personas import ApiClient, Persona, TestCompany
from trails.models import Day, LastPosition, Segment

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ALWAYS = {day: [{"start": "00:00", "end": "24:00"}] for day in WEEKDAYS}
PURPOSES = [
    {"purpose": "dispatch", "days": 2},
    {"purpose": "safety", "days": 7},
    {"purpose": "evidence", "days": 30},
    {"purpose": "mileage", "days": 365},
]
BOOT = "boot-1"
UPTIME_MS = 10**12
HERE = (39.9042, 116.4074)
LONG_AGO = timedelta(days=40)

Fix = tuple[datetime, float, float, float]
"""When, latitude, longitude, accuracy in metres."""


def applied(*verdicts: Verdict) -> None:
    """Assert that the commands took effect."""
    assert all(verdict.settled for verdict in verdicts), verdicts


def say(persona: Persona, name: str, payload: dict[str, Any], at: datetime | None = None) -> Verdict:
    """Run a command of a person, recorded at a time."""
    plain = {key: str(value) if isinstance(value, UUID) else value for key, value in payload.items()}
    request = CommandRequest(name, plain, schema=1, occurred_at=at or now())
    return execute_all([request], actor=persona.actor, door="push")[0]


def set_policy(company: TestCompany, unit: str = "region", at: datetime | None = None, **members: Any) -> UUID:
    """A policy, by default since long ago: everybody below the region, at all hours, for every purpose."""
    id_ = uuid7()
    payload: dict[str, Any] = {"id": id_, "org_unit_id": company.units[unit], "tracks": True, "purposes": PURPOSES}
    payload |= {"hours": ALWAYS, "viewer_roles": ["manager"]}
    applied(say(company.dora, "trails.set_policy", payload | members, at or now() - LONG_AGO))
    return id_


def publish_text(company: TestCompany, text_version: int = 1, at: datetime | None = None, **members: Any) -> UUID:
    """A text to agree to."""
    id_ = uuid7()
    payload = {"id": id_, "text_version": text_version, "en": "I agree.", "zh": "本人同意。"} | members
    applied(say(company.dora, "trails.publish_text", payload, at or now() - LONG_AGO))
    return id_


def consent(persona: Persona, text_id: UUID, at: datetime | None = None) -> None:
    """An employee agrees, by default long ago."""
    applied(say(persona, "trails.give_consent", {"id": uuid7(), "text_id": text_id}, at or now() - LONG_AGO))


def withdraw(persona: Persona, at: datetime | None = None) -> None:
    """He agrees no longer."""
    applied(say(persona, "trails.withdraw_consent", {"id": uuid7()}, at))


def tracked(company: TestCompany, *names: str, unit: str = "region", **policy: Any) -> UUID:
    """A team that is tracked and agrees; returns the text."""
    set_policy(company, unit, **policy)
    text = publish_text(company)
    for name in names:
        consent(company.people[name], text)
    return text


def fixes(
    start: datetime, count: int, every_s: float = 5, step_deg: float = 0.0001, accuracy_m: float = 8
) -> list[Fix]:
    """Somebody who goes north, straight on."""
    return [
        (start + timedelta(seconds=every_s * n), round(HERE[0] + n * step_deg, 7), HERE[1], accuracy_m)
        for n in range(count)
    ]


def differences(values: Sequence[int]) -> list[int]:
    """Each number as the difference to the one before."""
    return [*values[:1], *(after - before for before, after in pairwise(values))]


def batch(
    points: Sequence[Fix],
    states: Sequence[tuple[datetime, str]] = (),
    *,
    sent_at: datetime | None = None,
    boot: str = BOOT,
    wall_error: timedelta = timedelta(),
    **members: Any,
) -> dict[str, Any]:
    """A batch as a phone sends it: its clocks show `sent_at` now, and its wall clock is wrong by `wall_error`."""
    sent_at = sent_at or now()
    begun = min([*(point[0] for point in points), *(state[0] for state in states)], default=sent_at)

    def uptime(at: datetime) -> int:
        return UPTIME_MS - round((sent_at - at).total_seconds() * 1000)

    def clock(at: datetime) -> dict[str, Any]:
        return {"at": (at + wall_error).isoformat(), "uptime_ms": uptime(at), "boot_id": boot}

    def after(moments: Sequence[datetime]) -> list[int]:
        return differences([round((at - begun).total_seconds() * 1000) for at in moments])

    return {
        "id": str(uuid7()),
        "clock": clock(sent_at),
        **clock(begun),
        "points": {
            "after_ms": after([point[0] for point in points]),
            "lat_e7": differences([round(point[1] * 1e7) for point in points]),
            "lon_e7": differences([round(point[2] * 1e7) for point in points]),
            "accuracy_m": [point[3] for point in points],
        },
        "states": {"after_ms": after([state[0] for state in states]), "state": [state[1] for state in states]},
    } | members


def send(client: ApiClient, body: dict[str, Any]) -> dict[str, Any]:
    """Deliver a batch; its receipt."""
    response = client.call("POST", "/api/v1/trails/points", body)
    assert response.status_code == 200, response.content
    receipt: dict[str, Any] = response.json()
    return receipt


def reasons(receipt: dict[str, Any]) -> dict[str, int]:
    """Of a receipt, the discarded points by reason, without the app's name."""
    return {item["code"].removeprefix("trails."): item["points"] for item in receipt["discarded"]}


def stored_points(persona: Persona) -> list[tuple[datetime, float, float]]:
    """All that is stored of an employee, in the order of time."""
    with company_fence(persona.actor.company_id):
        rows = list(Segment.objects.filter(user_id=persona.id))
    return sorted(
        (row.started_at + timedelta(milliseconds=ms), lat / 1e7, lon / 1e7)
        for row in rows
        for ms, lat, lon in zip(row.offset_ms, row.lat_e7, row.lon_e7, strict=True)
    )


def day_rows(persona: Persona) -> list[Day]:
    """What is known of an employee's days, in their order."""
    with company_fence(persona.actor.company_id):
        return list(Day.objects.filter(user_id=persona.id).order_by("day"))


def last_position(persona: Persona) -> LastPosition | None:
    """The last position that is stored."""
    with company_fence(persona.actor.company_id):
        return LastPosition.objects.filter(user_id=persona.id).first()


def at_noon(days_ago: int = 1) -> datetime:
    """Noon in Shanghai, where the companies of the tests are, some days ago."""
    noon = datetime.now(UTC).replace(hour=4, minute=0, second=0, microsecond=0)
    return noon - timedelta(days=days_ago)
