"""How the process reaches its database: two aliases on one database, `default` for the application, `owner` for
migrations.

- No DATABASE_URL: the embedded server below `var/`, started by the first connection.
- DATABASE_URL and DATABASE_OWNER_URL: the logins of the application and of the owner, on a database that an
  administrator made.
- DATABASE_URL alone: an administrator's login; it makes what is missing and acts as the one role or the other.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from core.postgres import roles
from core.postgres.embedded import EmbeddedServer

DATABASE_NAME = "roundsman"
_DJANGO_NAMES = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
_POSTGRES = "django.db.backends.postgresql"
_CONNECT_TIMEOUT_S = 10


@dataclass(frozen=True)
class DatabaseAccess:
    """The connections of both aliases, and how to make what they expect to find."""

    app_conninfo: str
    owner_conninfo: str
    admin_conninfo: str | None = None
    embedded: EmbeddedServer | None = None

    @property
    def _acts_as_roles(self) -> bool:
        """Whether one administrator's login plays both roles."""
        return self.admin_conninfo is not None and self.embedded is None

    def databases(self, pool: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """Returns Django's DATABASES; `pool` are psycopg_pool's arguments for the application's connections."""
        default = self._alias(self.app_conninfo, roles.APP_SETTINGS, roles.APP)
        default["OPTIONS"]["pool"] = dict(pool)
        # The server binds the values, and a statement is prepared after some uses: its plan is then made once per
        # connection. Django's default is to send each statement as new text.
        default["OPTIONS"]["server_side_binding"] = True
        default["OPTIONS"]["prepare_threshold"] = 3
        return {"default": default, "owner": self._alias(self.owner_conninfo, roles.OWNER_SETTINGS, roles.OWNER)}

    def prepare(self) -> None:
        """Makes roles, database, extensions and rights where they are missing; starts the embedded server."""
        if self.embedded is not None:
            self.embedded.hold()
        if self.admin_conninfo is not None:
            roles.prepare(self.admin_conninfo, roles.database_of(self.owner_conninfo))
            if self.embedded is not None:
                roles.let_roles_log_in(self.admin_conninfo)
        else:
            app_user = conninfo_to_dict(self.app_conninfo).get("user")
            roles.prepare_as_owner(self.owner_conninfo, str(app_user or roles.APP))

    def _alias(self, conninfo: str, settings: Mapping[str, str], role: str) -> dict[str, Any]:
        words = dict(conninfo_to_dict(conninfo))
        alias: dict[str, Any] = {
            "ENGINE": "core.postgres" if self.embedded is not None else _POSTGRES,
            "ATOMIC_REQUESTS": False,
            "CONN_MAX_AGE": 0,  # the pool keeps connections; Django must not keep them as well
        }
        alias |= {django: str(words.pop(libpq)) for libpq, django in _DJANGO_NAMES.items() if libpq in words}
        options = roles.session_options(settings, role if self._acts_as_roles else None)
        given = words.pop("options", None)
        words.setdefault("connect_timeout", _CONNECT_TIMEOUT_S)
        alias["OPTIONS"] = {**words, "options": f"{given} {options}" if given else options}
        return alias


def access_from_environment(var: Path) -> DatabaseAccess:
    """Returns the access that DATABASE_URL and DATABASE_OWNER_URL describe, or the embedded one below `var`."""
    app_url, owner_url = os.environ.get("DATABASE_URL"), os.environ.get("DATABASE_OWNER_URL")
    if not app_url:
        server = EmbeddedServer(var / "postgres", log_file=var / "log" / "postgres.log")
        return DatabaseAccess(
            app_conninfo=server.conninfo(DATABASE_NAME, roles.APP),
            owner_conninfo=server.conninfo(DATABASE_NAME, roles.OWNER),
            admin_conninfo=server.conninfo("postgres"),
            embedded=server,
        )
    if owner_url:
        return DatabaseAccess(app_conninfo=app_url, owner_conninfo=owner_url)
    return DatabaseAccess(app_conninfo=app_url, owner_conninfo=app_url, admin_conninfo=app_url)
