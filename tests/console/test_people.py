"""People, teams and territories are set at a desk, by administrators; everybody changes his own password."""

from uuid import UUID

import pytest

from accounts.models import OrgUnit, Territory, User
from core.fence import company_fence
from core.models import CommandRecord
from tests.console.desk import Desk, at_desk, words
from tests.personas import PASSWORD, Persona, TestCompany

NEW = "a new horse battery"


@pytest.fixture
def dora(company: TestCompany) -> Desk:
    return at_desk(company.dora)


def _person(company: TestCompany, username: str) -> User:
    with company_fence(company.id):
        return User.objects.get(username=username)


def test_somebody_is_added_and_signs_in(company: TestCompany, dora: Desk) -> None:
    unit = str(company.units["north"])
    values = {"name": "Ann Ma 马安", "username": "ann", "manager": "on", "org_unit_id": unit, "locale": "zh-Hans"}
    weak = dora.send("/console/users/create", **values, password="ann")
    assert weak.status_code == 422 and "at least" in words(weak.content.decode())
    assert 'value="ann" autocomplete="new-password"' not in weak.content.decode(), "a password is never shown again"
    assert dora.send("/console/users/create", **values, password=NEW).status_code == 302
    assert "Ann Ma 马安" in words(dora.text("/console/users"))
    ann = _person(company, "ann")
    assert (ann.roles, str(ann.org_unit_id), ann.locale) == (["manager", "rep"], unit, "zh-Hans")
    desk = Desk(company.address)
    assert desk.sign_in(Persona(company, "ann", company.dora.actor, NEW)).status_code == 302
    with company_fence(company.id):
        record = CommandRecord.objects.get(name="accounts.create_user", creates=ann.id)
        assert record.door == "console" and NEW not in str(record.payload)
    taken = dora.send("/console/users/create", **values, password=NEW)
    assert taken.status_code == 422 and "Ann Ma 马安" in taken.content.decode()


def test_an_edit_changes_what_was_changed_and_nothing_else(company: TestCompany, dora: Desk) -> None:
    path = f"/console/users/{company.alice.id}/edit"
    assert dora.send(path, phone="555", engineer="on").status_code == 302
    alice = _person(company, "alice")
    assert (alice.phone, alice.roles, alice.name) == ("555", ["engineer", "rep"], "Alice Wang")
    with company_fence(company.id):
        record = CommandRecord.objects.filter(name="accounts.update_user").latest("received_at")
        assert set(record.payload["changes"]) == {"phone", "roles"}
    assert dora.send(path, name="").status_code == 422


def test_somebody_gets_another_password_is_locked_out_and_let_in_again(company: TestCompany, dora: Desk) -> None:
    path = f"/console/users/{company.carol.id}"
    carol = at_desk(company.carol)
    assert dora.send(f"{path}/password", password=NEW).status_code == 302
    assert carol.get("/console/").status_code == 302, "her session is over"
    assert dora.send(f"{path}/password", password="").status_code == 422
    assert Desk(company.address).sign_in(company.carol, NEW).status_code == 302
    assert dora.send(f"{path}/deactivate").status_code == 302
    assert "Carol Chen" not in words(dora.text("/console/users"))
    assert "deactivated" in words(dora.text("/console/users?active=no&q=carol"))
    assert Desk(company.address).sign_in(company.carol, NEW).status_code != 302
    assert dora.send(f"{path}/reactivate").status_code == 302
    assert Desk(company.address).sign_in(company.carol, NEW).status_code == 302
    last = dora.send(f"/console/users/{company.dora.id}/deactivate")
    assert last.status_code == 422, "the last administrator stays"


def test_managers_see_their_people_and_change_nobody(company: TestCompany) -> None:
    carol = at_desk(company.carol)
    text = carol.text("/console/users")
    assert "Alice Wang" in text and "Zed Xu" not in text
    assert "/edit" not in text and "/console/users/create" not in text
    for path in ("users/create", f"users/{company.alice.id}/password", "org-units", "territories"):
        assert carol.get(f"/console/{path}").status_code == 403


def test_the_tree_grows_and_is_moved(company: TestCompany, dora: Desk) -> None:
    north, south = (str(company.units[name]) for name in ("north", "south"))
    assert dora.send(f"/console/org-units/{north}/add", name="North East").status_code == 302
    assert "Company / Region / North / North East" in words(dora.text("/console/org-units"))
    assert dora.send("/console/org-units/create", name="Far West", parent_id="").status_code == 302
    path = f"/console/org-units/{north}/edit"
    assert dora.send(path, name="Nord", parent_id=south).status_code == 302
    assert "Company / South / Nord / North East" in words(dora.text("/console/org-units"))
    with company_fence(company.id):
        below = OrgUnit.objects.get(name="North East")
    circle = dora.send(path, parent_id=str(below.id))
    assert circle.status_code == 422 and "fault-parent_id" in circle.content.decode()


def test_a_territory_gets_and_loses_members(company: TestCompany, dora: Desk) -> None:
    assert dora.send("/console/territories/create", name="Riverside", code="R-1").status_code == 302
    assert dora.send("/console/territories/create", name="Other", code="R-1").status_code == 422
    with company_fence(company.id):
        territory: UUID = Territory.objects.get(code="R-1").id
    path = f"/console/territories/{territory}"
    assert dora.send(f"{path}/edit", name="Riverside East").status_code == 302
    assert dora.send(f"{path}/members/add", user_id=str(company.bob.id)).status_code == 302
    members = f"/console/territories/members?territory={territory}"
    text = dora.text(members)
    assert "Bob Li" in text and "Riverside East" in text
    member = text.partition('<tr id="row-')[2].partition('"')[0]
    assert dora.send(f"/console/territories/members/{member}/remove").status_code == 302
    assert "Bob Li" not in dora.text(members)


def test_ones_own_password_is_changed_by_whoever_knows_it(company: TestCompany) -> None:
    carol, path = at_desk(company.carol), "/console/preferences/password"
    wrong = carol.send(path, current_password="guessed", new_password=NEW)
    assert wrong.status_code == 422 and "The current password is wrong" in words(wrong.content.decode())
    assert NEW not in wrong.content.decode() and "guessed" not in wrong.content.decode()
    assert carol.send(path, current_password=PASSWORD, new_password="short").status_code == 422
    assert carol.send(path, current_password=PASSWORD, new_password="").status_code == 422
    assert carol.send(path, current_password=PASSWORD, new_password=NEW).status_code == 302
    response = carol.get("/console/preferences")
    assert response.status_code == 302, "every session is over, this one too"
    assert "Your password is changed." in words(carol.text(response["Location"]))
    assert Desk(company.address).sign_in(company.carol).status_code != 302
    assert Desk(company.address).sign_in(company.carol, NEW).status_code == 302
