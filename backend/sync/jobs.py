"""What sync does on a clock: tombstones are purged once no cursor can need them."""

from datetime import timedelta

from django.db import connection, transaction
from procrastinate.contrib.django import app

from accounts.queries import list_company_ids
from core.clock import now
from sync.pull import TOMBSTONE_RETENTION

# A day more than cursors live, so that none that is still honoured misses a tombstone.
_MARGIN = timedelta(days=1)


@app.periodic(cron="17 3 * * *")
@app.task(queue="upkeep", queueing_lock="purge_tombstones")
def purge_tombstones(timestamp: int) -> int:
    """Delete tombstones older than the retention; returns how many went."""
    before = now() - TOMBSTONE_RETENTION - _MARGIN
    gone = 0
    for company_id in list_company_ids():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select sync_purge_tombstones(%s, %s)", [company_id, before])
            gone += cursor.fetchone()[0]
    return gone
