"""`manage.py rotate_signing_keys [--drop-old]`: a new key signs access tokens from now on."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.signing_keys import directory, rotate
from accounts.tokens import LIFETIME_S

# A process that signs looks at the directory at every signature, so the old key's last tokens run out soon after.
_KEEP = timedelta(seconds=LIFETIME_S + 60)


class Command(BaseCommand):
    help = (
        "Make a new key that signs access tokens. Older keys verify until their last tokens have run out;"
        " the next rotation removes them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--drop-old",
            action="store_true",
            help="a key became known to others: remove all older keys at once; every phone has to refresh its token",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        kid, removed = rotate(directory(), keep=timedelta(0) if options["drop_old"] else _KEEP)
        for old in removed:
            self.stdout.write(f"removed {old}")
        self.stdout.write(f"{kid} signs from now on")
