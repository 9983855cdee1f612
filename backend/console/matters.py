"""The sorts of what needs somebody: commands that did not take effect, conflicts, alerts, devices."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse

from accounts import queries as account_queries
from console.attention import Act, Matter, Side, Sort, declare
from console.pages.devices import SILENT
from console.plain_words import Names, ids_in, label_in_words, members_in_words, reason_in_words, value_in_words
from console.voice import Voice
from core.actor import Actor
from core.clock import now
from core.models import Conflict, Status
from core.notices import KINDS
from customers import queries as customer_queries
from notify import queries as notify_queries
from sync import queries as sync_queries

REFUSED_FOR = timedelta(days=30)
"""A refusal is older news: whoever met it on his phone was told, and has mostly recorded the thing anew by then."""
REPAIRED_FOR = timedelta(days=7)
_FACTS = 6
_OF_OTHERS = {
    "sync.scope_lost": "attention.why.scope_lost",
    "sync.dependency_waiting": "attention.why.builds_on_another",
    "sync.device_revoked": "attention.why.device_revoked",
}
_TONES = {
    "parked": "wait",
    "refused": "bad",
    "conflict": "warn",
    "alert": "warn",
    "silent": "plain",
    "repaired": "plain",
}


def names_for(actor: Actor, ids: Iterable[UUID]) -> Names:
    """What ids stand for, as far as the actor may know: customers that he sees, and people (two queries)."""
    wanted = set(ids)
    customers = customer_queries.visible(actor).filter(id__in=wanted).values_list("id", "name")
    people = account_queries.list_users(wanted).values()
    return {str(id_): name for id_, name in [*customers, *((user.id, user.name) for user in people)]}


def _act(voice: Voice, name: str, id_: UUID, tone: str = "") -> Act:
    return Act(voice.say(f"{name}.action"), reverse(f"console:{name}", kwargs={"id": id_}), tone)


# Commands


def _list_parked(actor: Actor) -> QuerySet[Any]:
    return sync_queries.list_waiting(actor).filter(status=Status.PARKED)


def _list_refused(actor: Actor) -> QuerySet[Any]:
    """Those that came from phones: whoever was refused at a desk has seen why, and corrected it."""
    rows = sync_queries.list_waiting(actor).filter(status=Status.REFUSED, door="push")
    return rows.filter(received_at__gte=now() - REFUSED_FOR)


def _tell_commands(actor: Actor, ids: Mapping[UUID, str], voice: Voice) -> Iterator[Matter]:
    records = list(sync_queries.list_waiting(actor).filter(id__in=ids))
    latest = sync_queries.list_settlements(actor, [record.id for record in records])
    named = set().union(*(ids_in(record.payload) for record in records))
    names = names_for(actor, named | {record.user_id for record in records})
    devices = account_queries.list_devices_named({record.device_id for record in records if record.device_id})
    for record in records:
        device = devices.get(record.device_id) if record.device_id else None
        yield Matter(
            id=record.id,
            of=ids[record.id],
            tone=_TONES[ids[record.id]],
            title=_command_title(record, names, voice),
            at=record.received_at,
            person=names.get(str(record.user_id), ""),
            device=device.name if device else "",
            why=_why(record, latest.get(record.id, record), names, voice),
            facts=members_in_words(_without_id(record.payload), voice, names)[:_FACTS],
            acts=[
                _act(voice, "attention.release", record.id, "primary" if record.code == "sync.scope_lost" else ""),
                _act(voice, "attention.retry", record.id),
                _act(voice, "attention.discard", record.id, "danger"),
            ],
            more=reverse("console:audit.command", kwargs={"id": record.id}),
        )


def _command_title(record: Any, names: Names, voice: Voice) -> str:
    """What was done, and to what, where that has a name."""
    done = voice.say_if_known(f"command.{record.name}", record.name)
    name = names.get(str(record.payload.get("id"))) if isinstance(record.payload, dict) else None
    return f"{done} · {name}" if name else done


def _without_id(payload: Any) -> Any:
    return {name: value for name, value in payload.items() if name != "id"} if isinstance(payload, dict) else payload


def _why(record: Any, judged: Any, names: Names, voice: Voice) -> str:
    """Why it did not take effect, as one tells a third person: some messages speak to whoever recorded it."""
    key = _OF_OTHERS.get(judged.code or "")
    person = names.get(str(record.user_id), "")
    why = voice.say(key, person=person) if key else reason_in_words(judged, voice)
    return f"{why} {voice.say('attention.held', count=record.held)}" if record.held else why


# Conflicts


def _tell_conflicts(actor: Actor, ids: Mapping[UUID, str], voice: Voice) -> Iterator[Matter]:
    conflicts = list(sync_queries.list_open_conflicts(actor).filter(id__in=ids))
    present = sync_queries.list_present(conflicts)
    named = {id_ for one in conflicts for id_ in (one.user_id, one.your_user_id, one.their_user_id) if id_}
    named |= set().union(*(ids_in([one.yours, one.theirs]) for one in conflicts))
    names = names_for(actor, named | {one.scope_id for one in conflicts})
    for conflict in conflicts:
        field = label_in_words(conflict.field, voice)
        row = present.get(conflict.row_id, {})
        yield Matter(
            id=conflict.id,
            of=ids[conflict.id],
            tone=_TONES["conflict"],
            title=f"{_row_name(conflict, row, names, voice)} · {field}",
            at=conflict.lost_at,
            person=names.get(str(conflict.user_id), ""),
            why=voice.say("attention.conflict_why"),
            sides=sides_of(conflict, row, names, voice),
            acts=_settlements(conflict, row, voice),
        )


def _settlements(conflict: Conflict, row: Mapping[str, Any], voice: Voice) -> list[Act]:
    """Of a row that is gone nothing can be put back."""
    accept = _act(voice, "attention.accept", conflict.id)
    return [_act(voice, "attention.restore", conflict.id, "primary"), accept] if row else [accept]


def _row_name(conflict: Conflict, row: Mapping[str, Any], names: Names, voice: Voice) -> str:
    """What the row is called; where it has no name, its kind and its customer's."""
    kind = voice.say_if_known(f"attention.row.{conflict.kind}", conflict.kind)
    name = row.get("name") or row.get("title") or names.get(str(conflict.scope_id), "")
    return f"{kind} {name}".strip()


def sides_of(conflict: Conflict, row: Mapping[str, Any], names: Names, voice: Voice) -> list[Side]:
    """The value in force and the one that was lost. A third that was entered since then stands in the place of both."""
    yours = (conflict.yours, names.get(str(conflict.your_user_id), ""), conflict.your_at)
    theirs = (conflict.theirs, names.get(str(conflict.their_user_id), ""), conflict.their_at)
    kept, lost = (yours, theirs) if conflict.kept == "yours" else (theirs, yours)
    if row and row.get(conflict.field, kept[0]) != kept[0]:
        kept = (row[conflict.field], "", None)
    return [
        Side(voice.say(label), value_in_words(value, voice, names), by, at, stands)
        for label, (value, by, at), stands in (("attention.stands", kept, True), ("attention.lost", lost, False))
    ]


# Alerts


def _list_alerts(actor: Actor) -> QuerySet[Any]:
    return notify_queries.list_own(actor, unread=True)


def _tell_alerts(actor: Actor, ids: Mapping[UUID, str], voice: Voice) -> Iterator[Matter]:
    for notification in notify_queries.list_own(actor).filter(id__in=ids):
        kind = KINDS.get(notification.kind)
        title, text = kind.say(voice.locale, notification.parameters) if kind else (voice.say("attention.alert"), "")
        yield Matter(
            id=notification.id,
            of=ids[notification.id],
            tone=_TONES["alert"],
            title=title,
            at=notification.raised_at,
            why=text,
            acts=[
                *_see_subject(notification, voice),
                Act(voice.say("attention.read.action"), sends=str(notification.id)),
            ],
        )


def _see_subject(notification: Any, voice: Voice) -> list[Act]:
    """A button that leads to what an alert is about."""
    id_ = notification.subject_id
    addresses = {
        "task": f"{reverse('console:tasks')}?{urlencode({'state': 'all', 'task': id_})}",
        "visit": reverse("console:visits.visit", kwargs={"id": id_}),
    }
    href = addresses.get(notification.subject_kind)
    return [Act(voice.say(f"attention.see_{notification.subject_kind}"), href, dialog=False)] if href else []


# Devices


def _list_silent(actor: Actor) -> QuerySet[Any]:
    return sync_queries.list_silent_devices(actor, now() - SILENT)


def _list_repaired(actor: Actor) -> QuerySet[Any]:
    return sync_queries.list_repaired_devices(actor, now() - REPAIRED_FOR)


def _tell_silent(actor: Actor, ids: Mapping[UUID, str], voice: Voice) -> Iterator[Matter]:
    for device in sync_queries.list_device_states(actor).filter(id__in=ids):
        why = voice.say("attention.silent_why", days=(now() - device.synced_at).days)
        yield _device(device, "silent", device.synced_at, why, voice)


def _tell_repaired(actor: Actor, ids: Mapping[UUID, str], voice: Voice) -> Iterator[Matter]:
    for device in _list_repaired(actor).filter(id__in=ids):
        why = voice.say("attention.repaired_why", count=device.repairs)
        yield _device(device, "repaired", device.repaired_at, why, voice)


def _device(device: Any, of: str, at: Any, why: str, voice: Voice) -> Matter:
    acts = [_act(voice, "devices.revoke", device.id, "danger")] if of == "silent" else []
    see = f"{reverse('console:devices')}?{urlencode({'q': device.name})}"
    acts.insert(0, Act(voice.say("attention.see_device"), see, dialog=False))
    return Matter(device.id, of, _TONES[of], device.name, at, device.user.name, why=why, acts=acts)


declare(Sort("parked", 10, _list_parked, "received_at", "user_id", _tell_commands))
declare(Sort("conflict", 20, sync_queries.list_open_conflicts, "lost_at", "user_id", _tell_conflicts))
declare(Sort("alert", 30, _list_alerts, "raised_at", "user_id", _tell_alerts))
declare(Sort("refused", 40, _list_refused, "received_at", "user_id", _tell_commands))
declare(Sort("silent", 50, _list_silent, "synced_at", "user_id", _tell_silent))
declare(Sort("repaired", 60, _list_repaired, "repaired_at", "user_id", _tell_repaired))
