"""What phones get of the organisation, and the grants that follow from people, teams and roles."""

from accounts.models import OrgUnit, Territory, User
from core.feeds import Feed, publish
from core.grants import GrantTrigger, grant_source, refresh_grants_on

USER = publish(
    Feed("user", User, scope="company_id", columns=("username", "name", "roles", "org_unit_id", "is_active"))
)
ORG_UNIT = publish(Feed("org_unit", OrgUnit, scope="company_id", columns=("name", "parent_id")))
TERRITORY = publish(Feed("territory", Territory, scope="company_id", columns=("code", "name", "org_unit_id")))

# Everybody active holds the company's reference data and his own scope; an administrator sees every scope, by one row.
grant_source("member", "select company_id, id as user_id, company_id as scope_id, 'member' as reason"
             " from accounts_user where is_active")  # fmt: skip
grant_source("all", "select company_id, id as user_id, company_id as scope_id, 'all' as reason"
             " from accounts_user where is_active and 'admin' = any (roles)")  # fmt: skip
grant_source("self", "select company_id, id as user_id, id as scope_id, 'self' as reason"
             " from accounts_user where is_active")  # fmt: skip
grant_source("team", "select company_id, id as user_id, org_unit_id as scope_id, 'team' as reason"
             " from accounts_user where is_active and org_unit_id is not null")  # fmt: skip
grant_source(
    "superior_unit",
    """
    select m.company_id, m.id as user_id, o.id as scope_id, 'superior' as reason
    from accounts_user m
    join accounts_org_unit o on o.company_id = m.company_id and m.org_unit_id = any (o.path) and o.id <> m.org_unit_id
    where m.is_active and m.roles && array['manager', 'dispatcher']::varchar[]
    """,
)

refresh_grants_on(
    GrantTrigger(
        "user",
        table="accounts_user",
        columns=("roles", "org_unit_id", "is_active"),
        users="select id from rows",
        wide=True,
    )
)
refresh_grants_on(
    GrantTrigger(
        "org_unit",
        table="accounts_org_unit",
        columns=("path",),
        scopes="select id from rows",
        wide=True,
    )
)
