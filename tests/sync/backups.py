"""A restored backup: one company's tables as they were a while ago, under a server that goes on running.

What happens to a whole database in a restore or a failover happens here to one company, so that everything else can
stay: the server, the other tests' companies, and who is signed in.
"""

from uuid import UUID

import psycopg

from accounts.models import Device, RefreshToken
from core.database_objects import company_models
from core.ids import uuid7
from sync.pull import renew_epoch
from tests.postgres_plugin import DATABASE, admin_conninfo

_LIVE_ON = {Device, RefreshToken}
_TABLES = [model._meta.db_table for model in company_models() if model not in _LIVE_ON]


class Backup:
    """A copy of everything that a company has, made now."""

    def __init__(self, company_id: UUID) -> None:
        self._company_id = company_id
        self._schema = f"backup_{uuid7().hex}"
        with _superuser() as connection:
            connection.execute(f"create schema {self._schema}")
            for table in _TABLES:
                connection.execute(
                    f"create table {self._schema}.{table} as select * from {table} where company_id = %s", [company_id]
                )

    def restore(self) -> None:
        """Put it back, as the restore procedure does: no trigger runs, and the epoch is renewed."""
        with _superuser() as connection:
            connection.execute("set session_replication_role = replica")
            for table in _TABLES:
                connection.execute(f"delete from {table} where company_id = %s", [self._company_id])
                connection.execute(f"insert into {table} select * from {self._schema}.{table}")
            connection.execute(f"drop schema {self._schema} cascade")
        renew_epoch(always=True)


def _superuser() -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(admin_conninfo(DATABASE), options="-c client_min_messages=warning")
