"""The second factor of a user: put on with an authenticator app, asked for at the sign-in, taken off.

Codes and secrets go beside the commands (`accounts.beside`): a code is judged and spent first, in a transaction of its
own, so that no failure later on gives it back.
"""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from accounts import one_time_codes, queries
from accounts.beside import hand_over, handed_over
from accounts.commands import attempts
from accounts.commands.users import lock_users, pick_user
from accounts.errors import CodeMissing, CodeRequired, CodeWrong, SecondFactorOff, SecondFactorOn
from accounts.models import SecondFactor, User
from accounts.policies import ADMIN, require_person
from accounts.schemas.people import Nothing, UserId
from core.actor import Actor
from core.batches import Batch, Verdict
from core.clock import now
from core.commands import execute
from core.fence import company_fence
from core.ids import uuid7
from core.models import CommandRecord
from core.registry import command

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class NewFactor:
    """What goes beside the command that puts a factor on. step: of the code that confirmed it, which is spent."""

    sealed: bytes
    step: int
    recovery: list[bytes]


@dataclass(frozen=True, slots=True)
class Proven:
    """Beside a command about an existing factor: a code was given and spent. recovery: what is to replace the codes."""

    recovery: list[bytes]


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A new secret for somebody's app. draft: sent back with the first code. address: what the QR code says."""

    draft: str
    secret: str
    address: str


@dataclass(frozen=True, slots=True)
class WithCodes:
    """What became of a command, and the recovery codes that are told once; None where it had been run before."""

    verdict: Verdict
    codes: list[str] | None


@command("accounts.enable_second_factor", payload=Nothing)
def enable_second_factor(actor: Actor, items: Batch[Nothing]) -> None:
    """Have the actor's sign-ins ask for a code besides the password.

    Refuses accounts.code_missing, accounts.second_factor_on, accounts.not_for_api_keys.
    """
    lock_users([actor.user_id])
    present = queries.find_second_factor(actor.user_id)
    for item in items:
        with item:
            require_person(actor)
            new = handed_over(item.id, NewFactor)
            if new is None:
                raise CodeMissing
            if present is not None:
                raise SecondFactorOn
            present = SecondFactor(
                company_id=actor.company_id,
                user_id=actor.user_id,
                sealed=new.sealed,
                last_step=new.step,
                recovery=new.recovery,
                created_at=now(),
            )
            items.write(present)


@command("accounts.remove_second_factor", payload=Nothing)
def remove_second_factor(actor: Actor, items: Batch[Nothing]) -> None:
    """Have the actor's sign-ins ask for the password alone again.

    Refuses accounts.code_missing, accounts.second_factor_off, accounts.not_for_api_keys.
    """
    factor = _own_factor(actor)
    for item in items:
        with item:
            _require_proof(actor, item.id)
            if factor is None:
                raise SecondFactorOff
            items.delete(factor)
            factor = None


@command("accounts.renew_recovery_codes", payload=Nothing)
def renew_recovery_codes(actor: Actor, items: Batch[Nothing]) -> None:
    """Replace all of the actor's recovery codes by new ones.

    Refuses accounts.code_missing, accounts.second_factor_off, accounts.not_for_api_keys.
    """
    factor = _own_factor(actor)
    for item in items:
        with item:
            proof = _require_proof(actor, item.id)
            if factor is None:
                raise SecondFactorOff
            factor.recovery = proof.recovery
            items.write(factor)


@command("accounts.reset_second_factor", payload=UserId, roles=ADMIN)
def reset_second_factor(actor: Actor, items: Batch[UserId]) -> None:
    """Take the second factor off people who have lost their phone, and lift a lock of their codes.

    Refuses accounts.user_not_found, accounts.second_factor_off, accounts.not_for_api_keys.
    """
    users = lock_users(items.each("id"))
    factors = {factor.user_id: factor for factor in SecondFactor.objects.filter(user_id__in=users)}
    for item in items:
        with item:
            require_person(actor)
            user = pick_user(users, item.payload.id)
            factor = factors.pop(user.id, None)
            if factor is None:
                raise SecondFactorOff("id")
            items.delete(factor)
    attempts.forget_codes(users)


def begin_enrolment(actor: Actor) -> Enrolment:
    """A new secret for the actor's app; nothing is stored yet. Raises accounts.not_for_api_keys."""
    require_person(actor)
    user, company = queries.get_user(actor.user_id), queries.get_company(actor.company_id)
    secret = one_time_codes.make_secret()
    draft = one_time_codes.write_draft(secret, user.id)
    return Enrolment(draft, secret, one_time_codes.address_of(secret, user.username, company.code))


def read_enrolment(actor: Actor, draft: str) -> Enrolment:
    """An enrolment that was begun before. Raises accounts.enrolment_expired."""
    user, company = queries.get_user(actor.user_id), queries.get_company(actor.company_id)
    secret = one_time_codes.read_draft(draft, user.id)
    return Enrolment(draft, secret, one_time_codes.address_of(secret, user.username, company.code))


def enable(
    actor: Actor, draft: str, code: str, *, address: str, command_id: UUID | None, door: str = "rest"
) -> WithCodes:
    """Run accounts.enable_second_factor, once a code shows that the user's app has the secret of the draft.

    Raises accounts.enrolment_expired, accounts.code_wrong, accounts.locked_out, accounts.not_for_api_keys.
    """
    require_person(actor)
    command_id = command_id or uuid7()
    if _is_known(actor, command_id):
        return WithCodes(_run("accounts.enable_second_factor", actor, command_id, door, None), None)
    secret = one_time_codes.read_draft(draft, actor.user_id)
    step = _judge(actor.user_id, address, lambda: one_time_codes.find_step(secret, code))
    codes = one_time_codes.make_recovery_codes()
    sealed = one_time_codes.seal_secret(secret, actor.user_id)
    new = NewFactor(sealed, step, _hashes(codes, actor.user_id))
    verdict = _run("accounts.enable_second_factor", actor, command_id, door, new)
    return WithCodes(verdict, codes if verdict.settled else None)


def remove(actor: Actor, code: str, *, address: str, command_id: UUID | None, door: str = "rest") -> Verdict:
    """Run accounts.remove_second_factor, once a code was given.

    Raises accounts.code_wrong, accounts.locked_out, accounts.second_factor_off, accounts.not_for_api_keys.
    """
    return _prove_and_run("accounts.remove_second_factor", actor, code, (), address, command_id, door).verdict


def renew(actor: Actor, code: str, *, address: str, command_id: UUID | None, door: str = "rest") -> WithCodes:
    """Run accounts.renew_recovery_codes, once a code was given. Raises the same as `remove`."""
    codes = one_time_codes.make_recovery_codes()
    return _prove_and_run("accounts.renew_recovery_codes", actor, code, codes, address, command_id, door)


def require_code(user: User, code: str | None, address: str) -> None:
    """Let somebody on whose password is right: without a second factor at once, else with a code, which is spent.

    Raises accounts.code_required, accounts.code_wrong, accounts.locked_out. address: the caller's.
    """
    if not is_on(user):
        return
    if not code:
        raise CodeRequired("code")
    _judge(user.id, address, lambda: _spend(user.company_id, user.id, code))


def is_on(user: User) -> bool:
    """Whether the user's sign-ins ask for a code."""
    with company_fence(user.company_id):
        return queries.find_second_factor(user.id) is not None


def _prove_and_run(
    name: str, actor: Actor, code: str, codes: Sequence[str], address: str, command_id: UUID | None, door: str
) -> WithCodes:
    require_person(actor)
    command_id = command_id or uuid7()
    if _is_known(actor, command_id):
        return WithCodes(_run(name, actor, command_id, door, None), None)
    with company_fence(actor.company_id):
        if queries.find_second_factor(actor.user_id) is None:
            raise SecondFactorOff
    _judge(actor.user_id, address, lambda: _spend(actor.company_id, actor.user_id, code))
    verdict = _run(name, actor, command_id, door, Proven(_hashes(codes, actor.user_id)))
    return WithCodes(verdict, list(codes) if verdict.settled else None)


def _judge(user_id: UUID, address: str, fits: Callable[[], T | None]) -> T:
    """What `fits` finds of a code. Guesses are counted before they are judged, as those at passwords."""
    attempts.charge_code(user_id, address)
    found = fits()
    if found is None:
        raise CodeWrong("code")
    attempts.take_back_code(user_id, address)
    return found


def _spend(company_id: UUID, user_id: UUID, code: str) -> bool | None:
    """True where the code is one of the user's, which is then of no more use; None otherwise."""
    with company_fence(company_id):
        factor = SecondFactor.objects.select_for_update().filter(user_id=user_id).first()
        if factor is None:
            return None
        secret = one_time_codes.unseal_secret(bytes(factor.sealed), user_id)
        step = one_time_codes.find_step(secret, code, factor.last_step) if secret else None
        digest = one_time_codes.hash_recovery_code(code, user_id)
        left = [kept for kept in factor.recovery if not hmac.compare_digest(bytes(kept), digest)]
        if step is None and len(left) == len(factor.recovery):
            return None
        factor.last_step, factor.recovery = step or factor.last_step, left
        factor.save(update_fields=["last_step", "recovery"])
        return True


def _own_factor(actor: Actor) -> SecondFactor | None:
    lock_users([actor.user_id])
    return queries.find_second_factor(actor.user_id)


def _require_proof(actor: Actor, command_id: UUID) -> Proven:
    require_person(actor)
    proof = handed_over(command_id, Proven)
    if proof is None:
        raise CodeMissing
    return proof


def _hashes(codes: Sequence[str], user_id: UUID) -> list[bytes]:
    return [one_time_codes.hash_recovery_code(code, user_id) for code in codes]


def _is_known(actor: Actor, command_id: UUID) -> bool:
    """Whether this command has its verdict already: the code that was good then is spent."""
    with company_fence(actor.company_id):
        return CommandRecord.objects.filter(company_id=actor.company_id, id=command_id).exists()


def _run(name: str, actor: Actor, command_id: UUID, door: str, beside: NewFactor | Proven | None) -> Verdict:
    with hand_over({} if beside is None else {command_id: beside}):
        return execute(name, Nothing(), actor=actor, command_id=command_id, door=door)
