"""API keys: made and revoked by administrators; and what follows from a request that comes with one."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from accounts import api_keys, queries
from accounts.api_keys import NewKey
from accounts.beside import hand_over, handed_over
from accounts.errors import (
    ApiKeyExpired,
    ApiKeyInvalid,
    ApiKeyNotFound,
    ApiKeySecretMissing,
    ScopeMissing,
    UserInactive,
)
from accounts.models import ApiKey
from accounts.policies import ADMIN, require_person
from accounts.schemas.api_keys import ApiKeyId, CreateApiKey
from accounts.scopes import covers
from core.actor import Actor
from core.batches import Batch, Verdict
from core.clock import now
from core.commands import execute
from core.errors import InvalidInput, ReferenceInvalid
from core.fence import company_fence
from core.ids import uuid7
from core.registry import command


@dataclass(frozen=True, slots=True)
class MadeKey:
    """What became of the command that makes a key; secret: the key, unless the command had been run before."""

    verdict: Verdict
    secret: str | None


@command("accounts.create_api_key", payload=CreateApiKey, creates="id", roles=ADMIN)
def create_api_key(actor: Actor, items: Batch[CreateApiKey]) -> None:
    """Make keys with which programs act in the name of users.

    Refuses accounts.api_key_secret_missing, accounts.not_for_api_keys, core.reference_invalid, core.invalid_input.
    """
    users = queries.list_users(items.each("user_id"))
    for item in items:
        with item:
            payload = item.payload
            require_person(actor)
            new = handed_over(item.id, NewKey)
            if new is None:
                raise ApiKeySecretMissing
            user = users.get(payload.user_id)
            if user is None or not user.is_active:
                raise ReferenceInvalid("user_id")
            if payload.expires_at is not None and payload.expires_at <= now():
                raise InvalidInput("expires_at", reason="must lie in the future")
            items.write(
                ApiKey(
                    **payload.model_dump(),
                    company_id=actor.company_id,
                    hash=new.digest,
                    beginning=new.beginning,
                    created_at=now(),
                    created_by_id=actor.user_id,
                )
            )


@command("accounts.revoke_api_key", payload=ApiKeyId, roles=ADMIN)
def revoke_api_key(actor: Actor, items: Batch[ApiKeyId]) -> None:
    """Have keys refused from now on, for good. Refuses accounts.api_key_not_found."""
    keys = {key.id: key for key in ApiKey.objects.select_for_update().filter(id__in=items.each("id")).order_by("id")}
    for item in items:
        with item:
            key = keys.get(item.payload.id)
            if key is None:
                raise ApiKeyNotFound("id")
            if key.revoked_at is None:
                key.revoked_at, key.revoked_by_id = now(), actor.user_id
                items.write(key)


def create_with_secret(
    actor: Actor, payload: CreateApiKey | dict[str, Any], command_id: UUID | None, door: str = "rest"
) -> MadeKey:
    """Run accounts.create_api_key with a fresh key. A retry finds the verdict, but not the key: it is told once."""
    command_id = command_id or uuid7()
    key = api_keys.make(actor.company_id)
    with hand_over({command_id: api_keys.to_store(key)}):
        verdict = execute("accounts.create_api_key", payload, actor=actor, command_id=command_id, door=door)
    with company_fence(actor.company_id):
        is_stored = verdict.settled and queries.is_api_key(api_keys.digest(key))
    return MadeKey(verdict, key if is_stored else None)


def admit(key: str, wanted: str) -> Actor:
    """The user in whose name a key acts, by one statement, which sets the fence and notes the use once a minute.

    wanted: the scope that the request needs. Raises ApiKeyInvalid, ApiKeyExpired, UserInactive, ScopeMissing.
    """
    company_id, digest = api_keys.company_of(key), api_keys.digest(key)
    with connection.cursor() as cursor:
        cursor.execute(
            "select state, key_id, user_id, roles, org_unit_id, locale, scopes from accounts_admit_key(%s, %s)",
            [company_id, digest],
        )
        state, key_id, user_id, roles, org_unit_id, locale, scopes = cursor.fetchone()
    if state == "expired":
        raise ApiKeyExpired
    if state == "inactive":
        raise UserInactive
    if state != "ok":
        raise ApiKeyInvalid
    if not covers(scopes, wanted):
        raise ScopeMissing(scope=wanted)
    return Actor(company_id, user_id, frozenset(roles), org_unit_id, locale, key_id=key_id)
