"""Sign in, refresh, sign out: the writers of devices' sessions.

No registered commands: they come before anybody is known, and what they carry must never be recorded.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Now

from accounts import passwords, queries, refresh_tokens, tokens
from accounts.commands import attempts
from accounts.commands.second_factors import require_code
from accounts.errors import DeviceRevoked, DeviceTaken, RefreshInvalid, RefreshReused, SignInFailed, UserInactive
from accounts.models import Device, RefreshToken, User
from accounts.schemas.sessions import DeviceIn, SignInIn
from accounts.usernames import normalise_username
from core.actor import Actor
from core.api_level import API_LEVEL
from core.clock import now
from core.errors import DomainError
from core.fence import company_fence
from core.ids import uuid7

IDLE = timedelta(days=30)
"""How long a refresh token waits for its use: people work offline for weeks."""
REPLAY = timedelta(seconds=60)
"""How long a used token may be presented again, because the answer may have been lost on the way."""


@dataclass(frozen=True, slots=True)
class Session:
    """Who is signed in on which device, with the refresh token of his next request."""

    user: User
    device_id: UUID
    refresh_token: str

    @property
    def actor(self) -> Actor:
        """The user on his device."""
        user = self.user
        return Actor(user.company_id, user.id, frozenset(user.roles), user.org_unit_id, user.locale, self.device_id)


def sign_in(wanted: SignInIn, address: str) -> Session:
    """Begin a session with a password; earlier sessions of the device end.

    Raises accounts.locked_out, accounts.sign_in_failed, accounts.code_required, accounts.code_wrong,
    accounts.user_inactive, accounts.device_revoked, accounts.device_taken.
    """
    user = recognise(wanted.company, wanted.username, wanted.password, address)
    require_code(user, wanted.code, address)
    with company_fence(user.company_id):
        hold_user(user)
        device = _enter_device(user, wanted.device)
        _end(Q(device=device))
        token = _issue(user.company_id, uuid7(), user.id, device.id)
    return Session(user, device.id, token)


def recognise(company: str, username: str, password: str, address: str) -> User:
    """The user of this name and password, active or not.

    Raises accounts.locked_out, accounts.sign_in_failed. Takes as long for a name that does not exist as for a wrong
    password. address: the caller's.
    """
    code, username = company.strip().lower(), normalise_username(username)
    attempts.charge(code, username, address)
    company_id = queries.find_company_id(code)
    user = _find_user(company_id, username) if company_id else None
    if not passwords.verify(password, user.password_hash if user else "") or user is None:
        raise SignInFailed
    attempts.take_back(code, username, address)
    if passwords.is_outdated(user.password_hash):
        _encode_again(user, password)
    return user


def refresh(token: str) -> Session:
    """Exchange a refresh token for its successor; the same one again within 60 s while that is unused.

    Raises accounts.refresh_invalid, accounts.refresh_reused (the family is ended), accounts.device_revoked,
    accounts.user_inactive.
    """
    with company_fence(refresh_tokens.company_of(token)):
        # A refusal may have ended the family, which has to be committed: it is raised behind the fence.
        outcome = _refresh(token)
    if isinstance(outcome, DomainError):
        raise outcome
    return outcome


def sign_out(actor: Actor) -> None:
    """End the sessions of the actor's device. Its access token is refused from now on."""
    with company_fence(actor.company_id):
        _leave_device(Q(device_id=actor.device_id))


def sign_out_by(token: str) -> None:
    """End the session to which a refresh token belongs, used or not. Raises accounts.refresh_invalid."""
    with company_fence(refresh_tokens.company_of(token)):
        row = RefreshToken.objects.filter(hash=refresh_tokens.digest(token)).first()
        if row is None:
            raise RefreshInvalid
        _leave_device(Q(device_id=row.device_id))


def _refresh(token: str) -> Session | DomainError:
    digest = refresh_tokens.digest(token)
    named = RefreshToken.objects.filter(hash=digest).values("user_id", "device_id").first()
    if named is None:
        return RefreshInvalid()
    # Before the token, in the order in which passwords, deactivation and revocation lock: none of them can miss a
    # successor that is being made.
    _share("accounts_user", named["user_id"])
    _share("accounts_device", named["device_id"])
    row = RefreshToken.objects.select_for_update(of=("self",)).select_related("user", "device").get(hash=digest)
    if row.device.revoked_at is not None:
        return DeviceRevoked()
    if not row.user.is_active:
        return UserInactive()
    if row.revoked_at is not None or row.expires_at <= now():
        return RefreshInvalid()
    if row.used_at is None:
        successor = _issue(row.company_id, row.family_id, row.user_id, row.device_id)
        row.used_at, row.successor_sealed = now(), refresh_tokens.seal(successor, token)
        row.save(update_fields=["used_at", "successor_sealed"])
        return Session(row.user, row.device_id, successor)
    successor = refresh_tokens.unseal(bytes(row.successor_sealed), token)
    unused = RefreshToken.objects.filter(hash=refresh_tokens.digest(successor), used_at__isnull=True)
    if now() - row.used_at <= REPLAY and unused.exists():
        return Session(row.user, row.device_id, successor)
    _end(Q(family_id=row.family_id))
    return RefreshReused()


def _find_user(company_id: UUID, username: str) -> User | None:
    with company_fence(company_id):
        return User.objects.filter(username=username).first()


def hold_user(user: User) -> None:
    """Keep the user as he is until the commit.

    Raises accounts.sign_in_failed when his password changed since it was verified, accounts.user_inactive.
    """
    _share("accounts_user", user.id)
    present = User.objects.get(id=user.id)
    if present.password_hash != user.password_hash:
        raise SignInFailed
    if not present.is_active:
        raise UserInactive


def _share(table: str, id_: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"select 1 from {table} where id = %s for share", [id_])


def _encode_again(user: User, password: str) -> None:
    """Store the password with today's parameters, unless it was changed meanwhile."""
    encoded = passwords.encode(password)
    with company_fence(user.company_id):
        rows = User.objects.filter(id=user.id, password_hash=user.password_hash)
        if rows.update(password_hash=encoded):
            user.password_hash = encoded


def _enter_device(user: User, wanted: DeviceIn) -> Device:
    """The device that signs in, new or known, locked."""
    device = Device(
        id=wanted.id or uuid7(),
        company_id=user.company_id,
        user=user,
        name=wanted.name,
        platform=wanted.platform,
        app_version=wanted.app_version,
        push_id=wanted.push_id,
        push_kind=wanted.push_kind,
        signed_in_at=now(),
    )
    Device.objects.bulk_create([device], ignore_conflicts=True)
    present = Device.objects.select_for_update().filter(id=device.id).first()
    if present is None or present.user_id != user.id:
        raise DeviceTaken("device.id")
    if present.revoked_at is not None:
        raise DeviceRevoked
    present.name, present.platform, present.app_version = device.name, device.platform, device.app_version
    present.push_id, present.push_kind, present.signed_in_at = device.push_id, device.push_kind, device.signed_in_at
    present.signed_out_at = None
    present.save()
    return present


def _issue(company_id: UUID, family_id: UUID, user_id: UUID, device_id: UUID) -> str:
    token = refresh_tokens.make(company_id)
    RefreshToken.objects.create(
        company_id=company_id,
        hash=refresh_tokens.digest(token),
        family_id=family_id,
        user_id=user_id,
        device_id=device_id,
        expires_at=now() + IDLE,
    )
    return token


def _leave_device(which: Q) -> None:
    """End the sessions of a device, refuse its access tokens, and send it no more pokes."""
    device_ids = set(RefreshToken.objects.filter(which).values_list("device_id", flat=True))
    Device.objects.filter(id__in=device_ids).update(push_id=None, push_kind=None, signed_out_at=Now())
    _end(which)


def _end(which: Q) -> None:
    RefreshToken.objects.filter(which, revoked_at__isnull=True).update(revoked_at=Now())


def as_wire(session: Session) -> dict[str, object]:
    """The answer of a sign-in and a refresh, with a fresh access token."""
    user = session.user
    return {
        "access_token": tokens.issue(session.actor),
        "expires_in_s": tokens.LIFETIME_S,
        "refresh_token": session.refresh_token,
        "user": {"id": user.id, "name": user.name, "roles": user.roles, "org_unit_id": user.org_unit_id},
        "device": {"id": session.device_id},
        "api_level": API_LEVEL,
    }
