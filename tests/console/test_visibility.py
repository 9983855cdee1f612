"""A manager of team A sees nothing of team B, on no page and in no export; everybody's pages cost few statements.

Generated over the registered pages: a new page is tried without writing it down here.
"""

import pytest

from console.lists import List
from console.registry import PAGES
from core.ids import uuid7
from tests.architecture.test_query_counts import statements
from tests.console.desk import at_desk
from tests.console.samples import COMPANY_WIDE, NORTH, ROWS, SOUTH, Furnished, address_of, readable_pages
from tests.contract.wire import command, push

MOST_STATEMENTS = 14
MORE_STATEMENTS = {"attention": 20, "customers.customer": 20, "visits.order": 16, "visits.visit": 18}
"""Pages that bring together what several apps know."""
LISTS = [name for name in readable_pages() if isinstance(getattr(PAGES[name].get, "__self__", None), List)]
CALLERS = ("carol", "dan", "dora", "alice")


@pytest.fixture(scope="module")
def furnished() -> Furnished:
    return Furnished()


def test_every_page_about_a_row_names_its_row() -> None:
    about_rows = {name for name in readable_pages() if "<" in PAGES[name].path}
    assert about_rows == set(ROWS), "name in tests/console/samples.py which row the page is about"


@pytest.mark.parametrize("name", readable_pages())
def test_a_page_answers_its_readers_and_nobody_else(furnished: Furnished, name: str) -> None:
    for caller in CALLERS:
        person = furnished.company.people[caller]
        response = at_desk(person).get(address_of(name, furnished))
        if PAGES[name].roles.isdisjoint(person.actor.roles):
            assert response.status_code == 403, caller
        elif caller in ("carol", "dora") and name != "views.forget":
            assert response.status_code == 200, (caller, response.content[:300])
        else:
            assert response.status_code in (200, 404), (caller, response.content[:300])
    stranger = at_desk(furnished.company.carol)
    stranger.client.cookies["roundsman_session"] = ""
    assert stranger.get(address_of(name, furnished)).status_code == 302


@pytest.mark.parametrize("name", readable_pages())
@pytest.mark.parametrize("caller", ["carol", "dan"])
def test_no_page_shows_another_teams_rows(furnished: Furnished, name: str, caller: str) -> None:
    desk = at_desk(furnished.company.people[caller])
    for foreign in (False, True):
        response = desk.get(address_of(name, furnished, foreign=foreign))
        assert SOUTH not in response.content.decode()
        if foreign and name in ROWS:
            may_come = not PAGES[name].roles.isdisjoint(furnished.company.people[caller].actor.roles)
            assert response.status_code == (404 if may_come else 403)


def test_the_mark_of_the_other_team_is_there_to_be_seen(furnished: Furnished) -> None:
    assert SOUTH in at_desk(furnished.company.dora).text("/console/audit")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("name", [name for name in LISTS if name not in COMPANY_WIDE])
def test_no_export_does_either(furnished: Furnished, name: str, form: str) -> None:
    from tests.console.test_lists import read_csv, read_xlsx

    read = {"csv": read_csv, "xlsx": read_xlsx}[form]
    if PAGES[name].roles.isdisjoint(furnished.company.carol.actor.roles):
        assert at_desk(furnished.company.carol).get(f"{address_of(name, furnished)}?format={form}").status_code == 403
        return
    told = {}
    for caller in ("carol", "dora"):
        body = at_desk(furnished.company.people[caller]).download(f"{address_of(name, furnished)}?format={form}")
        told[caller] = str(read(body))
    assert NORTH in told["carol"] and SOUTH not in told["carol"]
    assert SOUTH in told["dora"]


@pytest.mark.parametrize("name", ["devices.rename", "devices.revoke", "views.forget"])
def test_no_form_changes_another_teams_rows(furnished: Furnished, name: str) -> None:
    desk = at_desk(furnished.company.carol)
    token = desk.text("/console/preferences").partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    values = {"csrfmiddlewaretoken": token, "name": "Taken over"}
    assert desk.client.post(address_of(name, furnished, foreign=True), values).status_code == 404
    assert "Taken over" not in at_desk(furnished.company.dora).text("/console/devices")


def test_a_page_needs_as_many_statements_for_one_row_as_for_many(monkeypatch: pytest.MonkeyPatch) -> None:
    furnished = Furnished()
    desk = at_desk(furnished.company.dora)

    def count() -> dict[str, int]:
        """The statements of every page."""
        addresses = {name: address_of(name, furnished, foreign=name == "views.forget") for name in readable_pages()}
        return {
            name: len(statements(monkeypatch, lambda address=address: desk.text(address)))  # type: ignore[misc]
            for name, address in addresses.items()
        }

    few = count()
    for number in range(30):
        assert furnished.company.bob.sign_in(name=f"{number}").status_code == 200
    push(
        furnished.phones["bob"],
        *(command("customers.create", {"id": str(uuid7()), "name": f"Shop {number}"}) for number in range(30)),
    )
    many = count()
    assert many == few
    assert not {name: n for name, n in many.items() if n > MORE_STATEMENTS.get(name, MOST_STATEMENTS)}
