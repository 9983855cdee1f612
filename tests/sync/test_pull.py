"""The pull, straight on tables: whoever writes, and however, the phone ends up with exactly what its user may see."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from accounts.errors import DeviceRevoked, UserInactive
from core.clock import now
from core.errors import Unauthenticated
from core.ids import uuid7
from sync.errors import CursorInvalid
from sync.proof import check_company
from sync.pull import PullRequest, pull, renew_epoch
from tests.personas import TestCompany, make_company
from tests.postgres_plugin import DATABASE, admin_conninfo
from tests.sync.phones import Phone, truth
from tests.sync.tables import committed


def _rows(answer: dict[str, Any]) -> set[tuple[str, bool]]:
    """Id and whether it is a live row, of every row in an answer."""
    return {(row["id"], row["data"] is not None) for row in answer["changes"]["rows"]}


def _is_right(phone: Phone) -> bool:
    """Whether the replica is the truth, by its own books, the server's digests and a fresh phone."""
    fresh = Phone(phone.actor)
    digests = fresh.sync(digests="all")[-1]["digests"]
    return phone.view() == truth(phone.actor.user_id) == fresh.view() and phone.digests() == digests


def test_first_pull_brings_exactly_what_the_user_may_see(company: TestCompany) -> None:
    with committed(company.id) as tables:
        own = tables.add_customer(company.alice.id, "Own")
        tables.add_contact(own, "Own contact")
        shared = tables.add_customer(company.bob.id, "Shared")
        tables.share(shared, company.alice.id)
        tables.add_customer(company.bob.id, "Bob's")
    make_company()  # somebody else's rows stand in the same tables

    phone = Phone.of(company.alice)
    [answer] = phone.sync(digests="all")

    assert {row["name"] for row in phone.of_kind("customer").values()} == {"Own", "Shared"}
    assert [row["name"] for row in phone.of_kind("contact").values()] == ["Own contact"]
    assert set(phone.of_kind("user")) == {str(person.id) for person in company.people.values()}
    assert set(phone.of_kind("org_unit")) == {str(id_) for id_ in company.units.values()}
    expected = {company.id, company.alice.id, company.units["north"], own, shared}
    assert set(answer["changes"]["enter"]) == set(map(str, expected))
    assert answer["changes"]["leave"] == []
    assert answer["acknowledged"] == 0
    assert _is_right(phone)


def test_an_idle_pull_is_empty_and_a_change_costs_one_row(company: TestCompany) -> None:
    with committed(company.id) as tables:
        customer = tables.add_customer(company.alice.id)
        contact = tables.add_contact(customer)
    phone = Phone.of(company.alice)
    phone.sync()
    [idle] = phone.sync()
    assert idle["changes"] == {"enter": [], "leave": [], "rows": []}

    with committed(company.id) as tables:
        tables.execute("update customers_contact set title = 'Buyer' where id = %s", contact)
    [answer] = phone.sync()
    assert _rows(answer) == {(str(contact), True)}
    assert answer["changes"]["rows"][0]["version"] == 2
    assert _is_right(phone)


def test_a_write_that_changes_nothing_published_costs_nothing(company: TestCompany) -> None:
    with committed(company.id) as tables:
        customer = tables.add_customer(company.alice.id)
    phone = Phone.of(company.alice)
    phone.sync()
    with committed(company.id) as tables:
        tables.execute("update customers_customer set edits = '{\"x\": 1}', name = name where id = %s", customer)
    assert phone.sync()[0]["changes"]["rows"] == []


def test_rows_of_a_rolled_back_transaction_never_come(company: TestCompany) -> None:
    phone = Phone.of(company.alice)
    phone.sync()
    with pytest.raises(RuntimeError), committed(company.id) as tables:
        tables.add_customer(company.alice.id)
        raise RuntimeError
    [answer] = phone.sync()
    assert answer["changes"] == {"enter": [], "leave": [], "rows": []}


def test_an_open_transaction_comes_when_it_commits_however_late(company: TestCompany) -> None:
    phone = Phone.of(company.alice)
    phone.sync()
    with committed(company.id) as slow:
        late = slow.add_customer(company.alice.id, "Late")
        for number in range(3):
            with committed(company.id) as quick:
                quick.add_customer(company.alice.id, f"Quick {number}")
            phone.sync()
        assert str(late) not in phone.of_kind("customer")
    phone.sync()
    assert len(phone.of_kind("customer")) == 4
    assert _is_right(phone)


def test_enter_brings_old_rows_and_leave_takes_all(company: TestCompany) -> None:
    with committed(company.id) as tables:
        customer = tables.add_customer(company.bob.id)
        contact = tables.add_contact(customer)
        gone = tables.add_contact(customer)
        tables.execute("delete from customers_contact where id = %s", gone)
    alice, bob = Phone.of(company.alice), Phone.of(company.bob)
    alice.sync(), bob.sync()

    with committed(company.id) as tables:
        tables.execute("update customers_customer set owner_id = %s where id = %s", company.alice.id, customer)
    [entered], [left] = alice.sync(), bob.sync()
    assert entered["changes"]["enter"] == [str(customer)]
    assert _rows(entered) == {(str(customer), True), (str(contact), True)}  # no tombstones of old
    assert left["changes"] == {
        "enter": [], "leave": [{"scope": str(customer), "reason": "reassigned"}], "rows": [],
    }  # fmt: skip
    assert _is_right(alice)
    assert _is_right(bob)
    assert str(customer) not in bob.of_kind("customer")


@pytest.mark.parametrize("between", [False, True], ids=["one pull", "two pulls"])
def test_left_and_entered_again(company: TestCompany, between: bool) -> None:
    with committed(company.id) as tables:
        customer = tables.add_customer(company.bob.id)
        contact = tables.add_contact(customer)
        tables.share(customer, company.alice.id)
    phone = Phone.of(company.alice)
    phone.sync()
    with committed(company.id) as tables:
        tables.unshare(customer, company.alice.id)
    with committed(company.id) as tables:  # while nobody looks, a row goes and the tombstone is purged
        tables.execute("delete from customers_contact where id = %s", contact)
    with psycopg.connect(admin_conninfo(DATABASE)) as admin:
        admin.execute("delete from sync_entry where body is null and scope_id = %s", [customer])
    if between:
        assert phone.sync()[0]["changes"]["leave"] == [{"scope": str(customer), "reason": "unshared"}]
    with committed(company.id) as tables:
        tables.share(customer, company.alice.id)
    [answer] = phone.sync()
    assert answer["changes"]["enter"] == [str(customer)]
    assert answer["changes"]["leave"] == []
    assert _is_right(phone)


def test_two_reasons_and_one_goes(company: TestCompany) -> None:
    """A scope that stays visible for another reason neither leaves nor is sent again."""
    with committed(company.id) as tables:
        customer = tables.add_customer(company.alice.id)
        tables.share(customer, company.alice.id)
    phone = Phone.of(company.alice)
    phone.sync()
    with committed(company.id) as tables:
        tables.unshare(customer, company.alice.id)
    assert phone.sync()[0]["changes"] == {"enter": [], "leave": [], "rows": []}


def test_tombstones(company: TestCompany) -> None:
    with committed(company.id) as tables:
        customer = tables.add_customer(company.alice.id)
        contacts = [tables.add_contact(customer) for _ in range(3)]
    phone = Phone.of(company.alice)
    phone.sync()
    with committed(company.id) as tables:
        tables.execute("delete from customers_contact where id = any(%s)", contacts[:2])
    [answer] = phone.sync()
    assert _rows(answer) == {(str(id_), False) for id_ in contacts[:2]}
    assert phone.of_kind("contact").keys() == {str(contacts[2])}
    assert _is_right(phone)
    with committed(company.id) as tables:  # the same id lives again, with a version that goes on
        tables.add_contact(customer, "Back", id_=contacts[0])
    [answer] = phone.sync()
    assert answer["changes"]["rows"][0]["version"] == 3
    assert _is_right(phone)


@pytest.mark.parametrize("held", ["both", "old", "new"])
def test_a_row_moves_between_scopes(company: TestCompany, held: str) -> None:
    with committed(company.id) as tables:
        first, second = sorted([uuid7(), uuid7()])
        for id_ in (first, second):
            tables.add_customer(company.bob.id, id_=id_)
        contact = tables.add_contact(first)
    for target, old in ((second, first), (first, second)):  # both orders of row and tombstone in the answer
        with committed(company.id) as tables:
            tables.execute("delete from customers_share")
            for scope, name in ((old, "old"), (target, "new")):
                if held in ("both", name):
                    tables.share(scope, company.alice.id)
        phone = Phone.of(company.alice)
        phone.sync()
        before = phone.rows.get(("contact", str(contact)))
        with committed(company.id) as tables:
            tables.execute("update customers_contact set customer_id = %s where id = %s", target, contact)
        phone.sync()
        after = phone.rows.get(("contact", str(contact)))
        assert (before is not None, after is not None) == (held != "new", held != "old")
        if before and after:
            assert after.version > before.version
        assert _is_right(phone)


@pytest.mark.usefixtures("tiny_pages")
@pytest.mark.parametrize("page_bytes", [1, 400, 1500, 4000])
def test_pages(company: TestCompany, page_bytes: int) -> None:
    with committed(company.id) as tables:
        for number in range(12):
            customer = tables.add_customer(company.alice.id, f"客户 {number}", notes="注" * 40 * (number % 3))
            for _ in range(number % 4):
                tables.add_contact(customer)
    phone = Phone.of(company.alice, page_bytes=page_bytes)
    pages = phone.sync(digests="all")
    assert len(pages) > (3 if page_bytes < 4000 else 1)
    assert [page["complete"] for page in pages] == [False] * (len(pages) - 1) + [True]
    entered = [scope for page in pages for scope in page["changes"]["enter"]]
    assert len(entered) == len(set(entered))  # announced once
    keys = [(row["scope"], row["kind"], row["id"]) for page in pages for row in page["changes"]["rows"]]
    assert keys == sorted(set(keys))
    for page in pages:
        sizes = [
            len(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()) for row in page["changes"]["rows"]
        ]
        assert len(sizes) == 1 or sum(sizes) <= page_bytes
    assert all(page["digests"] == {} for page in pages[:-1])
    assert pages[-1]["digests"] == phone.digests()
    assert _is_right(phone)


def test_a_page_of_small_rows_does_not_pretend_to_be_complete(company: TestCompany) -> None:
    """Tombstones are the smallest rows there are: a page of them is cut by its bytes like any other."""
    with committed(company.id) as tables:
        customer = tables.add_customer(company.alice.id)
        contacts = [tables.add_contact(customer) for _ in range(120)]
    phone = Phone.of(company.alice, page_bytes=16_384)
    phone.sync()
    with committed(company.id) as tables:
        tables.execute("delete from customers_contact where id = any(%s)", contacts)
    phone.sync()
    assert phone.of_kind("contact") == {}
    assert _is_right(phone)


@pytest.mark.usefixtures("tiny_pages")
def test_empty_scopes_between_pages_are_entered(company: TestCompany) -> None:
    """A scope without any row is held all the same: the phone must know that it is there and empty."""
    phone = Phone.of(company.alice, page_bytes=1)
    phone.sync()
    assert str(company.alice.id) in phone.scopes  # his own scope has no rows yet
    assert str(company.units["north"]) in phone.scopes
    assert phone.scopes == set(Phone(phone.actor).sync(digests="all")[-1]["digests"])


@pytest.mark.usefixtures("tiny_pages")
def test_a_page_asked_for_twice_is_the_same(company: TestCompany) -> None:
    phone = Phone.of(company.alice, page_bytes=600)
    phone.page()
    cursor = phone.cursor
    first = phone.page()
    phone.cursor = cursor
    again = phone.page()
    assert (first["changes"], first["complete"]) == (again["changes"], again["complete"])
    phone.sync()
    assert _is_right(phone)


@pytest.mark.usefixtures("tiny_pages")
def test_revoked_and_granted_between_pages(company: TestCompany) -> None:
    """Grants are read afresh on every page, so an answer that takes long leaks nothing."""
    scopes = sorted(uuid7() for _ in range(3))
    with committed(company.id) as tables:
        for scope in scopes:
            tables.add_customer(company.bob.id, id_=scope)
            tables.share(scope, company.alice.id)
            for _ in range(3):
                tables.add_contact(scope)
    phone = Phone.of(company.alice, page_bytes=1)
    while str(scopes[1]) not in phone.scopes:
        phone.page()
    with committed(company.id) as tables:
        for scope in scopes:
            tables.unshare(scope, company.alice.id)
    answer = phone.page()
    assert {leave["scope"] for leave in answer["changes"]["leave"]} >= {str(scopes[0]), str(scopes[1])}
    assert not {row.scope for row in phone.rows.values()} & set(map(str, scopes))
    with committed(company.id) as tables:
        tables.share(scopes[0], company.alice.id)  # behind the position: the next pull brings it
        tables.share(scopes[1], company.alice.id)
    while not answer["complete"]:
        answer = phone.page()
    phone.sync()
    assert _is_right(phone)


def test_other_roles_enter_everything_anew(company: TestCompany, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which kinds a role gets is a property of the feed; a change of roles must not leave half of them behind."""
    from core.feeds import FEEDS

    monkeypatch.setitem(FEEDS, "contact", replace(FEEDS["contact"], roles=frozenset({"engineer"})))
    with committed(company.id) as tables:
        customer = tables.add_customer(company.alice.id)
        contact = tables.add_contact(customer)
    phone = Phone.of(company.alice)
    [answer] = phone.sync(digests="all")
    assert phone.of_kind("contact") == {}
    assert answer["digests"][str(customer)]["rows"] == 1
    # The token still says `rep`; the database knows better.
    with committed(company.id) as tables:
        tables.execute("update accounts_user set roles = '{engineer,rep}' where id = %s", company.alice.id)
    [answer] = phone.sync(digests="all")
    assert set(answer["changes"]["enter"]) == phone.scopes
    assert set(phone.of_kind("contact")) == {str(contact)}
    assert phone.digests() == answer["digests"]
    assert phone.sync()[0]["changes"]["rows"] == []
    with committed(company.id) as tables:
        tables.execute("update accounts_user set roles = '{rep}' where id = %s", company.alice.id)
    phone.sync()
    assert phone.of_kind("contact") == {}


def test_roles_in_any_order(company: TestCompany) -> None:
    """A role list that somebody wrote unsorted, or twice, is the same set of roles."""
    with committed(company.id) as tables:
        tables.execute("update accounts_user set roles = '{rep,engineer,rep}' where id = %s", company.alice.id)
    phone = Phone.of(company.alice)
    phone.sync()
    assert phone.sync()[0]["changes"]["enter"] == []


def test_an_expired_cursor_enters_everything(company: TestCompany, monkeypatch: pytest.MonkeyPatch) -> None:
    with committed(company.id) as tables:
        customer = tables.add_customer(company.alice.id)
        contact = tables.add_contact(customer)
    phone = Phone.of(company.alice)
    phone.sync()
    lost = Phone.of(company.alice)
    lost.sync()
    with committed(company.id) as tables:
        tables.execute("delete from customers_contact where id = %s", contact)
    with psycopg.connect(admin_conninfo(DATABASE)) as admin:
        admin.execute("delete from sync_entry where body is null and scope_id = %s", [customer])
    lost.sync()
    assert str(contact) in lost.of_kind("contact")  # that is why cursors expire

    later = now() + timedelta(days=91)
    monkeypatch.setattr("sync.pull.now", lambda: later)
    [answer] = phone.sync()
    assert set(answer["changes"]["enter"]) == phone.scopes
    assert _is_right(phone)


@pytest.mark.usefixtures("tiny_pages")
@pytest.mark.parametrize("first", [True, False], ids=["first pull", "delta"])
def test_an_answer_left_lying_expires_with_its_first_page(
    company: TestCompany, monkeypatch: pytest.MonkeyPatch, first: bool
) -> None:
    """The final cursor stands for the first page's moment, so it is as old as that page, not as the last one."""
    with committed(company.id) as tables:
        customer = tables.add_customer(company.alice.id)
        contact = tables.add_contact(customer)
    phone = Phone.of(company.alice, page_bytes=1_000_000 if not first else 1)
    clock = now()
    monkeypatch.setattr("sync.pull.now", lambda: clock)
    monkeypatch.setattr("tests.sync.phones.now", lambda: clock)
    if not first:
        phone.sync()
        with committed(company.id) as tables:
            tables.execute("update customers_customer set name = 'A' where id = %s", customer)
            tables.execute("update customers_contact set name = 'A' where id = %s", contact)
        phone.page_bytes = 1
        clock += timedelta(days=60)
    while not phone.page()["complete"]:
        clock += timedelta(days=20 if first else 10)  # days in a drawer between two pages
        if phone.pages > 200:
            break
    if ("contact", str(contact)) in phone.rows:
        with committed(company.id) as tables:
            tables.execute("delete from customers_contact where id = %s", contact)
        with psycopg.connect(admin_conninfo(DATABASE)) as admin:  # what the purge does 91 days later
            admin.execute("delete from sync_entry where body is null and scope_id = %s", [customer])
    clock += timedelta(days=85 if first else 81)
    phone.page_bytes = 1_000_000
    [answer] = phone.sync()
    assert set(answer["changes"]["enter"]) == phone.scopes
    assert _is_right(phone)


def test_another_epoch_compares_digests_and_repairs_in_place(company: TestCompany) -> None:
    with committed(company.id) as tables:
        kept, changed, lost = (tables.add_customer(company.alice.id, name) for name in ("Kept", "Changed", "Lost"))
        missed = tables.add_customer(company.bob.id, "Missed")
    phone = Phone.of(company.alice)
    phone.sync()
    old = phone.epoch

    renew_epoch(always=True)
    with committed(company.id) as tables:
        tables.execute("update customers_customer set name = 'Different' where id = %s", changed)
        tables.execute("update customers_customer set owner_id = %s where id = %s", company.bob.id, lost)
        tables.share(missed, company.alice.id)
    [answer] = phone.sync(digests="none")
    assert phone.epoch != old
    assert answer["complete"] is True
    assert answer["changes"]["rows"] == []
    assert answer["changes"]["enter"] == []
    assert [leave["scope"] for leave in answer["changes"]["leave"]] == [str(lost)]
    mine, theirs = phone.digests(), answer["digests"]
    assert str(lost) not in theirs
    differing = {scope for scope in theirs if theirs[scope] != mine.get(scope)}
    assert differing == {str(changed), str(missed)}
    assert mine[str(kept)] == theirs[str(kept)]

    [answer] = phone.sync(repair=tuple(UUID(scope) for scope in differing))
    assert set(answer["changes"]["enter"]) == differing
    assert {row["scope"] for row in answer["changes"]["rows"]} == differing
    assert _is_right(phone)


@pytest.mark.usefixtures("tiny_pages")
def test_the_epoch_changes_between_pages(company: TestCompany) -> None:
    phone = Phone.of(company.alice, page_bytes=500)
    phone.page()
    renew_epoch(always=True)
    [answer] = phone.sync()
    theirs, mine = answer["digests"], phone.digests()
    phone.sync(repair=tuple(UUID(scope) for scope in theirs if theirs[scope] != mine.get(scope)))
    assert _is_right(phone)


@pytest.mark.usefixtures("tiny_pages")
@pytest.mark.parametrize("page_bytes", [1, 1_000_000])
def test_repair(company: TestCompany, page_bytes: int) -> None:
    with committed(company.id) as tables:
        scopes = [tables.add_customer(company.alice.id) for _ in range(3)]
        for scope in scopes:
            for _ in range(3):
                tables.add_contact(scope)
    phone = Phone.of(company.alice)
    phone.sync()
    broken = {str(scopes[0]), str(scopes[2])}
    for key, row in list(phone.rows.items()):
        if row.scope in broken and key[0] == "contact":
            del phone.rows[key]
    phone.rows["contact", str(uuid7())] = replace(next(iter(phone.rows.values())), scope=str(scopes[0]))

    foreign = uuid7()
    phone.page_bytes = page_bytes
    pages = phone.sync(repair=(scopes[0], scopes[2], foreign), digests="all")
    assert {scope for page in pages for scope in page["changes"]["enter"]} == broken
    assert {row["scope"] for page in pages for row in page["changes"]["rows"]} == broken
    assert _is_right(phone)


def test_repair_widens_nothing(company: TestCompany) -> None:
    with committed(company.id) as tables:
        bobs = tables.add_customer(company.bob.id)
    other = make_company()
    phone = Phone.of(company.alice)
    phone.sync()
    [answer] = phone.sync(repair=(bobs, other.id, other.alice.id))
    assert answer["changes"] == {"enter": [], "leave": [], "rows": []}


def test_sampled_digests_rotate_through_all_scopes(company: TestCompany) -> None:
    with committed(company.id) as tables:
        for _ in range(5):
            tables.add_contact(tables.add_customer(company.alice.id))
    phone = Phone.of(company.alice)
    seen: set[str] = set()
    for number in range(8):
        if number % 2:
            assert phone.sync(digests="none")[0]["digests"] == {}
        [answer] = phone.sync()
        assert len(answer["digests"]) <= 2
        for scope, digest in answer["digests"].items():
            assert digest == phone.digests()[scope]
            seen.add(scope)
    assert seen == phone.scopes


@pytest.mark.usefixtures("tiny_pages")
def test_digests_of_an_answer_of_several_pages_are_exact_or_left_out(company: TestCompany) -> None:
    """A difference that only means "somebody worked in between" must not send a phone into a repair."""
    with committed(company.id) as tables:
        scopes = sorted(tables.add_customer(company.alice.id) for _ in range(4))
        for scope in scopes:
            tables.add_contact(scope)
    phone = Phone.of(company.alice, page_bytes=1)
    while str(scopes[2]) not in phone.scopes:
        phone.page(digests="all")
    with committed(company.id) as tables:
        tables.add_contact(scopes[0])
        tables.execute("update customers_contact set name = 'Moved', customer_id = %s where customer_id = %s",
                       scopes[1], scopes[3])  # fmt: skip
        granted = tables.add_customer(company.alice.id, id_=UUID(int=1))  # in front of the position
    answer = phone.sync(digests="all")[-1]
    mine = phone.digests()
    assert answer["digests"] == {scope: mine[scope] for scope in answer["digests"]}
    assert str(scopes[2]) in answer["digests"]
    assert not {str(scopes[0]), str(scopes[1]), str(scopes[3]), str(granted)} & answer["digests"].keys()
    phone.page_bytes = 1_000_000
    [answer] = phone.sync(digests="all")
    assert answer["digests"] == phone.digests()
    assert _is_right(phone)


def test_tags_and_digests_by_an_independent_computation(company: TestCompany) -> None:
    with committed(company.id) as tables:
        for name in ("plain", 'quote " and \\', "客户 🙂", "line\nbreak", " "):
            tables.add_contact(tables.add_customer(company.alice.id, name), name)
    phone = Phone.of(company.alice)
    answer = phone.sync(digests="all")[-1]
    assert phone.view() == truth(company.alice.id)
    assert phone.digests() == answer["digests"]
    assert all(len(row.tag) == 16 for row in phone.rows.values())


def test_who_may_not_pull(company: TestCompany) -> None:
    phone = Phone.of(company.alice)
    phone.sync()
    other = make_company()
    for actor in (
        replace(phone.actor, device_id=uuid7()),
        replace(phone.actor, user_id=company.bob.id),
        replace(phone.actor, company_id=other.id),
        replace(phone.actor, device_id=None),
    ):
        with pytest.raises(Unauthenticated):
            pull(actor, PullRequest(), now())
        with pytest.raises(CursorInvalid):
            pull(actor, PullRequest(phone.cursor), now())
    with committed(company.id) as tables:
        tables.execute("update accounts_user set is_active = false where id = %s", company.alice.id)
    with pytest.raises(UserInactive):
        phone.sync()
    with committed(company.id) as tables:
        tables.execute("update accounts_device set revoked_at = now() where id = %s", phone.actor.device_id)
    with pytest.raises(DeviceRevoked):
        phone.sync()


def test_a_user_who_is_active_again_gets_everything_again(company: TestCompany) -> None:
    with committed(company.id) as tables:
        tables.add_contact(tables.add_customer(company.alice.id))
    phone = Phone.of(company.alice)
    phone.sync()
    for active in ("false", "true"):
        with committed(company.id) as tables:
            tables.execute(f"update accounts_user set is_active = {active} where id = %s", company.alice.id)
    phone.sync()
    assert _is_right(phone)


def test_a_user_moves_to_another_team(company: TestCompany) -> None:
    phone = Phone.of(company.alice)
    phone.sync()
    with committed(company.id) as tables:
        tables.execute(
            "update accounts_user set org_unit_id = %s where id = %s", company.units["south"], company.alice.id
        )
    [answer] = phone.sync()
    assert answer["changes"]["enter"] == [str(company.units["south"])]
    assert [leave["scope"] for leave in answer["changes"]["leave"]] == [str(company.units["north"])]
    assert _is_right(phone)


def test_the_cursor_hides_no_row_of_a_transaction_id_that_comes_again(company: TestCompany) -> None:
    """After a crash the ids of rolled-back transactions come again; the cursor must not count them as seen."""
    phone = Phone.of(company.alice)
    phone.sync()
    with pytest.raises(RuntimeError), committed(company.id) as tables:  # ids that a crash would give out again
        burnt = []
        for _ in range(3):
            tables.add_customer(company.alice.id)
            burnt.append(tables.connection.execute("select pg_current_xact_id()::text::bigint").fetchone()[0])
            tables.connection.rollback()
        raise RuntimeError
    phone.sync()
    with committed(company.id) as tables:
        contact = tables.add_contact(tables.add_customer(company.alice.id))
    with psycopg.connect(admin_conninfo(DATABASE)) as admin:  # as if the crash had given the burnt id to this one
        admin.execute("update sync_entry set xid = %s::text::xid8 where id = %s", [burnt[0], contact])
        admin.execute("update sync_grant set xid = %s::text::xid8 where user_id = %s and xid is not null and scope_id in"
                      " (select scope_id from sync_entry where id = %s)", [burnt[1], company.alice.id, contact])  # fmt: skip
    phone.sync()
    assert str(contact) in phone.of_kind("contact")
    assert _is_right(phone)


def test_entries_and_grants_are_proved(company: TestCompany) -> None:
    with committed(company.id) as tables:
        contact = tables.add_contact(tables.add_customer(company.alice.id))
    assert sum(part.total for part in check_company(company.id)) == 0
    with psycopg.connect(admin_conninfo(DATABASE)) as admin:
        admin.execute('update sync_entry set body = \'{"name":"wrong"}\' where id = %s', [contact])
        admin.execute("delete from sync_entry where kind = 'user' and id = %s", [company.bob.id])
        admin.execute("update sync_grant set active = false, phone = false where user_id = %s and scope_id = %s",
                      [company.alice.id, company.id])  # fmt: skip
    found = {part.what: (part.missing, part.surplus, part.different) for part in check_company(company.id, mend=True)}
    assert found["contact"] == (0, 0, 1)
    assert found["user"] == (1, 0, 0)
    assert found["grants"] == (1, 0, 0)
    assert sum(part.total for part in check_company(company.id)) == 0
