"""`manage.py raise_alerts [--company CODE]`: what the job does every quarter of an hour, now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.queries import list_companies
from core.clock import now
from visits.jobs.alerts import alert_company


class Command(BaseCommand):
    help = "Tell people of tasks and visits that are due or overdue: those of all companies, or of one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--company", help="code of the company")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = options["company"]
        companies = [company for company in list_companies() if wanted in (None, company.code)]
        if not companies:
            raise CommandError(f"no company {wanted} / 没有公司 {wanted}")
        for company in companies:
            self.stdout.write(f"{company.code}: {alert_company(company.id, now())} notifications / 条通知")
