"""Signing in to the console: the same people, passwords and lock-out as the API; sessions that end when they should."""

import base64

import pytest
from django.test import Client

from accounts.commands import web_sessions
from accounts.commands.passwords import change_own_password, set_user_password
from tests.console.desk import SIGN_IN, Desk, at_desk, words
from tests.personas import PASSWORD, TestCompany, make_company


def leads_to_sign_in(desk: Desk, path: str = "/console/devices") -> bool:
    response = desk.get(path)
    return response.status_code == 302 and response["Location"].startswith(SIGN_IN)


def test_after_the_sign_in_comes_what_was_asked_for(company: TestCompany) -> None:
    desk = Desk(company.address)
    asked = "/console/devices?state=silent&sort=name"
    led = desk.get(asked)
    assert led.status_code == 302
    response = desk.sign_in(company.carol, path=led["Location"])
    assert response["Location"] == asked
    cookie = desk.client.cookies["roundsman_session"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/console/"
    assert desk.get(asked).status_code == 200


@pytest.mark.parametrize(
    "elsewhere",
    ["https://example.org/", "//example.org/console/", "/api/v1/me", "/console/\\evil", "javascript:alert(1)"],
)
def test_it_leads_nowhere_else(company: TestCompany, elsewhere: str) -> None:
    desk = Desk(company.address)
    response = desk.send(SIGN_IN, company=company.code, username="carol", password=PASSWORD, next=elsewhere)
    assert response["Location"].startswith("/console/")
    assert "example.org" not in response["Location"]


@pytest.mark.parametrize(
    ("language", "said"), [("en", "user name or password is wrong"), ("zh-CN", "用户名或密码不正确")]
)
def test_a_wrong_password_is_refused_in_the_browsers_language(company: TestCompany, language: str, said: str) -> None:
    desk = Desk(company.address, language)
    response = desk.sign_in(company.carol, password="wrong")
    assert response.status_code == 401
    assert said in response.content.decode()
    assert "roundsman_session" not in desk.client.cookies


def test_guesses_lock_the_name_at_both_doors(company: TestCompany) -> None:
    desk = Desk(company.address)
    statuses = [desk.sign_in(company.carol, password="wrong").status_code for _ in range(6)]
    assert statuses[-1] == 429
    assert desk.sign_in(company.carol).status_code == 429
    assert company.carol.sign_in().status_code == 429


def test_a_form_from_elsewhere_is_refused(company: TestCompany) -> None:
    desk = at_desk(company.carol)
    for path in ("/console/preferences", "/console/sign-out", SIGN_IN):
        response = desk.client.post(path, {"locale": "zh-Hans", "csrfmiddlewaretoken": "x" * 64})
        assert response.status_code == 403
        assert "This form is too old" in response.content.decode()


def test_nothing_is_had_without_a_session(company: TestCompany) -> None:
    for cookie in ("", "rt1.AAAA", "nonsense", "\x00"):
        desk = Desk(company.address)
        desk.client.cookies["roundsman_session"] = cookie
        assert leads_to_sign_in(desk)
        assert desk.get("/console/events").status_code == 401


def test_signing_out_ends_the_session(company: TestCompany) -> None:
    desk = at_desk(company.carol)
    cookie = desk.client.cookies["roundsman_session"].value
    assert desk.send("/console/sign-out", on="/console/").status_code == 302
    desk.client.cookies["roundsman_session"] = cookie
    assert leads_to_sign_in(desk)


def test_signing_out_everywhere_ends_every_browser(company: TestCompany) -> None:
    here, there, other = at_desk(company.carol), at_desk(company.carol), at_desk(company.dora)
    assert here.send("/console/preferences/sign-out-everywhere", on="/console/preferences").status_code == 302
    assert leads_to_sign_in(here) and leads_to_sign_in(there)
    assert not leads_to_sign_in(other)


@pytest.mark.parametrize("deed", ["deactivated", "password set", "password changed", "role taken"])
def test_a_session_ends_with_the_right_to_it(company: TestCompany, deed: str) -> None:
    desk, carol = at_desk(company.carol), company.carol
    assert desk.get("/console/devices").status_code == 200
    if deed == "deactivated":
        assert company.dora.execute("accounts.deactivate_user", {"id": str(carol.id)}).settled
    elif deed == "password set":
        assert set_user_password(company.dora.actor, carol.id, "another battery", None).settled
    elif deed == "password changed":
        verdict = change_own_password(carol.actor, PASSWORD, "new battery", address=company.address, command_id=None)
        assert verdict.settled
    else:
        change = {"roles": {"from": ["manager"], "to": ["dispatcher"]}}
        assert company.dora.execute("accounts.update_user", {"id": str(carol.id), "changes": change}).settled
    assert leads_to_sign_in(desk)


def test_a_session_that_is_left_alone_runs_out(company: TestCompany, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = at_desk(company.carol)
    later = web_sessions.now() + web_sessions.IDLE
    monkeypatch.setattr(web_sessions, "now", lambda: later)
    assert leads_to_sign_in(desk)


def test_a_session_in_use_goes_on_until_its_longest(company: TestCompany, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = at_desk(company.carol)
    moment = web_sessions.now()
    end = moment + web_sessions.LONGEST
    while (moment := moment + web_sessions.IDLE * 0.9) < end:
        monkeypatch.setattr(web_sessions, "now", lambda at=moment: at)
        assert desk.get("/console/devices").status_code == 200
    monkeypatch.setattr(web_sessions, "now", lambda: end)
    assert leads_to_sign_in(desk)


@pytest.mark.parametrize(
    ("name", "enters"), [("alice", False), ("erin", False), ("carol", True), ("dora", True), ("dan", True)]
)
def test_who_may_enter(company: TestCompany, name: str, enters: bool) -> None:
    desk = at_desk(company.people[name])
    for path in ("/console/", "/console/devices"):
        response = desk.get(path)
        assert response.status_code == (200 if enters else 403)
        assert ("Your work is in the app" in words(response.content.decode())) is not enters


def test_the_cookie_of_one_company_opens_no_other(company: TestCompany) -> None:
    """The company stands in the cookie: with another one's id in it, there is no session behind the fence."""
    cookie = at_desk(company.carol).client.cookies["roundsman_session"].value
    raw = base64.urlsafe_b64decode(cookie.removeprefix("rt1.") + "==")
    forged = make_company().id.bytes + raw[16:]
    desk = Desk(company.address)
    desk.client.cookies["roundsman_session"] = "rt1." + base64.urlsafe_b64encode(forged).decode().rstrip("=")
    assert leads_to_sign_in(desk)


def test_the_passwords_of_the_form_are_in_no_page(company: TestCompany) -> None:
    desk = Desk(company.address)
    response = desk.sign_in(company.carol, password="a secret that is wrong")
    assert "a secret that is wrong" not in response.content.decode()


def test_pages_run_nothing_but_their_own_and_are_kept_nowhere(company: TestCompany) -> None:
    response = at_desk(company.carol).get("/console/devices")
    policy = response["Content-Security-Policy"]
    assert "script-src 'self';" in policy and "style-src 'self';" in policy and "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response["Cache-Control"] == "no-store"
    text = response.content.decode()
    assert " style=" not in text and "<style" not in text and " onclick" not in text
    assert text.count("<script") == 1


def test_the_front_page_leads_to_the_console() -> None:
    assert Client().get("/")["Location"] == "/console/"
