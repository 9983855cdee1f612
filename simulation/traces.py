"""What a day leaves for others to look at: photos, whose bytes follow by themselves, trails, and forms with scores.

Each is proven where somebody would look at it: on the rep's phone, and at his manager's desk.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from simulation.cast import Rep
from simulation.office import Json, Office, OfficeRefused
from simulation.phone import Phone
from simulation.plot import Check
from simulation.walk import Walk

_ATTEMPTS = 200
_PREPARED_WITHIN_S = 60.0


@dataclass(frozen=True, slots=True)
class Look:
    """What a manager saw of a rep's trail: the days that the morning lies in."""

    rep: Rep
    walk: Walk
    days: Sequence[Json]


def send_up(phone: Phone, walk: Walk | None) -> None:
    """Photos and trail go up, again and again, as long as the network gets in the way."""
    for _ in range(_ATTEMPTS):
        files, trail = phone.client.send_files(), phone.client.send_trail()
        if walk is not None:
            walk.stored += trail.stored
            walk.discarded += trail.discarded
        if files.problem is None and trail.problem is None:
            return


def wait_for_pictures(phones: Sequence[Phone]) -> None:
    """Sync until the server has looked into every photo, which it does a moment after the bytes have come."""
    until = time.monotonic() + _PREPARED_WITHIN_S
    for phone in phones:
        phone.sync()
    while any(map(_awaits_pictures, phones)) and time.monotonic() < until:
        time.sleep(0.5)
        for phone in phones:
            phone.sync()


def look(office: Office, rep: Rep, walk: Walk) -> Look:
    """The manager looks at the rep's morning, for a purpose. The rep will read of it."""
    user_id = walk.phone.client.user["id"]
    return Look(rep, walk, [found for day in walk.days() if (found := _look(office, user_id, day))])


def check(
    looks: Sequence[Look],
    phones: Mapping[str, Phone],
    managers: Mapping[str, str],
    taken: AbstractSet[str],
    answered: AbstractSet[str],
) -> Iterator[Check]:
    """What must be true in the end. phones: by user name. managers: their ids, by user name.

    taken: ids of the photos. answered: ids of the forms that were filled in.
    """
    seen = {row.id for phone in phones.values() for row in phone.client.rows("attachment") if _can_be_seen(row.data)}
    yield Check(
        f"All {len(taken)} photos arrived whole, and can be seen",
        f"全部 {len(taken)} 张照片完整送达并可查看",
        bool(taken) and taken <= seen,
    )
    sets = {row.id: row.data for phone in phones.values() for row in phone.client.rows("form_answer")}
    yield Check(
        f"All {len(answered)} forms have their score, on the version that they were given on",
        f"全部 {len(answered)} 份表单按作答版本评分",
        bool(answered) and all(id_ in sets and sets[id_]["percent"] is not None for id_ in answered),
    )
    points = sum(each.walk.noted for each in looks)
    yield Check(
        f"Trails with consent: all {points:,} points are stored once, and the manager sees them",
        f"经本人同意的轨迹：{points:,} 个点全部恰好存储一次，主管可查看",
        all(_is_whole(each) for each in looks),
    )
    gaps = [each for each in looks if each.walk.gap]
    told = {gap["reason"] for each in gaps for day in each.days for gap in day["gaps"] if gap["told"]}
    yield Check(
        f"A gap of {gaps[0].rep.username}’s trail says why: {gaps[0].walk.gap}",
        f"{gaps[0].rep.username} 的轨迹中断注明了原因：{gaps[0].walk.gap}",
        all(each.walk.gap in told for each in gaps),
    )
    yield Check(
        "Whoever was looked at reads on his own phone who looked, and what for",
        "被查看者可在自己的手机上看到谁查看、为何查看",
        all(_was_told(phones[each.rep.username], managers[each.rep.manager]) for each in looks),
    )


def _look(office: Office, user_id: str, day: date) -> Json | None:
    try:
        return office.get(f"trails/days/{user_id}/{day}", purpose="safety")
    except OfficeRefused:
        return None  # the check will say that it is missing


def _is_whole(each: Look) -> bool:
    walk = each.walk
    seen = sum(day["points_stored"] for day in each.days)  # an earlier day in the same company may have left some too
    return walk.stored == walk.noted and not walk.discarded and seen >= walk.noted


def _was_told(phone: Phone, manager_id: str) -> bool:
    rows = phone.client.rows("trail_access")
    return any(row.data["viewer_id"] == manager_id and row.data["purpose"] == "safety" for row in rows)


def _awaits_pictures(phone: Phone) -> bool:
    return not all(_can_be_seen(row.data) for row in phone.client.rows("attachment"))


def _can_be_seen(attachment: Json) -> bool:
    return attachment["state"] == "stored" and "shown" in attachment["renditions"]
