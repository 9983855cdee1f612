"""Two transactions that change the same grants at once, with real commits: neither may miss what the other does.

The negative control takes the lock away, and the same interleavings then leave grants that differ from the view.
"""

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connections, transaction

from core.batches import Verdict
from core.ids import uuid7
from sync.grant_triggers import refresh_sql
from sync.proof import check_company
from tests.customers.world import create_customer, create_territory, sight
from tests.personas import TestCompany, make_company

Work = Callable[[], Verdict]


class Background(threading.Thread):
    """Runs a command in a thread and a connection of its own; with `hold`, commits only when told to."""

    def __init__(self, work: Work, *, hold: bool = False) -> None:
        super().__init__(daemon=True)
        self.work, self.hold = work, hold
        self.done, self.go_on = threading.Event(), threading.Event()
        self.verdict: Verdict | None = None
        self.error: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            with transaction.atomic() if self.hold else _nothing():
                self.verdict = self.work()
                self.done.set()
                if self.hold:
                    self.go_on.wait(20)
        except BaseException as error:
            self.error = error
        finally:
            self.done.set()
            connections.close_all()

    def finish(self) -> None:
        self.go_on.set()
        self.join(20)
        assert self.error is None, self.error
        assert self.verdict is not None, "still running"
        assert self.verdict.settled, self.verdict


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def interleave(first: Work, second: Work) -> bool:
    """Run `second` while the transaction of `first` is open. Returns whether it had to wait for the commit."""
    holder = Background(first, hold=True)
    assert holder.done.wait(10)
    other = Background(second)
    waited = not other.done.wait(0.3)
    holder.finish()
    other.finish()
    return waited


def share(company: TestCompany, customer: Any, user: str) -> Work:
    payload = {"customer_id": str(customer), "user_id": str(company.people[user].id)}
    return lambda: company.alice.execute("customers.share", payload)


def reassign(company: TestCompany, customer: Any, user: str) -> Work:
    payload = {"customer_ids": [str(customer)], "owner_id": str(company.people[user].id)}
    return lambda: company.dora.execute("customers.reassign", payload)


def create(company: TestCompany, customer: Any, territory: Any = None) -> Work:
    payload = {"id": str(customer), "name": "Lotus", "territory_id": territory and str(territory)}
    return lambda: company.alice.execute("customers.create", payload)


def cover(company: TestCompany, territory: Any, user: str) -> Work:
    payload = {"territory_id": str(territory), "user_id": str(company.people[user].id)}
    return lambda: company.dora.execute("accounts.add_territory_member", payload)


def promote(company: TestCompany, user: str) -> Work:
    changes = {"roles": {"from": ["rep"], "to": ["manager"]}}
    payload = {"id": str(company.people[user].id), "changes": changes}
    return lambda: company.dora.execute("accounts.update_user", payload)


@pytest.mark.parametrize("creation_first", [True, False])
def test_a_member_joins_a_territory_while_a_customer_is_added_to_it(company: TestCompany, creation_first: bool) -> None:
    territory, lotus = create_territory(company), uuid7()
    works = [create(company, lotus, territory), cover(company, territory, "bob")]
    assert interleave(*(works if creation_first else works[::-1]))
    assert sight(company, lotus)["bob*"] == {"territory"}


@pytest.mark.parametrize("creation_first", [True, False])
def test_a_superior_is_made_while_a_customer_is_added(company: TestCompany, creation_first: bool) -> None:
    lotus = uuid7()
    works = [create(company, lotus), promote(company, "bob")]
    assert interleave(*(works if creation_first else works[::-1]))
    assert sight(company, lotus)["bob"] == {"superior"}


@pytest.mark.parametrize("share_first", [True, False])
def test_a_customer_is_shared_with_its_new_owner_while_it_is_reassigned(
    company: TestCompany, share_first: bool
) -> None:
    lotus = create_customer(company.alice)
    works = [share(company, lotus, "zed"), reassign(company, lotus, "zed")]
    assert interleave(*(works if share_first else works[::-1]))
    assert sight(company, lotus)["zed*"] == {"owner", "share"}


def test_additions_do_not_wait_for_each_other(company: TestCompany) -> None:
    assert not interleave(create(company, uuid7()), create(company, uuid7()))
    lotus, lily = create_customer(company.alice), create_customer(company.alice)
    assert not interleave(share(company, lotus, "zed"), share(company, lily, "zed"))


@contextmanager
def without_locks() -> Iterator[None]:
    """The database with a lock that locks nothing."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "create or replace function sync_lock_grants(co uuid, scopes uuid[], wide boolean) returns void"
            " language plpgsql volatile as $$ begin end $$"
        )
    try:
        yield
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute(refresh_sql())


def test_negative_control_without_the_lock_grants_go_wrong() -> None:
    company = make_company()
    territory, lotus = create_territory(company), create_customer(company.alice)
    with without_locks():
        assert not interleave(create(company, uuid7(), territory), cover(company, territory, "bob"))
        interleave(share(company, lotus, "zed"), reassign(company, lotus, "zed"))
    wrong = {difference.what: difference for difference in check_company(company.id, mend=True)}["grants"]
    assert (wrong.missing, wrong.different) == (1, 1)
    assert not any(difference.total for difference in check_company(company.id))


def test_many_at_once(company: TestCompany) -> None:
    """Four connections do everything that changes grants, in any order; at the end grants equal the view."""
    territories = [create_territory(company, unit="north"), create_territory(company, unit="south")]
    customers = [create_customer(company.alice, territory_id=territories[0]) for _ in range(4)]
    people = ["alice", "bob", "zed", "erin", "carol"]
    failures: list[BaseException] = []

    def live(seed: int) -> None:
        dice = random.Random(seed)
        try:
            for _ in range(40):
                customer, person = dice.choice(customers), company.people[dice.choice(people)]
                pair = {"customer_id": str(customer), "user_id": str(person.id)}
                cover_ = {"territory_id": str(dice.choice(territories)), "user_id": str(person.id)}
                several = {"customer_ids": [str(id_) for id_ in dice.sample(customers, 3)], "owner_id": str(person.id)}
                name, payload = dice.choice(
                    [
                        ("customers.share", pair),
                        ("customers.unshare", pair),
                        ("customers.follow", {"customer_id": str(customer)}),
                        ("customers.unfollow", {"customer_id": str(customer)}),
                        ("customers.reassign", several),
                        ("customers.reassign", several | {"territory_id": dice.choice([None, str(territories[1])])}),
                        ("customers.create", {"id": str(uuid7()), "name": "L", "territory_id": str(territories[0])}),
                        ("accounts.add_territory_member", cover_),
                        ("accounts.remove_territory_member", cover_),
                    ]
                )
                verdict = company.dora.execute(name, payload)
                assert verdict.code in {None, "accounts.territory_member_not_found"}, verdict
        except BaseException as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=live, args=[seed], daemon=True) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
