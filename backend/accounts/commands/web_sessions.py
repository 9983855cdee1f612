"""Sessions of browsers at the console: begin, recognise, end.

No registered commands, as those of phones (`accounts.commands.sessions`): they come before anybody is known, and what
they carry must never be recorded.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models.functions import Now

from accounts import refresh_tokens
from accounts.commands.sessions import hold_user, recognise
from accounts.commands.users import end_web_sessions
from accounts.errors import RefreshInvalid, WebSessionEnded
from accounts.models import User, WebSession
from core.actor import Actor
from core.clock import now
from core.fence import company_fence, set_company

IDLE = timedelta(hours=12)
"""Who did nothing for so long signs in again: a desk is left in the evening."""
LONGEST = timedelta(days=7)
_SEEN_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is signed in, and how he wants to see his pages. time_zone: the company's where he chose none of his own."""

    actor: Actor
    name: str
    company_name: str
    time_zone: str
    own_time_zone: str
    theme: str


def begin(company: str, username: str, password: str, address: str) -> str:
    """The cookie of a new session.

    Raises accounts.locked_out, accounts.sign_in_failed, accounts.user_inactive. address: the caller's.
    """
    user = recognise(company, username, password, address)
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


def _visitor(user: User) -> Visitor:
    company = user.company
    actor = Actor(user.company_id, user.id, frozenset(user.roles), user.org_unit_id, user.locale)
    return Visitor(actor, user.name, company.name, user.time_zone or company.time_zone, user.time_zone, user.theme)
