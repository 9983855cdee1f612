"""`manage.py check_files [--company CODE] [--mend]`: whether storage and database know the same files."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.queries import list_companies
from files.commands.mending import compare


class Command(BaseCommand):
    """Compares storage and database company by company; exits with 1 when they differ and were not mended."""

    help = "Compare the stored files with the database, and mend what differs on request."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--company", help="code of one company; all by default")
        parser.add_argument("--mend", action="store_true", help="take in unknown files, ask phones for lost ones")

    def handle(self, *args: Any, **options: Any) -> None:
        companies = [item for item in list_companies() if options["company"] in (None, item.code)]
        if not companies:
            raise CommandError(f"There is no company with the code {options['company']}. / 没有代码为该值的公司。")
        differing = 0
        for company in companies:
            found = compare(company.id, mend=options["mend"])
            differing += found.lost + found.unknown
            taken_in = f" ({found.taken_in} taken in)" if options["mend"] else ""
            self.stdout.write(f"{company.code}: {found.lost} lost, {found.unknown} unknown{taken_in}")
        if differing and not options["mend"]:
            raise CommandError(
                "Storage and database differ; --mend mends them. / 存储与数据库不一致，可用 --mend 修复。"
            )
