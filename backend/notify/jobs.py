"""What notify does on a clock: old notifications go."""

from procrastinate.contrib.django import app

from accounts.queries import list_company_ids
from core.clock import now
from core.fence import company_fence
from notify.commands import forget


@app.periodic(cron="41 3 * * *")
@app.task(queue="upkeep", queueing_lock="notify.purge", name="notify.purge")
def purge(timestamp: int) -> int:
    """Delete the old notifications of every company; returns how many."""
    gone = 0
    for company_id in list_company_ids():
        with company_fence(company_id):
            gone += forget(now())
    return gone
