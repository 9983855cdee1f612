"""`manage.py reset_second_factor COMPANY USERNAME`: for an administrator who lost his phone where there is no other."""

from dataclasses import replace
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import queries
from accounts.policies import ADMIN
from core.commands import execute
from core.fence import company_fence


class Command(BaseCommand):
    help = "Take the second factor off a user. Recorded as his own doing, by a job: who may run this needs no role."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("company", help="the company's code")
        parser.add_argument("username", help="the user's name or id")

    def handle(self, *args: Any, **options: Any) -> None:
        company_id = queries.find_company_id(options["company"])
        if company_id is None:
            raise CommandError("there is no such company")
        with company_fence(company_id):
            user = queries.find_user_named(options["username"])
        if user is None:
            raise CommandError("there is no such user")
        actor = replace(queries.get_actor(company_id, user.id), roles=ADMIN)
        verdict = execute("accounts.reset_second_factor", {"id": str(user.id)}, actor=actor, door="job")
        if not verdict.settled:
            raise CommandError(verdict.message or "")
        self.stdout.write(f"{user.username} signs in with the password alone")
