"""`migrate` as the owner: makes roles, database and rights where they are missing, then Django's own migration."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.commands import migrate


class Command(migrate.Command):
    """Runs the migrations on the alias `owner`, the only one that may change tables."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        settings.DATABASE_ACCESS.prepare()
        super().handle(*args, **options)
