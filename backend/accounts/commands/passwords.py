"""Setting passwords. The commands record that and by whom; the password's hash is handed over beside them."""

from typing import Any
from uuid import UUID

from accounts import passwords, queries
from accounts.beside import hand_over
from accounts.commands import attempts
from accounts.commands.users import end_sessions, lock_users, pick_user
from accounts.errors import PasswordWrong
from accounts.passwords import NewPassword, handed_over
from accounts.policies import ADMIN, require_person
from accounts.schemas.people import CreateUser, Nothing, UserId
from core.actor import Actor
from core.batches import Batch, Verdict
from core.commands import execute
from core.errors import Forbidden
from core.fence import company_fence
from core.ids import uuid7
from core.models import CommandRecord
from core.payloads import Payload
from core.registry import command


@command("accounts.set_password", payload=UserId, roles=ADMIN)
def set_password(actor: Actor, items: Batch[UserId]) -> None:
    """Give people new passwords and end all their sessions.

    Refuses accounts.user_not_found, accounts.password_missing, accounts.not_for_api_keys.
    """
    users = lock_users(items.each("id"))
    ended = []
    for item in items:
        with item:
            require_person(actor)
            user = pick_user(users, item.payload.id)
            user.password_hash = handed_over(item.id).encoded
            items.write(user)
            ended.append(user.id)
    end_sessions(ended)


@command("accounts.change_password", payload=Nothing)
def change_password(actor: Actor, items: Batch[Nothing]) -> None:
    """Change the actor's own password and end all his sessions, on this device too.

    Refuses accounts.password_missing, accounts.not_for_api_keys, and accounts.password_wrong when the password was
    changed meanwhile.
    """
    user = pick_user(lock_users([actor.user_id]), actor.user_id)
    changed = False
    for item in items:
        with item:
            require_person(actor)
            password = handed_over(item.id)
            if password.replaces != user.password_hash:
                raise PasswordWrong("current_password")
            user.password_hash = password.encoded
            items.write(user)
            changed = True
    if changed:
        end_sessions([user.id], actor.device_id)


def create_user_with(
    actor: Actor,
    payload: CreateUser | dict[str, Any],
    password: str | None,
    command_id: UUID | None,
    door: str = "rest",
) -> Verdict:
    """Run accounts.create_user with a first password. Raises accounts.password_too_weak, core.forbidden."""
    _require_admin(actor)
    if password is not None:
        username = payload.get("username") if isinstance(payload, dict) else payload.username
        passwords.require_strong(password, str(username))
    return _run("accounts.create_user", payload, password, actor=actor, command_id=command_id, door=door)


def set_user_password(
    actor: Actor, user_id: UUID, password: str, command_id: UUID | None, door: str = "rest"
) -> Verdict:
    """Run accounts.set_password, and free the user of a lock-out.

    Raises core.forbidden, accounts.user_not_found, accounts.password_too_weak.
    """
    _require_admin(actor)
    with company_fence(actor.company_id):
        user, company = queries.get_user(user_id), queries.get_company(actor.company_id)
    passwords.require_strong(password, user.username)
    payload = UserId(id=user_id)
    verdict = _run("accounts.set_password", payload, password, actor=actor, command_id=command_id, door=door)
    if verdict.settled:
        attempts.forget(company.code, user.username)
    return verdict


def change_own_password(
    actor: Actor, current: str, new: str, *, address: str, command_id: UUID | None, door: str = "rest"
) -> Verdict:
    """Run accounts.change_password, once the current password was given.

    Guesses at the current one count like failed sign-ins. Raises accounts.password_wrong, accounts.locked_out,
    accounts.password_too_weak, accounts.not_for_api_keys.
    """
    require_person(actor)
    with company_fence(actor.company_id):
        user, company = queries.get_user(actor.user_id), queries.get_company(actor.company_id)
        is_retry = command_id is not None and CommandRecord.objects.filter(id=command_id).exists()
    if is_retry:  # its verdict stands already, and the password that was current then is so no more
        return execute("accounts.change_password", Nothing(), actor=actor, command_id=command_id, door=door)
    passwords.require_strong(new, user.username)
    attempts.charge(company.code, user.username, address)
    if not passwords.verify(current, user.password_hash):
        raise PasswordWrong("current_password")
    attempts.take_back(company.code, user.username, address)
    return _run(
        "accounts.change_password",
        Nothing(),
        new,
        actor=actor,
        command_id=command_id,
        door=door,
        replaces=user.password_hash,
    )


def _require_admin(actor: Actor) -> None:
    """Before anything is hashed or looked up; the command itself judges the same again."""
    if actor.roles.isdisjoint(ADMIN):
        raise Forbidden


def _run(
    name: str,
    payload: Payload | dict[str, Any],
    password: str | None,
    *,
    actor: Actor,
    command_id: UUID | None,
    door: str,
    replaces: str | None = None,
) -> Verdict:
    command_id = command_id or uuid7()
    handed = {} if password is None else {command_id: NewPassword(passwords.encode(password), replaces)}
    with hand_over(handed):
        return execute(name, payload, actor=actor, command_id=command_id, door=door)
