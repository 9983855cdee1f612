"""Visit types in the console: made and edited without a script, previewed as on phones, refused at the field."""

from html.parser import HTMLParser
from typing import Any

import pytest

from core.fence import company_fence
from core.ids import uuid7
from tests.console.desk import Desk, at_desk, words
from tests.forms.questionnaires import make_form
from tests.personas import TestCompany
from tests.visits.field import applied
from visits.models.types import VisitType

NEW = "/console/visit-types/new"


class Editor:
    """The page of one type, with the fields as they stand in its form."""

    def __init__(self, desk: Desk, path: str = NEW) -> None:
        self.desk, self.path = desk, path
        self.text = desk.text(path)

    def press(self, intent: str, **values: Any) -> int:
        """Press a button, with some fields filled in; returns the status."""
        sent = fields(self.text) | {name: one if isinstance(one, list) else [one] for name, one in values.items()}
        response = self.desk.client.post(self.path, sent | {"intent": [intent]})
        if response.status_code != 302:
            self.text = response.content.decode()
        return response.status_code


def fields(text: str) -> dict[str, list[str]]:
    """Every value that a browser would send of the page's form."""
    found: dict[str, list[str]] = {}

    class Reader(HTMLParser):
        select = ""
        chosen: str | None = None

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            given = dict(attrs)
            name, value = given.get("name") or "", given.get("value") or ""
            if tag == "select":
                self.select, self.chosen = name, None
            elif tag == "option" and self.select and (self.chosen is None or "selected" in given):
                self.chosen = value
            elif tag == "input" and name and (given.get("type") != "checkbox" or "checked" in given):
                found.setdefault(name, []).append(value)

        def handle_endtag(self, tag: str) -> None:
            if tag == "select" and self.select:
                found[self.select] = [self.chosen or ""]
                self.select = ""

    Reader().feed(text)
    return found


def stored(company: TestCompany, code: str) -> VisitType:
    with company_fence(company.id):
        return VisitType.objects.get(code=code)


def test_a_type_is_made_action_by_action(company: TestCompany) -> None:
    form = make_form(company, names={"en": "Shelf check"})
    editor = Editor(at_desk(company.carol))
    about = {"en": "Store visit", "zh": "门店拜访", "code": "STORE", "position": "3"}
    rule = {"rule.class": ["A", "B"], "rule.channels": "supermarket， kiosk", "rule.role": "rep"}
    assert editor.press("add:photo", **about, **rule) == 200
    filled = {"action_1.en": "Shelf", "action_1.min_count": "2", "action_1.label": "front", "action_1.class": "A"}
    assert editor.press("add:form", **filled) == 200
    assert editor.press("add:signature", **{"action_2.zh": "表单", "action_2.form_id": form}) == 200
    assert editor.press("up:action_3", **{"action_3.en": "Sign"}) == 200
    assert editor.press("save") == 302
    row = stored(company, "STORE")
    assert (row.names, row.position, row.archived) == ({"en": "Store visit", "zh": "门店拜访"}, 3, False)
    assert row.chosen_for == {
        "customer_classes": ["A", "B"], "channels": ["supermarket", "kiosk"], "roles": ["rep"]
    }  # fmt: skip
    shelf, sign, check = row.actions
    assert (shelf["id"], shelf["min_count"], shelf["label"]) == ("action_1", 2, "front")
    assert shelf["only_for"]["customer_classes"] == ["A"]
    assert (sign["kind"], check["kind"], check["form_id"]) == ("signature", "form", form)
    told = words(at_desk(company.carol).text("/console/visit-types"))
    assert "Store visit STORE 3 class A, B · supermarket, kiosk · rep Shelf, Sign, 表单" in told


def test_an_edit_loses_nothing_that_it_does_not_touch(company: TestCompany) -> None:
    id_ = _make(company, "CALL", [_photo("shelf", customer_classes=["A"], channels=["kiosk"], roles=["rep"])])
    before = stored(company, "CALL")
    editor = Editor(at_desk(company.carol), f"/console/visit-types/{id_}")
    assert editor.press("save") == 302
    after = stored(company, "CALL")
    assert (after.names, after.chosen_for, after.actions) == (before.names, before.chosen_for, before.actions)
    editor = Editor(at_desk(company.carol), f"/console/visit-types/{id_}")
    assert editor.press("remove:shelf", archived="on", by_rule="no") == 200
    assert editor.press("save") == 302
    after = stored(company, "CALL")
    assert (after.actions, after.archived, after.chosen_for) == ([], True, None)
    desk = at_desk(company.carol)
    assert "CALL" not in words(desk.text("/console/visit-types"))
    assert "only where it is named" in words(desk.text("/console/visit-types?archived=yes"))


def test_the_preview_says_what_who_sees_where(company: TestCompany) -> None:
    _make(company, "FIRST", [], {"customer_classes": ["C"]})
    actions = [_photo("everybody"), _photo("large", customer_classes=["A"]), _photo("kiosks", channels=["kiosk"])]
    id_ = _make(company, "NEXT", [*actions, _photo("engineers", roles=["engineer"])], {"roles": ["rep"]}, position=2)
    desk = at_desk(company.carol)
    seen = {
        asked: _previewed(desk.text(f"/console/visit-types/{id_}?{asked}"))
        for asked in ("", "as_class=A", "as_class=C", "as_role=engineer", "as_channel=kiosk&as_class=A")
    }
    this, other, none = "is of this one", "otherwise “FIRST” is taken", "otherwise there is none"
    expected = {
        "": (this, "1. everybody"),
        "as_class=A": (this, "1. everybody Photo 2. large Photo"),
        "as_class=C": (other, "1. everybody"),
        "as_role=engineer": (none, "1. everybody Photo 2. engineers"),
        "as_channel=kiosk&as_class=A": (this, "1. everybody Photo 2. large Photo 3. kiosks"),
    }
    for asked, told in expected.items():
        assert all(part in seen[asked] for part in told), (asked, seen[asked])
    assert "large" not in seen[""] and "engineers" not in seen["as_class=A"]


def test_what_is_wrong_is_said_at_its_field(company: TestCompany) -> None:
    _make(company, "TAKEN", [])
    editor = Editor(at_desk(company.carol))
    assert editor.press("add:form", code="TAKEN", en="Second") == 200
    assert "Shown as soon as all fields are right" in words(editor.text)
    assert editor.press("save") == 422
    assert 'id="fault-action_1.en"' in editor.text and 'id="fault-code"' not in editor.text
    assert editor.press("save", **{"action_1.en": "Check"}) == 422
    assert 'id="fault-action_1.form_id"' in editor.text
    assert editor.press("save", **{"action_1.form_id": str(uuid7())}) == 422
    assert 'id="fault-action_1.form_id"' in editor.text, "there is no such form"
    assert editor.press("remove:action_1") == 200
    assert editor.press("save") == 422
    assert 'id="fault-code"' in editor.text and "Another visit type has this code." in editor.text
    for bad, field in (({"position": "soon"}, "position"), ({"code": ""}, "code"), ({"en": "", "zh": ""}, "en")):
        assert Editor(at_desk(company.carol)).press("save", **{"code": "X", "en": "X"} | bad) == 422
        editor = Editor(at_desk(company.carol))
        editor.press("save", **{"code": "X", "en": "X"} | bad)
        assert f'id="fault-{field}"' in editor.text, bad


@pytest.mark.parametrize("intent", ["add:toaster", "up:nothing", "down:", "remove:x", "fly"])
def test_a_button_that_is_not_there_does_nothing(company: TestCompany, intent: str) -> None:
    assert Editor(at_desk(company.carol)).press(intent, code="X") == 200


def _make(company: TestCompany, code: str, actions: list[Any], chosen_for: Any = None, position: int = 1) -> str:
    payload = {"id": str(uuid7()), "code": code, "names": {"en": code}, "actions": actions, "position": position}
    applied(company.carol.execute("visits.set_visit_type", payload | {"chosen_for": chosen_for}))
    return payload["id"]


def _photo(id_: str, **only_for: list[str]) -> dict[str, Any]:
    return {"id": id_, "kind": "photo", "names": {"en": id_}, "only_for": only_for}


def _previewed(text: str) -> str:
    return words(text.partition('class="phone-body"')[2].partition("</aside>")[0])
