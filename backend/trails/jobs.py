"""What trails do on a clock, and what a look leaves to be done."""

from datetime import timedelta
from uuid import UUID

from procrastinate.contrib.django import app

from accounts import queries as accounts
from core.clock import now
from core.fence import company_fence
from core.partitions import drop_empty_days, make_days
from trails import queries
from trails.commands.figures import derive
from trails.commands.looks import spread_look
from trails.commands.retention import close_days
from trails.models import Segment

AHEAD = 7
"""Partitions are made for so many days to come; a batch makes what it misses, but should not have to."""
_AT_ONCE = 1_000
_DAY = timedelta(days=1)


@app.periodic(cron="7 0,12 * * *")
@app.task(queue="upkeep", queueing_lock="trails.make_partitions", name="trails.make_partitions")
def make_partitions(timestamp: int) -> None:
    """Make the partitions of the days to come, of yesterday and of today in every time zone."""
    make_days(Segment, [now().date() + number * _DAY for number in range(-1, AHEAD + 1)])


@app.periodic(cron="*/10 * * * *")
@app.task(queue="upkeep", queueing_lock="trails.derive_days", name="trails.derive_days")
def derive_days(timestamp: int) -> int:
    """Work out what days came to that are over, again when late points have come; returns how many."""
    done = 0
    for company in accounts.list_companies():
        with company_fence(company.id):
            today = accounts.get_company_day(company.id, now())
            waiting = queries.list_to_derive(today, _AT_ONCE)
        for user_id, row_id in waiting:
            done += derive(company.id, user_id, row_id, now())
    return done


@app.periodic(cron="23 2 * * *")
@app.task(queue="upkeep", queueing_lock="trails.purge", name="trails.purge")
def purge(timestamp: int) -> int:
    """Delete what no purpose keeps any longer; returns how many days were closed."""
    closed = 0
    for company in accounts.list_companies():
        with company_fence(company.id):
            today = accounts.get_company_day(company.id, now())
        closed += close_days(company.id, today, now())
    drop_empty_days(Segment, now().date() - _DAY)
    return closed


@app.task(queue="upkeep", name="trails.tell")
def tell(company_id: str, look_id: str) -> None:
    """Tell many people at once that somebody looked at their last positions."""
    with company_fence(UUID(company_id)):
        spread_look(UUID(look_id))


def tell_later(company_id: UUID, look_id: UUID | None) -> None:
    """Have a look told by a worker, if it has yet to be."""
    if look_id is not None:
        tell.defer(company_id=str(company_id), look_id=str(look_id))
