"""From a command as it came to its verdict: parse, validate, run the handler, understand what went wrong."""

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db import IntegrityError, OperationalError, transaction
from pydantic import ValidationError

from core import errors, writing
from core.actor import Actor
from core.batches import Batch, CommandRequest, Item, Verdict
from core.models import Status
from core.payloads import first_bad_text, first_infinite, nested_deeper
from core.registry import COMMANDS, CONSEQUENCES, CommandSpec

MAX_PAYLOAD_BYTES = 262_144
MAX_PAYLOAD_DEPTH = 64
_QUERY_CANCELED = "57014"  # such as by statement_timeout
_LIMIT_EXCEEDED = "54"  # class of states: too large for an index, too complex, too many arguments
_log = logging.getLogger(__name__)


class RunAgain(Exception):
    """The set must be run again with every command under its own savepoint. Never leaves core."""


@dataclass(slots=True)
class Case:
    """A command on its way to its verdict.

    known: the stored verdict of a command that was judged before. waits_for: the failed command that it builds on.
    """

    request: CommandRequest
    text: str = ""
    fingerprint: bytes = b""
    spec: CommandSpec | None = None
    payload: Any = None
    refusal: errors.DomainError | None = None
    conflicts: list[dict[str, Any]] = field(default_factory=list)
    known: Verdict | None = None
    waits_for: UUID | None = None
    twin: "Case | None" = None

    @property
    def creates(self) -> UUID | None:
        """The id of the row that this command makes, if it makes one.

        Also of a command that is not understood, be it a newer app's: what builds on its row has to wait for it. Of an
        unknown command, `id` is taken for that row.
        """
        name = self.spec.creates if self.spec else "id"
        if name is None:
            return None
        if self.payload is not None:
            id_: UUID = getattr(self.payload, name)
            return id_
        raw = self.request.payload
        try:
            return UUID(raw[name])
        except (KeyError, TypeError, ValueError, AttributeError):
            return None

    def repeats(self, twin: "Case") -> None:
        """This command stands a second time in one request: it shares the first one's verdict, or reuses its id."""
        if twin.fingerprint == self.fingerprint:
            self.twin = twin
        else:
            self.reuses_id()

    def reuses_id(self) -> None:
        """The id belongs to another command. That one's record stands, so this refusal is not stored."""
        error = errors.IdReused()
        self.known = Verdict(self.request.id, Status.REFUSED.value, self.request.seq, error.code)
        self.refusal = error

    def wait_for(self, id_: UUID) -> None:
        """Park this command until the one with `id_` is settled."""
        self.waits_for = id_
        self.refusal = errors.DependencyWaiting(waits_for=str(id_))

    def wait_for_any(self, failed: Mapping[UUID, object]) -> None:
        """Park this command if one that it names in `depends_on` failed."""
        for id_ in self.request.depends_on:
            if id_ in failed:
                self.wait_for(id_)
                return

    def verdict(self, actor: Actor) -> Verdict:
        """The verdict, with its message in the actor's language."""
        request, refusal = self.request, self.refusal
        if self.twin is not None:
            return replace(self.twin.verdict(actor), seq=request.seq)
        if self.known is not None:
            # The number is the sender's own: the command may have come by another door or device before.
            message = self.known.message if refusal is None else refusal.message(actor.locale)
            return replace(self.known, seq=request.seq, message=message)
        if refusal is None:
            status = Status.MERGED if self.conflicts else Status.APPLIED
            return Verdict(request.id, status.value, request.seq, conflicts=self.conflicts)
        status = Status.PARKED if refusal.parks else Status.REFUSED
        message = refusal.message(actor.locale)
        return Verdict(request.id, status.value, request.seq, refusal.code, refusal.field, message, refusal.details)


def read(request: CommandRequest, actor: Actor) -> Case:
    """Parse and validate; whatever is wrong becomes the case's refusal, and the payload is kept as it came."""
    encoded, fault = _encode(request.payload)
    head = f"{actor.user_id}|{request.name}|{request.schema}|".encode()
    case = Case(request, encoded.decode(), hashlib.sha256(head + encoded).digest(), COMMANDS.get(request.name))
    if (request.fault or fault) is not None:
        case.refusal = request.fault or fault
    elif case.spec is None:
        case.refusal = errors.UnknownCommand(name=request.name)
    elif not 1 <= request.schema <= case.spec.schema:
        case.refusal = errors.UnknownSchema(schema=request.schema)
    elif actor.roles.isdisjoint(case.spec.roles):
        case.refusal = errors.Forbidden()
    else:
        _validate(case, case.spec)
    return case


def _encode(payload: Any) -> tuple[bytes, errors.DomainError | None]:
    """The payload as it is stored, and what forbids to look at it any further."""
    if payload is None:
        return b"{}", None
    if nested_deeper(payload, MAX_PAYLOAD_DEPTH):
        # Nothing that an app records; it could neither be written nor read back.
        return b"{}", errors.InvalidInput("payload", reason=f"nested more than {MAX_PAYLOAD_DEPTH} levels deep")
    encoded = writing.canonical(payload)
    if len(encoded) > MAX_PAYLOAD_BYTES:
        return encoded, errors.PayloadTooLarge("payload", limit=MAX_PAYLOAD_BYTES)
    bad_text = first_bad_text(payload) if b"\\u" in encoded else None
    if bad_text is not None:
        return encoded, errors.InvalidText(bad_text)
    # What JSON writes and no double holds would silently be stored as null.
    infinite = first_infinite(payload) if b"null" in encoded else None
    return encoded, errors.InvalidInput(infinite, reason="out of range") if infinite is not None else None


def _validate(case: Case, spec: CommandSpec) -> None:
    try:
        case.payload = spec.understand(case.request.payload, case.request.schema)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        case.refusal = errors.InvalidInput(".".join(map(str, first["loc"])) or "payload", reason=first["msg"])
    except Exception as error:  # the conversion of an old payload fails: nothing the phone could mend, so it waits
        case.refusal = _unexpected(error, case)


def judge_run(cases: list[Case], actor: Actor, *, one_by_one: bool) -> None:
    """Run the commands of one name, as one set or each under its own savepoint.

    Raises RunAgain when the set as a whole failed: its transaction is of no more use.
    """
    if one_by_one:
        for case in cases:
            judge_one(case, actor)
        return
    try:
        _run_handler(cases, actor)
    except Exception as error:
        if _is_the_servers(error):
            raise
        raise RunAgain from error


def judge_one(case: Case, actor: Actor) -> None:
    """Run one command under a savepoint; whatever goes wrong becomes its refusal and nothing else is touched."""
    try:
        with transaction.atomic():
            _run_handler([case], actor)
            if case.refusal is not None:
                raise case.refusal
    except errors.DomainError as refusal:
        case.refusal = refusal
    except Exception as error:
        if _is_the_servers(error):
            raise
        case.refusal = _explain(error, case)


def _run_handler(cases: list[Case], actor: Actor) -> None:
    spec = cases[0].spec
    assert spec is not None
    batch: Batch[Any] = Batch([Item(case.request, case.payload) for case in cases])
    spec.handler(actor, batch)
    batch.flush()
    for consequence in CONSEQUENCES.get(spec.name, ()):
        if done := [item.payload for item in batch]:
            consequence(actor, done)
    for case, item in zip(cases, batch.items, strict=True):
        case.refusal, case.conflicts = item.refusal, item.conflicts


def _is_the_servers(error: Exception) -> bool:
    """Whether a failure tells of the database's state rather than of the command, so that trying again may help.

    A statement that takes too long or exceeds a limit of PostgreSQL would do so at every retry, and block what follows.
    """
    if not isinstance(error, OperationalError):
        return False
    state = getattr(error.__cause__, "sqlstate", None) or ""
    return state != _QUERY_CANCELED and not state.startswith(_LIMIT_EXCEEDED)


def _explain(error: Exception, case: Case) -> errors.DomainError:
    """The refusal that an exception means; one that means none is unexpected and parks the command."""
    if isinstance(error, IntegrityError):
        diagnosis = getattr(error.__cause__, "diag", None)
        constraint = getattr(diagnosis, "constraint_name", None) or ""
        state = getattr(error.__cause__, "sqlstate", None)
        if (kind := errors.for_constraint(constraint)) is not None:
            return kind()
        if state == "23505" and constraint.endswith("_pkey"):
            return errors.IdTaken("id")
        if state == "23503":
            return errors.ReferenceInvalid(errors.field_of_constraint(constraint))
    return _unexpected(error, case)


def _unexpected(error: Exception, case: Case) -> errors.DomainError:
    _log.exception("command parked", extra={"command_id": str(case.request.id), "command": case.request.name})
    return errors.Unexpected(error=type(error).__name__)
