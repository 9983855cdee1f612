"""What happened at a customer in the order of time: visits, what came of them, tasks, pictures, what competitors do."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection


class Moment(NamedTuple):
    """Something that happened. kind: see `_KINDS`. id: of the row. by_id: whose deed it was. facts: by kind."""

    at: datetime
    kind: str
    id: UUID
    by_id: UUID | None
    visit_id: UUID | None
    facts: dict[str, Any]


Position = tuple[datetime, UUID]

# Each yields at, kind, id, by_id, visit_id, facts. Photos of a visit by one person are one moment.
_KINDS = {
    "visit": """
        select v.checked_in_at, v.id, v.rep_id, v.id, json_build_object(
            'verdict', v.check_in_verdict, 'until', v.checked_out_at, 'purpose', v.purpose)
        from visits_visit v where v.customer_id = %(customer)s and v.checked_in_at is not null""",
    "cancelled": """
        select v.cancelled_at, v.id, v.rep_id, v.id, json_build_object(
            'day', v.visit_date, 'reason', v.cancel_reason)
        from visits_visit v
        where v.customer_id = %(customer)s and v.state = 'cancelled' and v.withdrawn is null""",
    "log": """
        select l.occurred_at, l.id, l.author_id, v.id, json_build_object(
            'result', l.result, 'note', l.note, 'steps', l.next_steps)
        from visits_visit v join visits_visit_log l on l.visit_id = v.id where v.customer_id = %(customer)s""",
    "photos": """
        select max(p.occurred_at), p.visit_id, p.author_id, p.visit_id, json_build_object(
            'photo', count(*) filter (where p.kind = 'photo'),
            'signature', count(*) filter (where p.kind = 'signature'),
            'voice', count(*) filter (where p.kind = 'voice'))
        from visits_visit v join visits_photo p on p.visit_id = v.id
        where v.customer_id = %(customer)s and p.withdrawn_at is null group by p.visit_id, p.author_id""",
    "task": """
        select t.created_at, t.id, t.created_by_id, t.visit_id, json_build_object(
            'text', t.text, 'due', t.due_date, 'assignee', t.assignee_id)
        from visits_task t where t.customer_id = %(customer)s and t.log_id is null""",
    "task_done": """
        select t.done_at, t.id, t.done_by_id, t.visit_id, json_build_object('text', t.text, 'note', t.done_note)
        from visits_task t where t.customer_id = %(customer)s and t.state = 'done'""",
    "competitor": """
        select o.occurred_at, o.id, o.author_id, o.visit_id, json_build_object(
            'product', coalesce(p.name, o.product_name), 'competitor', coalesce(c.name, o.competitor_name),
            'price', o.price::text, 'currency', o.currency, 'unit', o.unit, 'facings', o.facings, 'note', o.note)
        from visits_competitor_observation o
        left join visits_competitor_product p on p.id = o.competitor_product_id
        left join visits_competitor c on c.id = p.competitor_id
        where o.customer_id = %(customer)s and o.withdrawn_at is null""",
}


def list_moments(customer_id: UUID, before: Position | None, limit: int) -> list[Moment]:
    """At most `limit` moments, the latest first, from those that lie before a time and id (one query).

    Whether somebody may see them is whether he sees the customer: judge that first.
    """
    branches = [
        f"select * from (select at, '{kind}' as kind, id, by_id, visit_id, facts"
        f" from ({sql}) as {kind} (at, id, by_id, visit_id, facts)"
        " where %(at)s::timestamptz is null or (at, id) < (%(at)s, %(id)s::uuid)"
        f" order by at desc, id desc limit %(limit)s) as {kind}_cut"
        for kind, sql in _KINDS.items()
    ]
    at, id_ = before or (None, None)
    with connection.cursor() as cursor:
        cursor.execute(
            " union all ".join(branches) + " order by at desc, id desc, kind limit %(limit)s",
            {"customer": customer_id, "at": at, "id": id_, "limit": limit},
        )
        return [Moment(*row) for row in cursor.fetchall()]
