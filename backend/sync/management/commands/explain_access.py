"""`manage.py explain_access USER SCOPE --company CODE`: why a user sees a scope, or since when he does not."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import queries as account_queries
from core.fence import company_fence
from core.models import Grant

_MEANINGS = {
    "owner": "owns the customer",
    "territory": "covers the customer's territory",
    "share": "the customer is shared with him",
    "work_order": "has an open work order there",
    "substitution": "stands in for the rep of a visit there",
    "joint_visit": "comes along on a visit there",
    "follow": "follows the customer, which he sees as a superior",
    "superior": "is a superior of the owner (web and REST, not the phone)",
    "member": "belongs to the company",
    "all": "sees the whole company",
    "self": "it is his own scope",
    "team": "belongs to the team",
}


class Command(BaseCommand):
    help = "Print the reasons for which USER (user name or id) sees SCOPE (id of a customer, user, unit or company)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user")
        parser.add_argument("scope", type=UUID)
        parser.add_argument("--company", required=True, help="code of the company")

    def handle(self, *args: Any, **options: Any) -> None:
        company = next((c for c in account_queries.list_companies() if c.code == options["company"]), None)
        if company is None:
            raise CommandError("no such company")
        with company_fence(company.id):
            user = account_queries.find_user_named(options["user"])
            if user is None:
                raise CommandError("no such user")
            grants = Grant.objects.filter(user_id=user.id, scope_id__in=[options["scope"], company.id])
            held = {grant.scope_id: grant for grant in grants}
        grant, whole = held.get(options["scope"]), held.get(company.id)
        sees_all = whole is not None and "all" in whole.reasons
        if grant is None and not sees_all:
            self.stdout.write(f"{user.name} never saw this scope.")
            return
        for reason in grant.reasons if grant else []:
            self.stdout.write(f"{reason}: {_MEANINGS.get(reason, reason)}")
        if sees_all:
            self.stdout.write(f"all: {_MEANINGS['all']}")
        if grant is None:
            return
        if not grant.active:
            self.stdout.write(f"no longer, since {grant.changed_at:%Y-%m-%d %H:%M} UTC: {grant.left_reason}")
        self.stdout.write("on the phone: " + ("yes" if grant.phone else "no"))
