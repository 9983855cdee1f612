"""`manage.py check_sync [--company CODE] [--mend]`: proves that entries equal the feeds and grants equal the view."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.queries import list_companies
from sync.proof import check_company


class Command(BaseCommand):
    help = "Prove that entries equal the feeds and grants equal the view; exit with 1 where they do not."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--company", help="code of one company; all by default")
        parser.add_argument("--mend", action="store_true", help="write what differs anew")

    def handle(self, *args: Any, **options: Any) -> None:
        companies = [c for c in list_companies() if options["company"] in (None, c.code)]
        if not companies:
            raise CommandError("no such company")
        wrong = 0
        for number, company in enumerate(companies, 1):
            for found in check_company(company.id, mend=options["mend"]):
                wrong += found.total
                state = (
                    "ok"
                    if not found.total
                    else (f"{found.missing} missing, {found.surplus} too many, {found.different} different")
                )
                self.stdout.write(f"[{number}/{len(companies)}] {company.code} {found.what}: {state}")
        if wrong and not options["mend"]:
            raise CommandError(f"{wrong} rows differ; run again with --mend")
        self.stdout.write(f"{wrong} rows mended" if wrong else "everything agrees")
