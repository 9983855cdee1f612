"""`make day`: several reps live through an offline morning, and every replica is proven right.

`python -m config.demo_day` starts a server for it, with a fresh company `day-<time>`. Arguments go to `simulation`
(`--reps 2`, `--seed 7`); with `--server URL` the day takes place there, by default in the company `demo`.
"""

import contextlib
import os
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("ROUNDSMAN_LOG_LEVEL", "WARNING")

import django
from django.conf import settings
from django.core.management import CommandError, call_command

from config.demo_company.people import COMPANY
from config.demo_stage import DemoError, end_by_signals, live_a_day, step, web_server
from config.serve import embedded_postgres
from core.postgres.embedded import EmbeddedServerError

_ADDRESS = "127.0.0.1"


def main(arguments: list[str]) -> int:
    """Has the day lived; returns 0 when everything was proven."""
    end_by_signals()
    try:
        django.setup()
        if any(argument.partition("=")[0] == "--server" for argument in arguments):
            return live_a_day("", COMPANY, _phones(), arguments)  # of an option given twice, the later one counts
        return _at_home(arguments)
    except (CommandError, DemoError, EmbeddedServerError) as refusal:
        print(f"\n{refusal}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _at_home(arguments: list[str]) -> int:
    company = f"day-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    port = _free_port()
    with contextlib.ExitStack() as leaving:
        with step("PostgreSQL", "数据库") as note:
            leaving.enter_context(embedded_postgres())
            note.append("embedded / 内置" if settings.EMBEDDED_POSTGRES else "DATABASE_URL")
        with step("Tables, triggers, roles", "数据表、触发器与角色"):
            call_command("migrate", verbosity=0)
        with step("A company of its own", "专用公司") as note:
            call_command("load_demo", company)
            note.append(company)
        with step("Web server", "网页服务") as note:
            leaving.enter_context(web_server(_ADDRESS, port))
            note.append(f"http://{_ADDRESS}:{port}")
        return live_a_day(f"http://{_ADDRESS}:{port}", company, _phones(), arguments)


def _phones() -> Path:
    return Path(settings.VAR_DIR) / "day"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_ADDRESS, 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
