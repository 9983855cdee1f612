"""Forms: one command each, sent once however often it is clicked, with what is wrong said at the field."""

import re
from uuid import uuid4

import pytest

from core.fence import company_fence
from core.models import CommandRecord
from tests.console.desk import Form, at_desk, words
from tests.console.samples import Furnished
from tests.personas import TestCompany


@pytest.fixture(scope="module")
def furnished() -> Furnished:
    return Furnished()


def test_a_form_sends_its_command_and_says_so(furnished: Furnished) -> None:
    desk, path = at_desk(furnished.company.carol), f"/console/devices/{furnished.rows['device']}/rename"
    response = desk.send(path, name="Alice's new phone")
    assert (response.status_code, response["Location"]) == (302, "/console/devices")
    text = words(desk.text("/console/devices"))
    assert "Alice's new phone" in text and "The device was renamed." in text
    assert "The device was renamed." not in words(desk.text("/console/devices")), "said once"
    with company_fence(furnished.company.id):
        record = CommandRecord.objects.filter(name="accounts.rename_device", door="console").latest("received_at")
        assert record.user_id == furnished.company.carol.id


def test_a_double_click_is_one_command(furnished: Furnished) -> None:
    desk, path = at_desk(furnished.company.carol), f"/console/devices/{furnished.rows['device']}/rename"
    values = Form(desk.text(path), path).values | {"name": "Clicked twice"}
    assert [desk.client.post(path, values).status_code for _ in range(2)] == [302, 302]
    with company_fence(furnished.company.id):
        assert CommandRecord.objects.filter(id=values["command_id"]).count() == 1


@pytest.mark.parametrize(("locale", "said"), [("en", "is not valid"), ("zh-Hans", "无效")])
def test_what_is_wrong_stands_at_the_field(furnished: Furnished, locale: str, said: str) -> None:
    carol = furnished.company.carol
    assert carol.execute("accounts.set_preferences", {"locale": locale}).settled
    path = f"/console/devices/{furnished.rows['device']}/rename"
    desk = at_desk(carol)
    response = desk.send(path, name="x" * 201)
    text = response.content.decode()
    assert response.status_code == 422
    assert 'aria-invalid="true" aria-describedby="fault-name"' in text
    assert said in words(text.partition('id="fault-name"')[2][:300])
    assert f'value="{"x" * 201}"' in text, "what was entered stays"
    first, again = (Form(page, path).values["command_id"] for page in (desk.text(path), text))
    assert first != again, "sent again, it is another command"
    assert carol.execute("accounts.set_preferences", {"locale": "en"}).settled


def test_by_a_script_it_answers_with_the_form_or_with_where_to_go(furnished: Furnished) -> None:
    desk, path = at_desk(furnished.company.carol), f"/console/devices/{furnished.rows['device']}/rename"
    values = Form(desk.text(path), path).values
    refused = desk.client.post(path, values | {"name": ""}, headers={"HX-Request": "true"})
    assert refused.status_code == 422 and 'id="form"' in refused.content.decode()
    values |= {"name": "By htmx", "command_id": str(uuid4())}
    done = desk.client.post(path, values, headers={"HX-Request": "true"})
    assert (done.status_code, done["HX-Redirect"]) == (200, "/console/devices")


def test_somebody_whose_session_ended_is_led_to_the_sign_in(furnished: Furnished) -> None:
    desk = at_desk(furnished.company.carol)
    desk.client.cookies["roundsman_session"] = ""
    assert desk.get("/console/devices", **{"HX-Request": "true"})["HX-Refresh"] == "true"


def test_revoking_shuts_a_device_out(company: TestCompany) -> None:
    phone = company.client("alice")
    desk = at_desk(company.carol)
    assert "Revoke and wipe" in words(desk.text("/console/devices"))
    assert desk.send(f"/console/devices/{phone.device_id}/revoke").status_code == 302
    text = words(desk.text("/console/devices"))
    assert "revoked" in text and "Revoke and wipe" not in text
    answer = phone.call("GET", "/api/v1/me")
    assert (answer.status_code, answer.json()["error"]["details"]["wipe"]) == (401, True)


def test_a_command_id_that_is_none_is_refused(furnished: Furnished) -> None:
    path = f"/console/devices/{furnished.rows['device']}/rename"
    assert at_desk(furnished.company.carol).send(path, name="x", command_id="1").status_code == 422


def test_preferences_change_what_one_sees_at_once(company: TestCompany) -> None:
    desk = at_desk(company.carol)
    response = desk.send("/console/preferences", locale="zh-Hans", time_zone="Europe/Berlin", theme="dark")
    assert response.status_code == 302
    text = desk.text("/console/preferences")
    assert '<html lang="zh-Hans" data-theme="dark"' in text
    assert "偏好设置" in text and "已保存。" in text
    assert '<option value="Europe/Berlin" selected>' in text
    assert "偏好设置" not in at_desk(company.dora).text("/console/preferences")


def test_the_language_menu_leads_back_to_the_same_page(company: TestCompany) -> None:
    desk = at_desk(company.carol)
    response = desk.send("/console/preferences", on="/console/devices?state=silent", locale="zh-Hans")
    assert response["Location"] == "/console/devices?state=silent"
    assert 'lang="zh-Hans"' in desk.text("/console/devices")
    assert desk.send("/console/preferences", locale="de").status_code == 422


def test_the_place_that_a_page_belongs_to_is_marked(furnished: Furnished) -> None:
    desk = at_desk(furnished.company.carol)
    for path, current in (
        ("/console/devices", "page"),
        (f"/console/devices/{furnished.rows['device']}/rename", "true"),
    ):
        [mark] = re.findall(r'class="place" href="/console/devices[^"]*" aria-current="(\w+)"', desk.text(path))
        assert mark == current
