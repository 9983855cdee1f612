"""`manage.py load_demo [CODE]`: the demo company with people, products, customers and plans for today."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.demo_company.load import load
from config.demo_company.loader import DemoIncomplete
from config.demo_company.people import COMPANY
from core.errors import DomainError


class Command(BaseCommand):
    help = "Make the demo company, or what of it is missing. A second run does nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", nargs="?", default=COMPANY, help="what people type when they sign in")

    def handle(self, *args: Any, **options: Any) -> None:
        added = 0

        def tell(english: str, chinese: str, count: int) -> None:
            nonlocal added
            added += count
            self.stdout.write(f"    {count:>5}  {english} / {chinese}")

        try:
            load(options["code"], tell)
        except DemoIncomplete as fault:
            raise CommandError(str(fault)) from fault
        except DomainError as refusal:
            raise CommandError(f"{refusal.message('en')} / {refusal.message('zh')}") from refusal
        if not added:
            self.stdout.write("    nothing to add / 无需添加")
