"""What phones get of customers, and who may see a customer.

The owner, who covers the territory, and whom it is shared with hold a customer on their phones. Managers and
dispatchers see by REST and on the web what belongs to their subtree, and have on their phones what they follow.
"""

from typing import Any

from calendars.hours import WeeklyHours
from core.feeds import Feed, publish
from core.grants import GrantTrigger, grant_source, refresh_grants_on
from core.registry import TOLD
from customers.models import Contact, Customer, PinProposal, Site

TOLD.add("customers")

CUSTOMER = publish(
    Feed(
        "customer",
        Customer,
        scope="id",
        columns=(
            "name", "code", "external_id", "customer_class", "channel", "stage", "owner_id", "territory_id", "phone",
            "address", "notes", "credit_hold", "archived_at", "created_at", "created_by_id",
        ),
    )
)  # fmt: skip
SITE = publish(
    Feed(
        "site",
        Site,
        scope="customer_id",
        columns=("customer_id", "name", "address", "lat", "lon", "fence_radius_m", "confirmed", "opening_hours"),
        members={"opening_hours": WeeklyHours | None},
    )
)
PIN_PROPOSAL = publish(
    Feed(
        "pin_proposal",
        PinProposal,
        scope="customer_id",
        columns=(
            "customer_id", "site_id", "name", "lat", "lon", "fence_radius_m", "note", "state", "proposed_at",
            "proposed_by_id", "settled_at", "settled_by_id", "reason",
        ),
    )
)  # fmt: skip
CONTACT = publish(
    Feed(
        "contact",
        Contact,
        scope="customer_id",
        columns=("customer_id", "name", "title", "phone", "email", "notes", "is_primary"),
    )
)

_CUSTOMERS: Any = {"table": "customers_customer", "scope": "id", "columns": ("owner_id", "territory_id")}

grant_source(
    "customer_owner",
    """
    select c.company_id, c.owner_id as user_id, c.id as scope_id, 'owner' as reason
    from {rows} c
    join accounts_user u on u.id = c.owner_id
    where u.is_active
    """,
    **_CUSTOMERS,
)
grant_source(
    "customer_territory",
    """
    select c.company_id, m.user_id, c.id as scope_id, 'territory' as reason
    from {rows} c
    join accounts_territory_member m on m.territory_id = c.territory_id
    join accounts_user u on u.id = m.user_id
    where u.is_active
    """,
    **_CUSTOMERS,
)
grant_source(
    "customer_share",
    """
    select s.company_id, s.user_id, s.customer_id as scope_id, 'share' as reason
    from {rows} s
    join accounts_user u on u.id = s.user_id
    where u.is_active
    """,
    table="customers_share",
    scope="customer_id",
    columns=("user_id",),
)
# The owner himself need not be active: the customers of somebody who left stay in his superiors' sight.
grant_source(
    "customer_owner_superior",
    """
    select c.company_id, m.id as user_id, c.id as scope_id, 'superior' as reason
    from {rows} c
    join accounts_user w on w.id = c.owner_id
    join accounts_org_unit o on o.id = w.org_unit_id
    join accounts_user m on m.org_unit_id = any (o.path)
    where m.is_active and m.roles && array['manager', 'dispatcher']::varchar[]
    """,
    **_CUSTOMERS,
)
grant_source(
    "customer_territory_superior",
    """
    select c.company_id, m.id as user_id, c.id as scope_id, 'superior' as reason
    from {rows} c
    join accounts_territory t on t.id = c.territory_id
    join accounts_org_unit o on o.id = t.org_unit_id
    join accounts_user m on m.org_unit_id = any (o.path)
    where m.is_active and m.roles && array['manager', 'dispatcher']::varchar[]
    """,
    **_CUSTOMERS,
)
# Following counts only while the follower sees the customer as a superior or sees the whole company.
grant_source(
    "customer_follow",
    """
    select f.company_id, f.user_id, f.customer_id as scope_id, 'follow' as reason
    from {rows} f
    join accounts_user u on u.id = f.user_id
    join customers_customer c on c.id = f.customer_id
    left join accounts_user w on w.id = c.owner_id
    left join accounts_territory t on t.id = c.territory_id
    where u.is_active and (
      'admin' = any (u.roles)
      or u.roles && array['manager', 'dispatcher']::varchar[] and exists (
        select from accounts_org_unit o
        where o.id in (w.org_unit_id, t.org_unit_id) and u.org_unit_id = any (o.path)))
    """,
    table="customers_follow",
    scope="customer_id",
    columns=("user_id",),
)

refresh_grants_on(
    GrantTrigger(
        "customer",
        table="customers_customer",
        columns=("owner_id", "territory_id"),
        scopes="select id from rows",
        adds_scopes=True,
    )
)
refresh_grants_on(GrantTrigger("customer_share", table="customers_share", scopes="select customer_id from rows"))
refresh_grants_on(GrantTrigger("customer_follow", table="customers_follow", scopes="select customer_id from rows"))
# A person who moves to another team, a territory that does, or a team that does, takes its customers along.
refresh_grants_on(
    GrantTrigger(
        "customer_owner",
        table="accounts_user",
        columns=("org_unit_id",),
        scopes="select c.id from customers_customer c where c.owner_id in (select id from rows)",
        wide=True,
    )
)
refresh_grants_on(
    GrantTrigger(
        "customer_territory",
        table="accounts_territory",
        columns=("org_unit_id",),
        scopes="select c.id from customers_customer c where c.territory_id in (select id from rows)",
        wide=True,
    )
)
refresh_grants_on(
    GrantTrigger(
        "customer_territory_member",
        table="accounts_territory_member",
        columns=("territory_id", "user_id"),
        users="select user_id from rows",
        wide=True,
    )
)
refresh_grants_on(
    GrantTrigger(
        "customer_org_unit",
        table="accounts_org_unit",
        columns=("path",),
        scopes="""
            select c.id from customers_customer c join accounts_user w on w.id = c.owner_id
            where w.org_unit_id in (select id from rows)
            union
            select c.id from customers_customer c join accounts_territory t on t.id = c.territory_id
            where t.org_unit_id in (select id from rows)
        """,
        wide=True,
    )
)
