"""The second factor at the console: set up with a picture, asked for at the sign-in, taken off."""

import re
from html import unescape

import pytest

from accounts.commands import web_sessions
from accounts.commands.passwords import set_user_password
from tests.accounts.authenticator import put_on, show
from tests.console.desk import SIGN_IN, Desk, at_desk, words
from tests.personas import TestCompany

CODE = "/console/sign-in/code"
ON = "/console/preferences/second-factor"


def half_way(company: TestCompany, asked: str = "/console/devices") -> Desk:
    """carol, with the password given and no code yet."""
    desk = Desk(company.address)
    response = desk.sign_in(company.carol, path=f"{SIGN_IN}?next={asked}")
    assert response["Location"].startswith(CODE)
    assert "roundsman_session" not in desk.client.cookies
    cookie = desk.client.cookies["roundsman_half_way"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["max-age"] == web_sessions.HALF_WAY_S
    return desk


def test_it_is_set_up_in_the_preferences(company: TestCompany) -> None:
    desk = at_desk(company.carol)
    assert "Set up a second factor" in desk.text("/console/preferences")
    page = desk.text(ON)
    assert 'src="data:image/svg+xml' in page
    secret = re.search(r"((?:[A-Z2-7]{4} ?){8})", words(page))[1].replace(" ", "")  # type: ignore[index]
    draft = re.search(r'name="draft" value="([^"]+)"', page)[1]  # type: ignore[index]
    wrong = desk.send(ON, one_time_code="000000", draft=unescape(draft))
    assert wrong.status_code == 422 and "This code is wrong" in wrong.content.decode()
    assert secret in words(wrong.content.decode()).replace(" ", ""), "the same picture: the app has scanned it"
    done = desk.send(ON, one_time_code=show(secret), draft=unescape(draft))
    assert done.status_code == 200 and done["Cache-Control"] == "no-store"
    codes = re.findall(r"<li>([a-z2-7]{5}-[a-z2-7]{5})</li>", done.content.decode())
    assert len(codes) == 10
    preferences = desk.text("/console/preferences")
    assert "Recovery codes left: 10" in preferences and codes[0] not in preferences
    assert "Turned on the own second factor" in at_desk(company.dora).text("/console/audit")


def test_signing_in_asks_for_the_code_and_leads_on(company: TestCompany) -> None:
    app = put_on(company.carol.actor)
    desk = half_way(company)
    assert desk.get("/console/devices").status_code == 302, "half is not enough"
    wrong = desk.send(f"{CODE}?next=/console/devices", code="000000")
    assert wrong.status_code == 403 and "This code is wrong" in wrong.content.decode()
    right = desk.send(f"{CODE}?next=/console/devices", code=app.code(1))
    assert right["Location"] == "/console/devices"
    assert desk.get("/console/devices").status_code == 200
    assert not desk.client.cookies["roundsman_half_way"].value
    other = half_way(company)
    assert other.send(CODE, code=app.code(1)).status_code == 403, "the code was used"
    assert other.send(CODE, code=app.recovery_codes[0])["Location"] == "/console/"


@pytest.mark.parametrize("deed", ["too late", "another password", "forged", "absent"])
def test_half_of_a_sign_in_does_not_last(company: TestCompany, monkeypatch: pytest.MonkeyPatch, deed: str) -> None:
    app = put_on(company.carol.actor)
    desk = half_way(company)
    desk.get(CODE)
    token = desk.client.cookies["roundsman_csrf"].value
    if deed == "too late":
        monkeypatch.setattr(web_sessions, "HALF_WAY_S", -1)
    elif deed == "another password":
        assert set_user_password(company.dora.actor, company.carol.id, "another battery", None).settled
    elif deed == "forged":
        desk.client.cookies["roundsman_half_way"] = desk.client.cookies["roundsman_half_way"].value[:-2] + "xx"
    else:
        del desk.client.cookies["roundsman_half_way"]
    response = desk.client.post(CODE, {"code": app.code(1), "csrfmiddlewaretoken": token})
    assert response.status_code == 302 and response["Location"].startswith(SIGN_IN)
    assert not response.cookies["roundsman_session"].value


def test_it_is_taken_off_by_its_owner_or_an_administrator(company: TestCompany) -> None:
    desk, app = at_desk(company.carol), put_on(company.carol.actor)
    renewed = desk.send("/console/preferences/recovery-codes", one_time_code=app.recovery_codes[0])
    assert len(re.findall(r"<li>[a-z2-7]{5}-[a-z2-7]{5}</li>", renewed.content.decode())) == 10
    off = "/console/preferences/second-factor/off"
    assert desk.send(off, one_time_code="000000").status_code == 422
    assert desk.send(off, one_time_code=app.code(1)).status_code == 302
    assert Desk(company.address).sign_in(company.carol)["Location"] == "/console/"
    put_on(company.carol.actor)
    dora, reset = at_desk(company.dora), f"/console/users/{company.carol.id}/second-factor"
    assert reset in dora.text("/console/users")
    assert dora.send(reset).status_code == 302
    assert reset not in dora.text("/console/users")
    assert Desk(company.address).sign_in(company.carol)["Location"] == "/console/"
