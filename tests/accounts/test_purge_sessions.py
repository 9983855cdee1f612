"""The nightly job that deletes what no sign-in can need any more."""

from datetime import timedelta

from accounts.jobs import purge_sessions
from accounts.models import RefreshToken, SignInAttempt
from core.clock import now
from core.fence import company_fence
from tests.personas import TestCompany, make_company


def test_only_what_has_run_out_goes(company: TestCompany) -> None:
    other = make_company()
    for one in (company, other):
        one.alice.client()
        one.bob.client()
        with company_fence(one.id):
            RefreshToken.objects.filter(user_id=one.bob.id).update(expires_at=now() - timedelta(seconds=1))
    SignInAttempt.objects.create(key=b"old", failed_at=now() - timedelta(days=2), failures=3)
    SignInAttempt.objects.create(key=b"new", failed_at=now(), failures=3)
    purge_sessions(0)
    for one in (company, other):
        with company_fence(one.id):
            assert [row.user_id for row in RefreshToken.objects.all()] == [one.alice.id]
    assert {bytes(row.key) for row in SignInAttempt.objects.filter(key__in=[b"old", b"new"])} == {b"new"}
