"""One's own language, time zone, theme and saved views."""

from typing import Any

import pytest

from accounts.queries import get_user, list_saved_views
from core.fence import company_fence
from core.ids import uuid7
from tests.personas import Persona, TestCompany


def view(**members: Any) -> dict[str, Any]:
    return {"id": str(uuid7()), "page": "devices", "name": "Silent", "query": "state=silent"} | members


def views(person: Persona) -> list[tuple[str, str]]:
    with company_fence(person.company.id):
        return [(row.name, row.query) for row in list_saved_views(person.actor)]


def test_what_is_not_named_stays(company: TestCompany) -> None:
    assert company.alice.execute("accounts.set_preferences", {"theme": "dark", "time_zone": "Asia/Urumqi"}).settled
    assert company.alice.execute("accounts.set_preferences", {"locale": "zh-Hans"}).settled
    with company_fence(company.id):
        user = get_user(company.alice.id)
        assert (user.locale, user.time_zone, user.theme) == ("zh-Hans", "Asia/Urumqi", "dark")
    assert company.alice.execute("accounts.set_preferences", {"time_zone": ""}).settled
    with company_fence(company.id):
        assert get_user(company.alice.id).time_zone == ""
        assert get_user(company.bob.id).theme == "auto"


@pytest.mark.parametrize("wrong", [{"locale": "de"}, {"time_zone": "Mars/Base"}, {"theme": "pink"}])
def test_what_there_is_not_is_refused(company: TestCompany, wrong: dict[str, str]) -> None:
    assert company.alice.execute("accounts.set_preferences", wrong).code == "core.invalid_input"


def test_a_name_is_one_view_of_its_owner(company: TestCompany) -> None:
    assert company.carol.execute("accounts.save_view", view()).settled
    assert company.carol.execute("accounts.save_view", view(query="state=revoked")).settled
    assert company.dora.execute("accounts.save_view", view()).settled
    assert views(company.carol) == [("Silent", "state=revoked")]
    assert views(company.dora) == [("Silent", "state=silent")]


def test_nobody_forgets_or_takes_over_anothers_view(company: TestCompany) -> None:
    kept = view()
    assert company.carol.execute("accounts.save_view", kept).settled
    assert company.dora.execute("accounts.forget_view", {"id": kept["id"]}).code == "accounts.saved_view_not_found"
    assert company.dora.execute("accounts.save_view", kept | {"name": "Mine"}).code == "core.id_taken"
    assert company.carol.execute("accounts.forget_view", {"id": kept["id"]}).settled
    assert views(company.carol) == []
