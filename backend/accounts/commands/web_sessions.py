"""Sessions of browsers at the console: begin, recognise, end.

No registered commands, as those of phones (`accounts.commands.sessions`): they come before anybody is known, and what
they carry must never be recorded.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db.models.functions import Now

from accounts import queries, refresh_tokens
from accounts.commands.second_factors import is_on, require_code
from accounts.commands.sessions import hold_user, recognise
from accounts.commands.users import end_web_sessions
from accounts.errors import RefreshInvalid, SingleSignOnUnknown, WebSessionEnded
from accounts.models import User, WebSession
from accounts.single_sign_on import SingleSignOn
from core.actor import Actor
from core.clock import now
from core.fence import company_fence, set_company

IDLE = timedelta(hours=12)
"""Who did nothing for so long signs in again: a desk is left in the evening."""
LONGEST = timedelta(days=7)
_SEEN_EVERY = timedelta(minutes=5)
HALF_WAY_S = 5 * 60
"""How long the code of a second factor may take."""
_HALF = "half of a sign-in"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is signed in, and how he wants to see his pages. time_zone: the company's where he chose none of his own."""

    actor: Actor
    name: str
    company_name: str
    time_zone: str
    own_time_zone: str
    theme: str


@dataclass(frozen=True, slots=True)
class HalfWay:
    """The password was right; a code of the second factor is still to come. token: what the browser brings it with."""

    token: str


def begin(company: str, username: str, password: str, address: str) -> str | HalfWay:
    """The cookie of a new session, or what is half of it where the user has a second factor.

    Raises accounts.locked_out, accounts.sign_in_failed, accounts.user_inactive. address: the caller's.
    """
    user = recognise(company, username, password, address)
    if is_on(user):
        return HalfWay(signing.dumps([str(user.company_id), str(user.id), _password_mark(user)], salt=_HALF))
    return begin_for(user)


def go_on(half: str, code: str, address: str) -> str:
    """The cookie of a new session, for somebody who is half way and gives a code.

    Raises accounts.web_session_ended where the half is too old, accounts.code_required, accounts.code_wrong,
    accounts.locked_out, accounts.user_inactive.
    """
    try:
        company_id, user_id, mark = signing.loads(half, salt=_HALF, max_age=HALF_WAY_S)
        with company_fence(UUID(company_id)):
            user = User.objects.get(id=user_id)
    except (signing.BadSignature, ValueError, User.DoesNotExist):
        raise WebSessionEnded from None
    if not hmac.compare_digest(mark, _password_mark(user)):
        raise WebSessionEnded
    require_code(user, code, address)
    return begin_for(user)


def begin_by_claims(claims: Mapping[str, Any]) -> str:
    """The cookie of a new session of whom the provider's claims name (`accounts.openid`).

    Raises accounts.single_sign_on_unknown for anybody who is no active user of the provider's company.
    """
    setting: SingleSignOn = settings.SINGLE_SIGN_ON
    company_id, word = queries.find_company_id(setting.company), claims.get(setting.claim)
    is_doubtful = setting.claim == "email" and str(claims.get("email_verified", True)).lower() == "false"
    if company_id is None or is_doubtful or not isinstance(word, str):
        raise SingleSignOnUnknown
    with company_fence(company_id):
        found = queries.list_users_called(setting.field, word)
    if len(found) != 1:
        raise SingleSignOnUnknown
    return begin_for(found[0])


def begin_for(user: User) -> str:
    """The cookie of a new session of somebody who has shown who he is.

    Raises accounts.user_inactive, accounts.sign_in_failed where his password was changed meanwhile.
    """
    with company_fence(user.company_id):
        hold_user(user)
        cookie = refresh_tokens.make(user.company_id)
        WebSession.objects.create(
            company_id=user.company_id,
            hash=refresh_tokens.digest(cookie),
            user_id=user.id,
            expires_at=now() + LONGEST,
        )
    return cookie


def company_of(cookie: str) -> UUID:
    """The company whose session this claims to be. Raises accounts.web_session_ended for anything else."""
    try:
        return refresh_tokens.company_of(cookie)
    except RefreshInvalid:
        raise WebSessionEnded from None


def visitor_of(cookie: str) -> Visitor:
    """Who is signed in with the cookie, by one statement; sets the fence for the running transaction.

    Raises accounts.web_session_ended: unknown, ended, left for too long, or its user is deactivated.
    """
    set_company(company_of(cookie))
    row = WebSession.objects.select_related("user__company").filter(hash=refresh_tokens.digest(cookie)).first()
    present = now()
    if row is None or row.ended_at or row.expires_at <= present or row.seen_at <= present - IDLE:
        raise WebSessionEnded
    if not row.user.is_active:
        raise WebSessionEnded
    if row.seen_at <= present - _SEEN_EVERY:
        WebSession.objects.filter(hash=row.hash).update(seen_at=present)
    return _visitor(row.user)


def end(cookie: str) -> None:
    """End one session. Nothing happens where there is none."""
    with company_fence(company_of(cookie)):
        WebSession.objects.filter(hash=refresh_tokens.digest(cookie), ended_at__isnull=True).update(ended_at=Now())


def end_all(actor: Actor) -> None:
    """End every session of the user in browsers, this one too."""
    with company_fence(actor.company_id):
        end_web_sessions([actor.user_id])


def _password_mark(user: User) -> str:
    """Changes with the password, and says nothing about it."""
    return hmac.digest(settings.SECRET_KEY.encode(), f"{_HALF}|{user.password_hash}".encode(), "sha256").hex()


def _visitor(user: User) -> Visitor:
    company = user.company
    actor = Actor(user.company_id, user.id, frozenset(user.roles), user.org_unit_id, user.locale)
    return Visitor(actor, user.name, company.name, user.time_zone or company.time_zone, user.time_zone, user.theme)
