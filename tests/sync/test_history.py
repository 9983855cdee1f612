"""What cannot be told by a difference: other roles, old cursors, another epoch, a divergence and its repair."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest

from core.clock import now
from core.ids import uuid7
from sync.proof import check_company
from sync.pull import renew_epoch
from tests.personas import TestCompany, make_company
from tests.postgres_plugin import DATABASE, admin_conninfo
from tests.sync.phones import Phone, is_right, truth
from tests.sync.tables import committed


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
    assert is_right(phone)


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
    assert is_right(phone)


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
    assert is_right(phone)


@pytest.mark.usefixtures("tiny_pages")
def test_the_epoch_changes_between_pages(company: TestCompany) -> None:
    phone = Phone.of(company.alice, page_bytes=500)
    phone.page()
    renew_epoch(always=True)
    [answer] = phone.sync()
    theirs, mine = answer["digests"], phone.digests()
    phone.sync(repair=tuple(UUID(scope) for scope in theirs if theirs[scope] != mine.get(scope)))
    assert is_right(phone)


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
    assert is_right(phone)


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
    assert is_right(phone)


def test_tags_and_digests_by_an_independent_computation(company: TestCompany) -> None:
    with committed(company.id) as tables:
        for name in ("plain", 'quote " and \\', "客户 🙂", "line\nbreak", " "):
            tables.add_contact(tables.add_customer(company.alice.id, name), name)
    phone = Phone.of(company.alice)
    answer = phone.sync(digests="all")[-1]
    assert phone.view() == truth(company.alice.id)
    assert phone.digests() == answer["digests"]
    assert all(len(row.tag) == 16 for row in phone.rows.values())


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
        admin.execute(
            "update sync_grant set xid = %s::text::xid8 where user_id = %s and xid is not null"
            " and scope_id in (select scope_id from sync_entry where id = %s)",
            [burnt[1], company.alice.id, contact],
        )
    phone.sync()
    assert str(contact) in phone.of_kind("contact")
    assert is_right(phone)


def test_an_epoch_that_is_not_of_this_cluster_is_renewed_by_the_next_pull(company: TestCompany) -> None:
    """After a promotion (another timeline) or on another cluster nobody has to think of it."""
    with committed(company.id) as tables:
        tables.add_customer(company.alice.id)
    for column, value in (("timeline", "0000FFFF"), ("system_identifier", "7")):
        phone = Phone.of(company.alice)
        phone.sync()
        before = phone.epoch
        with psycopg.connect(admin_conninfo(DATABASE)) as admin:
            admin.execute(f"update sync_epoch set {column} = %s", [value])
        [answer] = phone.sync()
        assert phone.epoch != before
        assert answer["changes"]["rows"] == []
        assert answer["digests"] == phone.digests()
        assert phone.sync()[0]["epoch"] == answer["epoch"]
        assert is_right(phone)


def test_where_the_counter_restarted_rows_are_stamped_anew(company: TestCompany) -> None:
    """Dumped and restored into another cluster, rows carry ids that will only come: they would be hidden until then."""
    with committed(company.id) as tables:
        customer = tables.add_customer(company.alice.id)
    phone = Phone.of(company.alice)
    phone.sync()
    with psycopg.connect(admin_conninfo(DATABASE)) as admin:
        for table in ("sync_entry", "sync_grant"):
            admin.execute(
                f"update {table} set xid = '4000000000'::xid8 where company_id = %s and xid is not null", [company.id]
            )
    assert Phone(phone.actor).sync()[0]["changes"]["rows"]  # an id of the future is not visible, hence always new
    renew_epoch(always=True)
    with psycopg.connect(admin_conninfo(DATABASE)) as admin:
        [(highest, present)] = admin.execute(
            "select max(xid)::text::bigint, pg_current_xact_id()::text::bigint from sync_entry where company_id = %s"
            " group by company_id", [company.id],
        ).fetchall()  # fmt: skip
        assert highest < present
    phone.sync()
    assert phone.sync()[0]["changes"] == {"enter": [], "leave": [], "rows": []}
    with committed(company.id) as tables:
        contact = tables.add_contact(customer)
    assert [row["id"] for row in phone.sync()[0]["changes"]["rows"]] == [str(contact)]
    assert is_right(phone)
