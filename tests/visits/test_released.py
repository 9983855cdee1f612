"""A rep loses his customer while he is offline: his morning waits, and a manager applies it as the new owner."""

from itertools import pairwise

from core.fence import company_fence
from core.ids import uuid7
from core.models import CommandRecord
from tests.personas import TestCompany
from tests.visits.field import FIX, SHOP, add_customer, applied, plan, push, request
from visits.models.visits import CheckIn, Visit, VisitLog


def test_the_visit_stays_with_the_rep_who_was_there(company: TestCompany) -> None:
    alice, bob, carol = company.alice, company.bob, company.carol
    customer_id = add_customer(alice, SHOP)
    planned, ad_hoc = plan(alice, customer_id), uuid7()
    moved = {"customer_ids": [str(customer_id)], "owner_id": str(bob.id)}
    applied(carol.execute("customers.reassign", moved))

    log_id = uuid7()
    morning = [
        request("visits.check_in", {"visit_id": planned, "customer_id": customer_id, "fix": FIX}),
        request("visits.check_out", {"visit_id": planned, "fix": FIX}),
        request("visits.check_in", {"visit_id": ad_hoc, "customer_id": customer_id, "fix": FIX}),
        request("visits.log", {"id": log_id, "visit_id": ad_hoc, "result": "ordered"}),
    ]
    for earlier, later in pairwise(morning):
        later.depends_on = [earlier.id]
    assert {verdict.status for verdict in push(alice, *morning)} == {"parked"}

    # Releasing the first one as the new owner brings along all that waits for it.
    applied(carol.execute("sync.release", {"command_id": str(morning[0].id), "as_user_id": str(bob.id)}))
    with company_fence(company.id):
        visits = {visit.id: visit for visit in Visit.objects.filter(customer_id=customer_id)}
        assert {visit.rep_id for visit in visits.values()} == {alice.id}
        assert (visits[planned].state, visits[ad_hoc].state) == ("closed", "open")
        assert visits[ad_hoc].created_by_id == alice.id
        assert VisitLog.objects.get(id=log_id).author_id == alice.id
        assert CheckIn.objects.filter(visit_id__in=visits).count() == 3
        settled = CommandRecord.objects.filter(settles__in=[command.id for command in morning])
        assert {(row.status, row.user_id, row.actor_id) for row in settled} == {("applied", alice.id, carol.id)}


def test_what_waits_for_a_discarded_command_is_discarded_with_it(company: TestCompany) -> None:
    alice, bob, carol = company.alice, company.bob, company.carol
    customer_id = add_customer(alice, SHOP)
    applied(carol.execute("customers.reassign", {"customer_ids": [str(customer_id)], "owner_id": str(bob.id)}))
    visit_id = uuid7()
    arrive = request("visits.check_in", {"visit_id": visit_id, "customer_id": customer_id, "fix": FIX})
    leave = request("visits.check_out", {"visit_id": visit_id, "fix": FIX}, depends_on=[arrive.id])
    other = request("visits.check_in", {"visit_id": uuid7(), "customer_id": customer_id, "fix": FIX})
    assert {verdict.status for verdict in push(alice, arrive, leave, other)} == {"parked"}

    applied(carol.execute("sync.discard", {"command_id": str(arrive.id), "reason": "Not your customer any more"}))
    with company_fence(company.id):
        settled = CommandRecord.objects.filter(settles__isnull=False)
        assert {(row.settles, row.status, row.code) for row in settled} == {
            (arrive.id, "refused", "sync.discarded"),
            (leave.id, "refused", "sync.discarded"),
        }
        assert not Visit.objects.filter(customer_id=customer_id).exists()
