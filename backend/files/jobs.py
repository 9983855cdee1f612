"""What is done with files later, and on a clock: pictures are looked into, what nobody needs any more is deleted."""

import logging
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from accounts.queries import list_company_ids
from core.fence import company_fence
from files import queries

_log = logging.getLogger(__name__)


@app.task(queue="files", name="files.prepare")
def prepare(company_id: str) -> int:
    """Look into the company's pictures that nobody has looked into yet; returns how many it were."""
    from files.commands.preparing import prepare_all

    return prepare_all(UUID(company_id))


@app.periodic(cron="*/10 * * * *")
@app.task(queue="files", queueing_lock="files.prepare_left", name="files.prepare_left")
def prepare_left(timestamp: int) -> int:
    """The same for all companies: whatever a server that was killed had no time to ask for. Returns how many."""
    from files.commands.preparing import prepare_all

    return sum(prepare_all(company_id) for company_id in list_company_ids())


@app.periodic(cron="23 * * * *")
@app.task(queue="upkeep", queueing_lock="files.purge_uploads", name="files.purge_uploads")
def purge_uploads(timestamp: int) -> int:
    """Give up uploads that nobody went on with, and sweep up their bytes; returns how many uploads went."""
    from files.commands import upkeep

    upkeep.sweep_incoming()
    return sum(upkeep.purge_uploads(company_id) for company_id in list_company_ids())


@app.periodic(cron="11 4 * * *")
@app.task(queue="upkeep", queueing_lock="files.purge_files", name="files.purge_files")
def purge_files(timestamp: int) -> int:
    """Delete files that no row has named for 30 days, and stray bytes; returns how many went."""
    from files.commands import upkeep

    today = timestamp // 86_400 % 256
    return sum(
        upkeep.purge_files(company_id) + upkeep.sweep_strays(company_id, today) for company_id in list_company_ids()
    )


def prepare_later(company_id: UUID) -> None:
    """Have the company's new pictures looked into once the running transaction has committed."""
    transaction.on_commit(lambda: _defer(company_id))


def prepare_named(company_id: UUID, hashes: Iterable[str]) -> None:
    """Have pictures looked into that were sent before a row named them, if there are such (one query)."""
    if queries.is_stored(company_id, hashes):
        prepare_later(company_id)


def _defer(company_id: UUID) -> None:
    """One run waits for each company at most: it takes all that there is."""
    try:
        with company_fence(company_id):
            prepare.configure(lock=f"files:{company_id}", queueing_lock=f"files:{company_id}").defer(
                company_id=str(company_id)
            )
    except AlreadyEnqueued:
        pass
    except Exception:  # the pictures are safe; they are looked into by the next round of `prepare_left`
        _log.exception("pictures not asked for")
