"""The only writer of the log of looks. It is written in the transaction of the look: whoever sees is seen."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from core.actor import Actor
from core.ids import uuid7
from trails.purposes import Purpose, View

SPREAD_AT_ONCE = 200
"""A look at more people is logged at once all the same, but told to each of them by a job, within seconds."""
_HOUR = timedelta(hours=1)

# Whom the same look of this hour has named already is not named again: a map that refreshes itself is one look.
_LOG = """
with fresh as (
  select array(
    select unnest(%(users)s::uuid[])
    except
    select unnest(l.user_ids) from trails_look l
    where l.viewer_id = %(viewer)s and l.view = %(view)s and l.until_at > %(at)s
      and l.purpose = %(purpose)s and l.note = %(note)s) as users
)
insert into trails_look (id, company_id, viewer_id, user_ids, view, purpose, note, from_date, to_date, at, until_at)
select %(id)s, %(company)s, %(viewer)s, f.users, %(view)s, %(purpose)s, %(note)s, %(from)s, %(to)s, %(at)s, %(until)s
from fresh f where cardinality(f.users) > 0
returning cardinality(user_ids)
"""
_SPREAD = """
insert into trails_access
  (id, company_id, look_id, user_id, viewer_id, view, purpose, note, from_date, to_date, at, until_at)
select gen_random_uuid(), l.company_id, l.id, u, l.viewer_id, l.view, l.purpose, l.note, l.from_date, l.to_date, l.at,
       l.until_at
from trails_look l, unnest(l.user_ids) u where l.id = %s
on conflict do nothing
"""


def note_look(
    actor: Actor,
    users: str,
    view: View,
    purpose: Purpose,
    note: str,
    at: datetime,
    days: tuple[date | None, date | None] = (None, None),
) -> UUID | None:
    """Log that the actor looks at others' trails. At most two queries.

    users: an array of their ids as PostgreSQL writes it. Returns the id of a look that has yet to be told to those
    whom it concerns (`spread_look`), because they are many.
    """
    look_id = uuid7()
    lasting = view == View.LAST_POSITION
    values: dict[str, Any] = {
        "id": look_id,
        "company": actor.company_id,
        "viewer": actor.user_id,
        "users": users,
        "view": view,
        "purpose": purpose,
        "note": note,
        "from": days[0],
        "to": days[1],
        "at": at,
        "until": at.replace(minute=0, second=0, microsecond=0) + _HOUR if lasting else at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LOG, values)
        logged = cursor.fetchone()
    if logged is None:
        return None
    if logged[0] > SPREAD_AT_ONCE:
        return look_id
    spread_look(look_id)
    return None


def spread_look(look_id: UUID) -> None:
    """Tell everybody at whose trail somebody looked: a row for each, published to him (one query)."""
    with connection.cursor() as cursor:
        cursor.execute(_SPREAD, [look_id])
