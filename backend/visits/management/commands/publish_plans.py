"""`manage.py publish_plans [--company CODE]`: what the job does every four hours, now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.queries import list_companies
from visits.jobs.plans import publish_company


class Command(BaseCommand):
    help = "Bring the rolling plans of visits up to date: of all companies, or of one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--company", help="code of the company")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = options["company"]
        companies = [company for company in list_companies() if wanted in (None, company.code)]
        if not companies:
            raise CommandError(f"no company {wanted} / 没有公司 {wanted}")
        for company in companies:
            self.stdout.write(f"{company.code}: {publish_company(company.id)} reps / 名业务员")
