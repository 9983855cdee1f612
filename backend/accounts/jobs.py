"""What accounts does on a clock: what no sign-in can need any more is deleted."""

from datetime import timedelta

from procrastinate.contrib.django import app

from accounts.models import RefreshToken, SignInAttempt, WebSession
from accounts.queries import list_company_ids
from core.clock import now
from core.fence import company_fence

# Longer than an attempt counts, and than anybody is locked out.
_ATTEMPTS_KEPT = timedelta(days=1)


@app.periodic(cron="41 3 * * *")
@app.task(queue="upkeep", queueing_lock="purge_sessions")
def purge_sessions(timestamp: int) -> int:
    """Delete sessions that have run out and sign-in attempts of yesterday; returns how many rows went.

    A used token stays until it would have run out, so that its second use is noticed for as long.
    """
    gone, _ = SignInAttempt.objects.filter(failed_at__lt=now() - _ATTEMPTS_KEPT).delete()
    for company_id in list_company_ids():
        with company_fence(company_id):
            for sessions in (RefreshToken, WebSession):
                deleted, _ = sessions.objects.filter(expires_at__lt=now()).delete()
                gone += deleted
    return gone
