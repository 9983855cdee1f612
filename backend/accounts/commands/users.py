"""The writers of users: create, edit, deactivate and reactivate."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models.functions import Now

from accounts import queries
from accounts.beside import hand_over
from accounts.errors import LastAdmin, UserNotFound
from accounts.models import Device, RefreshToken, User, WebSession
from accounts.passwords import NewPassword, encode, find_handed_over
from accounts.policies import ADMIN
from accounts.schemas.people import CreateUser, UpdateUser, UserId
from core.actor import Actor
from core.batches import Batch, CommandRequest, Verdict
from core.clock import now
from core.commands import execute_all
from core.edits import apply_edit
from core.errors import ReferenceInvalid
from core.registry import command


@command("accounts.create_user", payload=CreateUser, creates="id", roles=ADMIN)
def create_user(actor: Actor, items: Batch[CreateUser]) -> None:
    """Add people. Refuses accounts.username_taken, accounts.external_id_taken, core.reference_invalid."""
    units = queries.list_org_units(items.each("org_unit_id"))
    locale = queries.get_company(actor.company_id).locale
    for item in items:
        with item:
            payload = item.payload
            if payload.org_unit_id is not None and payload.org_unit_id not in units:
                raise ReferenceInvalid("org_unit_id")
            password = find_handed_over(item.id)
            user = User(
                **payload.model_dump() | {"locale": payload.locale or locale},
                company_id=actor.company_id,
                created_at=item.occurred_at,
                created_by_id=actor.user_id,
                updated_at=now(),
                password_hash=password.encoded if password else "",
            )
            items.write(user)


@command("accounts.update_user", payload=UpdateUser, roles=ADMIN)
def update_user(actor: Actor, items: Batch[UpdateUser]) -> None:
    """Edit people, field by field. Refuses accounts.user_not_found, accounts.last_admin, core.reference_invalid and
    the names that are taken."""
    users = lock_users(items.each("id"))
    units = queries.list_org_units(items.collect(lambda p: p.changes.org_unit_id and p.changes.org_unit_id.to))
    admins = _lock_admins() if any(item.payload.changes.roles for item in items) else set()
    regraded = []
    for item in items:
        with item:
            user = pick_user(users, item.payload.id)
            changes, roles = item.payload.changes, user.roles
            if changes.org_unit_id and changes.org_unit_id.to and changes.org_unit_id.to not in units:
                raise ReferenceInvalid("changes.org_unit_id.to")
            if changes.roles and "admin" not in (changes.roles.to or ()):
                _leave_admins(admins, user)
            apply_edit(actor, items, item, user, changes.by_name(), kind="user", command_name="accounts.update_user")
            user.updated_at = now()
            if user.roles != roles:
                regraded.append(user.id)
    if regraded:
        end_web_sessions(regraded)


@command("accounts.deactivate_user", payload=UserId, roles=ADMIN)
def deactivate_user(actor: Actor, items: Batch[UserId]) -> None:
    """Lock people out, from now on, and take their grants. Refuses accounts.user_not_found, accounts.last_admin."""
    admins = _lock_admins()
    users = lock_users(items.each("id"))
    ended = []
    for item in items:
        with item:
            user = pick_user(users, item.payload.id)
            _leave_admins(admins, user)
            user.is_active = False
            user.updated_at = now()
            items.write(user)
            ended.append(user.id)
    end_sessions(ended)


@command("accounts.reactivate_user", payload=UserId, roles=ADMIN)
def reactivate_user(actor: Actor, items: Batch[UserId]) -> None:
    """Let people in again. Refuses accounts.user_not_found."""
    users = lock_users(items.each("id"))
    for item in items:
        with item:
            user = pick_user(users, item.payload.id)
            user.is_active = True
            user.updated_at = now()
            items.write(user)


def create_users(actor: Actor, users: Sequence[CreateUser], password: str | None = None) -> list[Verdict]:
    """Create many users who share a first password: one hash, one statement. For demo companies and tests."""
    requests = [
        CommandRequest("accounts.create_user", user.model_dump(mode="json", exclude_unset=True)) for user in users
    ]
    passwords = {}
    if password is not None:
        passwords = dict.fromkeys((request.id for request in requests), NewPassword(encode(password)))
    with hand_over(passwords):
        return execute_all(requests, actor=actor, door="import")


def lock_users(ids: Iterable[UUID]) -> dict[UUID, User]:
    """The users of these ids, kept from other writers and from refreshes of their sessions until the commit."""
    return {user.id: user for user in User.objects.select_for_update(no_key=True).filter(id__in=ids).order_by("id")}


def _lock_admins() -> set[UUID]:
    """The active administrators, locked: two of them cannot remove each other at the same time."""
    rows = User.objects.select_for_update(no_key=True).filter(is_active=True, roles__contains=["admin"])
    return set(rows.order_by("id").values_list("id", flat=True))


def _leave_admins(admins: set[UUID], user: User) -> None:
    if admins == {user.id}:
        raise LastAdmin
    admins.discard(user.id)


def pick_user(users: dict[UUID, User], id_: UUID) -> User:
    """One of them. Raises UserNotFound."""
    if id_ not in users:
        raise UserNotFound("id")
    return users[id_]


def end_sessions(user_ids: Iterable[UUID], calling_device_id: UUID | None = None) -> None:
    """End every session of these users, on phones and in browsers; access tokens are refused from now on.

    calling_device_id: keeps its access token until that runs out, so that an answer that got lost can be asked for
    again. The users' rows are locked, so neither a refresh nor a sign-in can slip another one in.
    """
    RefreshToken.objects.filter(user_id__in=user_ids, revoked_at__isnull=True).update(revoked_at=Now())
    devices = Device.objects.filter(user_id__in=user_ids, signed_out_at__isnull=True)
    devices.exclude(id=calling_device_id).update(signed_out_at=Now())
    end_web_sessions(user_ids)


def end_web_sessions(user_ids: Iterable[UUID]) -> None:
    """End every session of these users in browsers; whoever gained or lost a role begins anew."""
    WebSession.objects.filter(user_id__in=user_ids, ended_at__isnull=True).update(ended_at=Now())
