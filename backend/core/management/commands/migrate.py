"""`migrate` as the owner: makes roles, database and rights where they are missing, then Django's own migration, then
the database objects that are derived from the code."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate

from core import database_objects
from core.postgres.embedded import EmbeddedServerError
from core.postgres.roles import DatabaseNotReadyError


class Command(migrate.Command):
    """Runs the migrations on the alias `owner`, the only one that may change tables."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def execute(self, *args: Any, **options: Any) -> Any:
        # Before Django's checks: some constraints have it ask the database which version it is.
        try:
            settings.DATABASE_ACCESS.prepare()
        except (DatabaseNotReadyError, EmbeddedServerError) as refusal:
            raise CommandError(str(refusal)) from refusal
        return super().execute(*args, **options)

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        partial = options["app_label"] or options["plan"] or options["check_unapplied"] or options["fake"]
        if options["database"] == "owner" and not partial:
            database_objects.install("owner")
            if options["verbosity"]:
                self.stdout.write("  Functions, triggers, policies and privileges are in place.")
