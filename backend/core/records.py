"""Command records: claiming ids, storing verdicts, and settling parked commands later."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import Exists, OuterRef
from django.db.models.functions import Coalesce

from core import errors, writing
from core.actor import Actor, load_actor
from core.batches import CommandRequest, Verdict
from core.clock import now
from core.ids import as_array, uuid7
from core.judging import Case, judge_one, read
from core.models import CommandRecord, Status
from core.registry import TOLD
from core.request_log import current_request_id

_UUID = re.compile(r'"([0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12})"')
_FAILED = (Status.PARKED.value, Status.REFUSED.value)
_COLUMNS = tuple(
    column.attname for column in CommandRecord._meta.concrete_fields if column.attname not in ("received_at",)
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A parked command, the command that it awaits, and the row which that one should have made, if it is wanted."""

    id: UUID
    awaits: UUID
    row: UUID | None


def claim(cases: list[Case], actor: Actor, *, lock: bool = True) -> list[Waiting]:
    """Fence the transaction, lock the ids, and give known commands their stored verdict.

    Returns the parked commands that wait for one of these, or for a row that one of these makes. lock: False for
    commands that cannot be known yet and that nobody else runs; their ids are neither locked nor looked up.
    """
    by_id: dict[UUID, list[Case]] = {}
    for case in cases:
        by_id.setdefault(case.request.id, []).append(case)
    made = [case.creates for case in cases if case.creates]
    named = [id_ for case in cases for id_ in case.request.depends_on if id_ not in by_id]
    waiting = []
    with connection.cursor() as cursor:
        cursor.execute(
            "select * from core_claim(%s::uuid, %s::uuid[], %s::uuid[], %s::uuid[])",
            [actor.company_id, as_array(by_id if lock else ()), as_array(made), as_array(named)],
        )
        for role, id_, fingerprint, *stored, awaits, row in cursor.fetchall():
            if role == "waiting":
                waiting.append(Waiting(id_, awaits, row))
                continue
            for case in by_id[id_]:
                if bytes(fingerprint) == case.fingerprint:
                    case.known, case.refusal = _verdict(id_, *stored), None
                    # The number is the sender's: a phone set up anew may send a known command under another one.
                    case.known.seq = case.request.seq or case.known.seq
                else:
                    case.reuses_id()
    return waiting


def failed_dependencies(requests: Sequence[CommandRequest], actor: Actor) -> dict[UUID, Any]:
    """Commands named in `depends_on` that are not in this set and did not take effect (at most two queries)."""
    here = {request.id for request in requests}
    elsewhere = {id_ for request in requests for id_ in request.depends_on} - here
    if not elsewhere:
        return {}
    rows = CommandRecord.objects.filter(company_id=actor.company_id)
    done = set(rows.filter(id__in=elsewhere).exclude(status__in=_FAILED).values_list("id", flat=True))
    done |= set(rows.filter(settles__in=elsewhere).exclude(status__in=_FAILED).values_list("settles", flat=True))
    return dict.fromkeys(elsewhere - done)


def park_orphans(refused: list[Case], failed: dict[UUID, Any], actor: Actor) -> None:
    """Park commands that were refused only because the command that should have created their row failed.

    At most one query, and none unless a command missed a row.
    """
    orphans = {
        id(case): _missed(case)
        for case in refused
        if isinstance(case.refusal, errors.NotFound | errors.ReferenceInvalid)
    }
    if not orphans:
        return
    touched = {id_ for ids in orphans.values() for id_ in ids}
    rows = CommandRecord.objects.filter(company_id=actor.company_id)
    took_effect = rows.filter(settles=OuterRef("id")).exclude(status__in=_FAILED)
    failed_creators = rows.filter(creates__in=touched, status__in=_FAILED, settles__isnull=True)
    creators = dict(failed_creators.exclude(Exists(took_effect)).values_list("creates", "id"))
    creators |= {case.creates: id_ for id_, case in failed.items() if case is not None and case.creates}
    for case in refused:
        for id_ in orphans.get(id(case), ()):
            if creators.get(id_, case.request.id) != case.request.id:
                case.wait_for(creators[id_])
                break


def _missed(case: Case) -> list[UUID]:
    """The row that the refusal says is missing; all that the payload names where it does not say."""
    named: Any = case.request.payload
    for part in (case.refusal.field or "").split(".") if case.refusal else ():
        named = named.get(part) if isinstance(named, dict) else None
    if isinstance(named, str) and _UUID.fullmatch(f'"{named}"'):
        return [UUID(named)]
    return [UUID(text) for text in _UUID.findall(case.text)]


def store(judged: Iterable[tuple[Case, Verdict]], actor: Actor, door: str) -> None:
    """Store commands with their verdicts: one statement. What was known before has its record already."""
    request_id = current_request_id()
    rows = [
        _row(case, verdict, actor, door, request_id)
        for case, verdict in judged
        if case.known is None and case.twin is None
    ]
    if rows:
        writing.insert_rows(CommandRecord, _COLUMNS, rows)


def hold(ids: Iterable[UUID]) -> None:
    """Lock commands until the end of the transaction: nobody else settles them meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended(i::text, 1)) from unnest(%s::uuid[]) i order by i",
            [list(ids)],
        )


def settle_again(
    ids: Iterable[UUID], *, operator: Actor, as_user_id: UUID | None = None, deliberate: bool = False
) -> dict[UUID, Verdict]:
    """Run parked or refused commands once more, and what waits for them; returns the new verdicts by command id.

    operator: who asks for it. as_user_id: under whose name (a customer's new owner); by default the user who
    recorded the command. deliberate: a person asks for these very commands, so that they are run whatever they wait
    for. Each result is a further record whose `settles` names the command. Nothing is run that has taken effect.
    """
    verdicts: dict[UUID, Verdict] = {}
    queue = set(ids)
    while queue:
        hold(queue)
        found = _unsettled(queue - verdicts.keys(), operator)
        requests = [_request(record) for record in found]
        failed = {} if deliberate else failed_dependencies(requests, operator)
        for record, request in zip(found, requests, strict=True):
            actor = load_actor(operator.company_id, as_user_id or record.user_id)
            actor = replace(actor, recorded_by_id=record.user_id)
            case = read(request, actor)
            if case.refusal is None:
                case.wait_for_any(failed)
            if case.refusal is None:
                judge_one(case, actor)
                park_orphans([case], failed, operator)
            if case.refusal is not None:
                failed[record.id] = case
            verdicts[record.id] = case.verdict(actor)
            _store_settlement(case, record, operator, verdicts[record.id])
        deliberate = False
        done = [record.id for record in found if verdicts[record.id].settled]
        queue = _waiting_for(done, operator)
    return verdicts


def park(requests: Sequence[CommandRequest], actor: Actor, door: str, reason: errors.DomainError) -> list[Verdict]:
    """Store commands without running them: each waits for a person, for `reason`. Known ones keep their verdict."""
    cases = [read(request, actor) for request in requests]
    for case in cases:
        case.refusal = reason
    claim(cases, actor)
    verdicts = [case.verdict(actor) for case in cases]
    first = {
        case.request.id: (case, verdict) for case, verdict in zip(reversed(cases), reversed(verdicts), strict=True)
    }
    store(first.values(), actor, door)
    return verdicts


def give_up(record: CommandRecord, reason: errors.DomainError, *, operator: Actor) -> list[UUID]:
    """Settle a parked command as refused without running it, and what waits for it: that can never be applied either.

    Returns the ids of all that were settled.
    """
    settled: list[UUID] = []
    queue = {record.id}
    while queue:
        hold(queue)
        found = _unsettled(queue - set(settled), operator)
        for doomed in found:
            case = Case(_request(doomed), record_payload_text(doomed), bytes(doomed.fingerprint), refusal=reason)
            _store_settlement(case, doomed, operator, case.verdict(operator))
        settled += [doomed.id for doomed in found]
        queue = _waiting_for([doomed.id for doomed in found], operator)
    return settled


def record_payload_text(record: CommandRecord) -> str:
    """The stored payload as canonical JSON text."""
    return writing.canonical(record.payload).decode()


def _unsettled(ids: Iterable[UUID], operator: Actor) -> list[CommandRecord]:
    wanted = list(ids)
    rows = CommandRecord.objects.filter(company_id=operator.company_id)
    done = set(rows.filter(settles__in=wanted).exclude(status__in=_FAILED).values_list("settles", flat=True))
    found = rows.filter(id__in=wanted, status__in=_FAILED, settles__isnull=True).order_by("occurred_at", "seq", "id")
    return [row for row in found if row.id not in done]


def _waiting_for(ids: list[UUID], operator: Actor) -> set[UUID]:
    """The commands whose latest verdict is that they wait for one of these."""
    rows = CommandRecord.objects.filter(company_id=operator.company_id)
    command = Coalesce(OuterRef("settles"), OuterRef("id"))
    later = rows.filter(settles=command, received_at__gt=OuterRef("received_at"))
    waiting = rows.filter(waits_for__in=ids).exclude(Exists(later))
    return {settles or id_ for settles, id_ in waiting.values_list("settles", "id")}


def _request(record: CommandRecord) -> CommandRequest:
    return CommandRequest(
        record.name,
        record.payload,
        id=record.id,
        schema=record.schema,
        seq=record.seq,
        occurred_at=record.occurred_at,
        occurred_verified=record.occurred_verified,
        claimed_at=record.claimed_at,
        uptime_ms=record.uptime_ms,
        boot_id=record.boot_id,
        depends_on=record.depends_on,
    )


def _store_settlement(case: Case, record: CommandRecord, operator: Actor, verdict: Verdict) -> None:
    row = _row(case, verdict, operator, "release", current_request_id())
    row |= {"id": uuid7(), "seq": None, "user_id": record.user_id, "device_id": record.device_id, "claimed_at": now()}
    row["settles"] = record.id
    writing.insert_rows(CommandRecord, _COLUMNS, [row])


def _verdict(
    id_: UUID, status: str, code: str | None, field: str | None, message: str | None, details: Any, conflicts: Any
) -> Verdict:
    return Verdict(id_, status, None, code, field, message, _loaded(details), _loaded(conflicts))


def _loaded(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, str | bytes) else value


def _about(request: CommandRequest) -> UUID | None:
    """The customer that an applied command names, else its row; None where it names neither or several."""
    id_ = request.payload.get("customer_id") or request.payload.get("id")
    return UUID(id_) if isinstance(id_, str) else None


def _row(case: Case, verdict: Verdict, actor: Actor, door: str, request_id: str | None) -> dict[str, Any]:
    request = case.request
    return {
        "company_id": actor.company_id,
        "id": request.id,
        "name": request.name,
        "schema": request.schema,
        "payload": orjson.Fragment(case.text),
        "fingerprint": case.fingerprint,
        "user_id": actor.user_id,
        "actor_id": actor.user_id,
        "device_id": actor.device_id,
        "key_id": actor.key_id,
        "seq": request.seq,
        "door": door,
        "request_id": request_id,
        "depends_on": request.depends_on,
        "creates": case.creates,
        "about": _about(request) if verdict.settled and request.name.partition(".")[0] in TOLD else None,
        "claimed_at": request.claimed_at,
        "uptime_ms": request.uptime_ms,
        "boot_id": request.boot_id,
        "occurred_at": request.occurred_at,
        "occurred_verified": request.occurred_verified,
        "settles": None,
        "waits_for": case.waits_for,
        "status": verdict.status,
        "code": verdict.code,
        "field": verdict.field,
        "message": verdict.message,
        "details": verdict.details,
        "conflicts": verdict.conflicts,
    }
