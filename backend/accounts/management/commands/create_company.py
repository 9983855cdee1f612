"""`manage.py create_company CODE NAME --admin USERNAME`: a company with its first administrator."""

import getpass
import os
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.commands.companies import create_company
from core.errors import DomainError

_PASSWORD_VARIABLE = "ROUNDSMAN_ADMIN_PASSWORD"  # noqa: S105 - the name of a variable


class Command(BaseCommand):
    help = (
        "Create a company with its first administrator."
        f" The password comes from {_PASSWORD_VARIABLE}, from standard input (one line), or is asked for."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="what people type when they sign in: lower-case letters, digits, hyphens")
        parser.add_argument("name", help="the company's name")
        parser.add_argument("--admin", required=True, metavar="USERNAME")
        parser.add_argument("--locale", default="en", choices=["en", "zh-Hans"])
        parser.add_argument("--time-zone", default="Asia/Shanghai")

    def handle(self, *args: Any, **options: Any) -> None:
        locale = options["locale"]
        try:
            founder = create_company(
                options["code"],
                options["name"],
                admin=options["admin"],
                password=_read_password(),
                locale=locale,
                time_zone=options["time_zone"],
            )
        except DomainError as refusal:
            raise CommandError(f"{refusal.code}: {refusal.message(locale)}") from refusal
        self.stdout.write(f"company {options['code']} ({founder.company_id}), administrator {options['admin']}")


def _read_password() -> str:
    if given := os.environ.get(_PASSWORD_VARIABLE):
        return given
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Password / 密码: ")
    if getpass.getpass("Again / 再次输入: ") != password:
        raise CommandError("the two differ / 两次输入不一致")
    return password
