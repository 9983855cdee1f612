"""POST /imports/{id}/undo: what an import made is removed, what it changed set back, unless somebody came since."""

from decimal import Decimal
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest

from accounts.models import User
from calendars.models import CalendarDay
from catalog.models import Product
from core.fence import company_fence
from core.ids import uuid7
from core.imports import commands, jobs, undoing
from core.imports.models import Import, State
from core.imports.reversal import REVERSALS
from core.models import CommandRecord
from customers.models import Contact, Customer, Site
from tests.imports.tables import counts, lines, preview
from tests.personas import Persona, TestCompany, make_company
from tests.visits.field import applied, check_in


def run(company: TestCompany, noun: str, *rows: str, who: str = "dora") -> str:
    """A table that was applied; returns the import."""
    client = company.client(who)
    body = preview(client, noun, lines(*rows))
    done = client.call("POST", f"/api/v1/imports/{body['id']}/apply", {"mode": "all_or_nothing"})
    assert done.json()["state"] == "applied", done.content
    id_: str = body["id"]
    return id_


def call(company: TestCompany, id_: str, what: str, who: str = "dora") -> Any:
    return company.client(who).call("POST", f"/api/v1/imports/{id_}/{what}", {})


def undo(company: TestCompany, id_: str, who: str = "dora") -> dict[str, int]:
    """Preview, then undo; both say the same, and the preview changed nothing. Returns rows by outcome."""
    with company_fence(company.id):
        before = CommandRecord.objects.count()
    foreseen = call(company, id_, "undo/preview", who)
    assert (foreseen.status_code, foreseen.json()["state"]) == (200, "undo_checked"), foreseen.content
    with company_fence(company.id):
        assert CommandRecord.objects.count() == before
    rows = outcomes(company, id_, who)
    done = call(company, id_, "undo", who)
    assert (done.status_code, done.json()["state"]) == (200, "undone"), done.content
    assert done.json()["undone_by_id"] == str(company.people[who].id)
    assert outcomes(company, id_, who) == rows
    assert done.json()["undo_counts"] == foreseen.json()["undo_counts"]
    return {outcome: number for outcome, number in done.json()["undo_counts"].items() if number}


def outcomes(company: TestCompany, id_: str, who: str = "dora", query: str = "") -> list[tuple[int, str, list[str]]]:
    """Row, outcome and the codes of what is left of each row that took effect."""
    rows = company.client(who).get(f"/api/v1/imports/{id_}/undo/rows{query}").json()["items"]
    return [(row["row"], row["outcome"], [reason["code"] for reason in row["reasons"]]) for row in rows]


def edit(by: Persona, command: str, id_: UUID, field: str, was: Any, becomes: Any) -> None:
    applied(by.execute(command, {"id": str(id_), "changes": {field: {"from": was, "to": becomes}}}))


def customers(company: TestCompany) -> dict[str, Customer]:
    with company_fence(company.id):
        return {row.code or "": row for row in Customer.objects.all()}


def test_what_was_made_is_removed_and_what_was_changed_is_as_before(company: TestCompany) -> None:
    run(company, "customers", "code,name,phone,notes", "C1,One,1,x", "C2,Two,2,y")
    before = {code: (row.name, row.phone, row.notes) for code, row in customers(company).items()}
    id_ = run(
        company, "customers", "code,name,phone,notes,contact,contact phone",
        "C1,Uno,11,,Ann,7", "C2,Two,2,,,", "C3,Three,3,,Cid,9",
    )  # fmt: skip
    assert undo(company, id_) == {"removed": 1, "set_back": 1}
    after = customers(company)
    assert {code: (row.name, row.phone, row.notes) for code, row in after.items()} == before
    with company_fence(company.id):
        assert not Contact.objects.exists()
        doors = set(CommandRecord.objects.filter(name="customers.delete").values_list("door", flat=True))
    assert doors == {"import"}, "it is on record"


def test_what_was_changed_since_stays_and_is_told(company: TestCompany) -> None:
    """Without anybody's edit all of it is undone: see above. With one, just that stays."""
    run(company, "customers", "code,name,phone,notes", "C1,One,1,x", "C2,Two,2,y")
    id_ = run(
        company, "customers", "code,name,phone,notes,contact",
        "C1,Uno,11,,", "C2,Due,22,,", "C3,Three,3,,", "C4,Four,4,,", "C5,Five,5,,Eve", "C6,Six,6,,", "C7,Seven,7,,",
    )  # fmt: skip
    rows = customers(company)
    edit(company.dora, "customers.update", rows["C1"].id, "phone", "11", "mine")
    edit(company.dora, "customers.update", rows["C2"].id, "phone", "22", "elsewhere")
    edit(company.dora, "customers.update", rows["C2"].id, "phone", "elsewhere", "22")
    edit(company.dora, "customers.update", rows["C3"].id, "notes", "", "met them")
    site = {"id": str(uuid7()), "customer_id": str(rows["C4"].id), "name": "Gate"}
    applied(company.dora.execute("customers.add_site", site))
    with company_fence(company.id):
        eve = Contact.objects.get(name="Eve")
    edit(company.dora, "customers.update_contact", eve.id, "phone", "", "5")
    applied(
        company.dora.execute(
            "customers.reassign", {"customer_ids": [str(rows["C6"].id)], "owner_id": str(company.bob.id)}
        )
    )
    applied(company.dora.execute("customers.delete", {"id": str(rows["C7"].id)}))
    assert undo(company, id_) == {"set_back": 2, "left": 5}
    changed = ["imports.record_changed_since"]
    assert outcomes(company, id_) == [
        (2, "set_back", ["imports.changed_since"]),
        (3, "set_back", ["imports.changed_since"]),
        *((row, "left", changed) for row in (4, 5, 6, 7)),
        (8, "left", ["imports.gone_since"]),
    ]
    assert [row for row, *_ in outcomes(company, id_, query="?outcome=left&limit=2")] == [4, 5]
    after = customers(company)
    assert (after["C1"].name, after["C1"].phone) == ("One", "mine")
    assert (after["C2"].name, after["C2"].phone) == ("Two", "22"), "changed and changed back is changed"
    assert set(after) == {f"C{number}" for number in range(1, 7)}
    with company_fence(company.id):
        assert Contact.objects.get().phone == "5" and Site.objects.count() == 1


def test_of_an_update_each_part_is_undone_that_can_be(company: TestCompany) -> None:
    run(company, "customers", "code,name", "C1,One")
    id_ = run(company, "customers", "code,name,contact", "C1,Uno,Ann")
    with company_fence(company.id):
        ann = Contact.objects.get()
    edit(company.dora, "customers.update_contact", ann.id, "phone", "", "5")
    assert undo(company, id_) == {"set_back": 1}
    assert outcomes(company, id_) == [(2, "set_back", ["imports.record_changed_since"])]
    assert customers(company)["C1"].name == "One"
    with company_fence(company.id):
        assert Contact.objects.get().name == "Ann"


def test_a_customer_with_history_stays(company: TestCompany) -> None:
    """What only the command itself knows is met in the preview already."""
    id_ = run(company, "customers", "code,name,owner", "C1,One,alice", "C2,Two,alice", who="carol")
    check_in(company.alice, customers(company)["C1"].id)
    assert undo(company, id_, "carol") == {"left": 1, "removed": 1}
    assert outcomes(company, id_, "carol")[0] == (2, "left", ["customers.has_history"])
    assert set(customers(company)) == {"C1"}


def test_sites_with_their_positions(company: TestCompany) -> None:
    run(company, "customers", "code,name", "C1,One")
    run(company, "sites", "customer,name,lat,lon,address", "C1,Gate,31.2,121.4,Old road")
    id_ = run(company, "sites", "customer,name,lat,lon,datum,address", "C1,Gate,31.3,121.5,GCJ-02,New road",
              "C1,Yard,31.25,121.45,,")  # fmt: skip
    assert undo(company, id_) == {"set_back": 1, "removed": 1}
    with company_fence(company.id):
        [site] = Site.objects.all()
    assert (site.address, site.lat, site.lon) == ("Old road", 31.2, 121.4)


def test_products_are_put_away_and_people_are_locked_out(company: TestCompany) -> None:
    run(company, "products", "code,name,unit,price,currency", "P1,Tea,box,18.50,CNY")
    table = ("code,name,category,unit,price,currency,is_active", "P1,Tea,Drinks,box,20,CNY,yes")
    id_ = run(company, "products", *table, "P2,Coffee,Drinks,box,30,CNY,yes", "P3,Old,Drinks,box,1,CNY,no")
    assert undo(company, id_) == {"set_back": 1, "removed": 1, "left": 1}
    assert outcomes(company, id_)[2] == (4, "left", ["imports.nothing_to_undo"])
    with company_fence(company.id):
        products = {row.code: row for row in Product.objects.all()}
    assert (products["P1"].price, products["P1"].category_id) == (Decimal("18.5"), None)
    assert [products[code].is_active for code in ("P1", "P2", "P3")] == [True, False, False]
    id_ = run(company, "users", "username,name,roles", "neu,Neue,rep", "alice,Alice Renamed,")
    assert undo(company, id_) == {"removed": 1, "set_back": 1}
    with company_fence(company.id):
        assert not User.objects.get(username="neu").is_active
        assert User.objects.get(username="alice").name == "Alice Wang"


def test_days_of_calendars(company: TestCompany) -> None:
    calendar = {"id": str(uuid7()), "name": "Company"}
    applied(company.dora.execute("calendars.set_calendar", calendar))
    day = {"day": "2026-10-01", "works": True, "name": "Half", "hours": [{"start": "09:00", "end": "12:00"}]}
    applied(company.dora.execute("calendars.set_days", {"calendar_id": calendar["id"], "days": [day]}))
    table = ("day,works,name", "2026-10-01,no,National Day", "2026-10-02,no,National Day", "2026-10-03,no,National Day")
    id_ = run(company, "calendar_days", *table)
    mine = {"day": "2026-10-03", "works": False, "name": "Another name"}
    applied(company.dora.execute("calendars.set_days", {"calendar_id": calendar["id"], "days": [mine]}))
    assert undo(company, id_) == {"set_back": 1, "removed": 1, "left": 1}
    with company_fence(company.id):
        days = {str(row.day): (row.works, row.name, row.hours) for row in CalendarDay.objects.all()}
    assert days == {"2026-10-01": (True, "Half", day["hours"]), "2026-10-03": (False, "Another name", None)}


def test_an_import_is_undone_once_and_only_after_its_preview(company: TestCompany) -> None:
    body = preview(company.dora.client(), "customers", lines("code,name", "C1,One"))
    for what in ("undo/preview", "undo"):
        refused = call(company, body["id"], what)
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "imports.not_ready"), "not applied yet"
    id_ = run(company, "customers", "code,name", "C2,Two")
    assert call(company, id_, "undo").json()["error"]["code"] == "imports.not_ready", "not previewed yet"
    assert undo(company, id_) == {"removed": 1}
    first = company.dora.client().get(f"/api/v1/imports/{id_}").json()
    for what in ("undo/preview", "undo"):
        again = call(company, id_, what)
        assert (again.status_code, again.json()) == (200, first)
    assert call(company, id_, "apply").json()["error"]["code"] == "imports.not_ready", "it is not applied again"
    corrected = run(company, "customers", "code,name", "C2,Two corrected")
    assert customers(company)["C2"].name == "Two corrected" and corrected != id_


def test_only_who_may_see_the_import_undoes_it(company: TestCompany) -> None:
    id_ = run(company, "customers", "code,name", "C1,One", who="carol")
    for client in (company.alice.client(), make_company().dora.client()):
        for what in ("undo/preview", "undo"):
            assert client.call("POST", f"/api/v1/imports/{id_}/{what}", {}).status_code == 404
        assert client.get(f"/api/v1/imports/{id_}/undo/rows").status_code == 404
    assert set(customers(company)) == {"C1"}


def test_a_crash_in_the_middle_is_gone_on_from(company: TestCompany) -> None:
    id_ = run(company, "customers", "code,name", *(f"C{number},Customer" for number in range(1_100)))
    assert counts(call(company, id_, "undo/preview").json()) == {"create": 1_100}
    with company_fence(company.id):
        item = Import.objects.get(id=id_)
    assert undoing.begin(item, company.actor("dora"), State.UNDOING)
    keep, calls = commands.keep_undo_results, []

    def crash_at_the_second_part(*args: Any, **options: Any) -> Any:
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return keep(*args, **options)

    with patch.object(commands, "keep_undo_results", crash_at_the_second_part), pytest.raises(KeyboardInterrupt):
        undoing.undo(item, company.actor("dora"))
    assert len(customers(company)) == 1_000, "the last part is undone"
    assert call(company, id_, "undo").json()["error"]["code"] == "imports.not_ready", "it may be alive"
    with company_fence(company.id):
        Import.objects.filter(id=id_).update(beat_at="2026-01-01T00:00:00Z")
    assert call(company, id_, "undo").json()["undo_counts"] == {"removed": 1_100, "set_back": 0, "left": 0}
    assert customers(company) == {}


def test_large_tables_are_left_to_a_worker(company: TestCompany) -> None:
    id_ = run(company, "customers", "code,name", "C1,One")
    with patch("core.imports.running.AT_ONCE", 0):
        asked = call(company, id_, "undo/preview")
        assert (asked.status_code, asked.json()["state"]) == (202, "undo_checking")
        jobs.preview_undoing(str(company.id), str(company.dora.id), id_)
        asked = call(company, id_, "undo")
        assert (asked.status_code, asked.json()["state"]) == (202, "undoing")
        jobs.undo_import(str(company.id), str(company.dora.id), id_)
    assert company.dora.client().get(f"/api/v1/imports/{id_}").json()["state"] == "undone"
    assert customers(company) == {}


def test_every_command_of_an_import_can_be_undone(company: TestCompany) -> None:
    """Categories that came along stay; of all else there is a way back."""
    run(company, "customers", "code,name,contact,contact phone", "C1,One,Ann,1")
    run(company, "customers", "code,name,contact,contact phone", "C1,Uno,Ann,2")
    for name in ("Gate,Old road", "Gate,New road"):
        run(company, "sites", "customer,name,address", f"C1,{name}")
    for price in ("1", "2"):
        run(company, "products", "code,name,category,unit,price,currency", f"P1,Tea,Drinks,box,{price},CNY")
    for name in ("Neu", "Neue"):
        run(company, "users", "username,name,roles", f"neu,{name},rep")
    with company_fence(company.id):
        used = set(CommandRecord.objects.filter(door="import").values_list("name", flat=True))
    used = {name for name in used if not name.startswith(("accounts.create_territory", "accounts.create_org"))}
    assert {"customers.update_site", "catalog.update_product", "accounts.update_user"} <= used
    assert used - {"catalog.create_category"} <= REVERSALS.keys()
