"""Single sign-on at the console, with a provider that speaks OpenID Connect over HTTP: who comes in, who does not."""

import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
from django.conf import settings
from django.http import HttpResponse

from accounts import openid
from accounts.models import User
from accounts.single_sign_on import SingleSignOn
from core.fence import company_fence
from tests.accounts.authenticator import put_on
from tests.accounts.identity_provider import IdentityProvider, Key, identity_provider
from tests.console.desk import SIGN_IN, Desk, words
from tests.personas import TestCompany, make_company

SET_OUT = "/console/sign-in/provider"
BACK = "/console/sign-in/provider/back"


@pytest.fixture
def provider(company: TestCompany, monkeypatch: pytest.MonkeyPatch) -> Iterator[IdentityProvider]:
    """A provider at which carol signs in, set for the company."""
    with identity_provider() as running:
        running.person = {"preferred_username": "Carol"}
        monkeypatch.setattr(settings, "SINGLE_SIGN_ON", running.setting(company.code))
        yield running
        openid._provider.cache_clear()


def there(desk: Desk, asked: str = "/console/devices") -> str:
    """From the button to the provider; where that sends the browser back to."""
    page = desk.text(f"{SIGN_IN}?{urlencode({'next': asked})}")
    assert f"{SET_OUT}?{urlencode({'next': asked})}" in page
    out = desk.get(f"{SET_OUT}?{urlencode({'next': asked})}")
    assert out.status_code == 302, out.content
    opener = urllib.request.build_opener(openid._NoRedirect)
    with pytest.raises(urllib.error.HTTPError) as redirect:
        opener.open(out["Location"], timeout=5)
    with redirect.value as answer:
        assert answer.code == 302, answer.read()
        back = answer.headers["Location"]
    assert back.startswith(f"http://testserver{BACK}?")
    return str(back).removeprefix("http://testserver")


def travel(company: TestCompany) -> HttpResponse:
    """There and back, by a fresh browser."""
    desk = Desk(company.address)
    return desk.get(there(desk))


def refused(response: HttpResponse, status: int, said: str) -> None:
    assert response.status_code == status, response.content
    assert said in words(response.content.decode())
    assert "roundsman_session" not in response.cookies


def test_who_the_provider_knows_comes_in(company: TestCompany, provider: IdentityProvider) -> None:
    desk = Desk(company.address)
    back = desk.get(there(desk, "/console/devices?state=silent"))
    assert (back.status_code, back["Location"]) == (302, "/console/devices?state=silent")
    assert "Carol Chen" in desk.text("/console/devices")
    cookie = desk.client.cookies["roundsman_session"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax"
    assert not desk.client.cookies["roundsman_journey"].value
    assert provider.asked == ["/.well-known/openid-configuration", "/authorize", "/token", "/keys"]


@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
@pytest.mark.parametrize("basic", [True, False], ids=["basic", "post"])
def test_ways_of_signing_and_of_being_known(
    company: TestCompany, provider: IdentityProvider, algorithm: str, basic: bool
) -> None:
    provider.keys, provider.basic = [Key(), Key(algorithm)], basic
    provider.signing = provider.keys[1]
    assert travel(company).status_code == 302


def test_a_change_of_keys_is_met_at_once(
    company: TestCompany, provider: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert travel(company).status_code == 302
    provider.keys = [Key()]
    monkeypatch.setattr(openid, "_KEYS_AGAIN_S", 0)
    assert travel(company).status_code == 302
    assert provider.asked.count("/keys") == 2
    monkeypatch.setattr(openid, "_KEYS_AGAIN_S", 10)
    provider.signing = Key()
    for _ in range(3):
        refused(travel(company), 401, "did not work")
    assert provider.asked.count("/keys") == 2, "unknown keys do not have it asked again and again"


def _unsigned(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, None, "none")


def _by_the_client(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, "s3cret/+ &" * 4, "HS256")


FAULTS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "another nonce": lambda claims: claims.update(nonce="x" * 43),
    "no nonce": lambda claims: claims.pop("nonce") and None,
    "another audience": lambda claims: claims.update(aud="somebody-else"),
    "many audiences, for another": lambda claims: claims.update(aud=["roundsman", "b"], azp="b"),
    "many audiences, for nobody": lambda claims: claims.update(aud=["roundsman", "b"]),
    "another issuer": lambda claims: claims.update(iss="https://evil.example"),
    "expired": lambda claims: claims.update(iat=int(time.time()) - 900, exp=int(time.time()) - 120),
    "of the future": lambda claims: claims.update(iat=int(time.time()) + 600),
    "no end": lambda claims: claims.pop("exp") and None,
    "not signed": _unsigned,
    "signed with the client's secret": _by_the_client,
    "no token": lambda claims: "not.a.token",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_token_that_is_not_right_is_refused(company: TestCompany, provider: IdentityProvider, fault: str) -> None:
    provider.spoil = FAULTS[fault]
    refused(travel(company), 401, "did not work")


def test_a_key_of_the_same_name_is_not_the_key(company: TestCompany, provider: IdentityProvider) -> None:
    provider.signing = Key(kid=provider.keys[0].kid)
    refused(travel(company), 401, "did not work")


def test_a_way_back_belongs_to_one_browser_and_is_gone_once(company: TestCompany, provider: IdentityProvider) -> None:
    desk, other = Desk(company.address), Desk(company.address)
    back = there(desk)
    refused(other.get(back), 401, "did not work")  # no journey at all
    there(other)
    refused(other.get(back), 401, "did not work")  # a journey of its own: another state
    assert desk.get(back).status_code == 302
    refused(desk.get(back), 401, "did not work")
    fresh = Desk(company.address)
    query = parse_qs(urlsplit(there(fresh)).query)
    used = urlencode({"code": parse_qs(urlsplit(back).query)["code"][0], "state": query["state"][0]})
    refused(fresh.get(f"{BACK}?{used}"), 401, "did not work")  # a code that was used before


@pytest.mark.parametrize(
    "answer", [{"error": "access_denied"}, {"code": ""}, {"code": "x", "iss": "https://evil.example"}, {"state": ""}]
)
def test_an_answer_that_was_not_asked_for_is_refused(
    company: TestCompany, provider: IdentityProvider, answer: dict[str, str]
) -> None:
    desk = Desk(company.address)
    state = parse_qs(urlsplit(there(desk)).query)["state"][0]
    refused(desk.get(f"{BACK}?{urlencode({'state': state} | answer)}"), 401, "did not work")


@pytest.mark.parametrize("person", [{}, {"preferred_username": "nobody"}, {"preferred_username": 7},
                                    {"preferred_username": ""}, {"preferred_username": "car\x00ol"}])  # fmt: skip
def test_nobody_is_made_up(company: TestCompany, provider: IdentityProvider, person: dict[str, Any]) -> None:
    provider.person = person
    before = _people(company)
    refused(travel(company), 403, "no active user here goes with that account")
    assert _people(company) == before


def _people(company: TestCompany) -> int:
    with company_fence(company.id):
        return User.objects.count()


def test_whoever_left_stays_out(company: TestCompany, provider: IdentityProvider) -> None:
    company.dora.execute("accounts.deactivate_user", {"id": str(company.carol.id)})
    refused(travel(company), 403, "no active user")


def test_it_opens_its_own_company_alone(
    company: TestCompany, provider: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_company()
    other.add_person("grace", ["admin"])
    provider.person = {"preferred_username": "grace"}
    refused(travel(company), 403, "no active user")
    monkeypatch.setattr(settings, "SINGLE_SIGN_ON", provider.setting("no-such-company"))
    refused(travel(company), 403, "no active user")


def test_people_may_be_known_by_address_or_number(
    company: TestCompany, provider: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = {"email": {"from": "", "to": "Carol@example.com"}, "external_id": {"from": None, "to": "E-17"}}
    assert company.dora.execute("accounts.update_user", {"id": str(company.carol.id), "changes": changes}).settled

    def by(**setting: str) -> int:
        monkeypatch.setattr(settings, "SINGLE_SIGN_ON", provider.setting(company.code, **setting))
        return travel(company).status_code

    provider.person = {"email": "carol@EXAMPLE.com", "employee": "E-17"}
    assert by(claim="email", field="email") == 302
    assert by(claim="employee", field="external_id") == 302
    provider.person |= {"email_verified": False}
    assert by(claim="email", field="email") == 403
    provider.person |= {"email_verified": True}
    change = {"email": {"from": "", "to": "carol@example.com"}}
    assert company.dora.execute("accounts.update_user", {"id": str(company.dan.id), "changes": change}).settled
    assert by(claim="email", field="email") == 403, "two users have it"


def test_a_provider_that_is_away_is_said_so_in_words(
    company: TestCompany, provider: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = SingleSignOn("http://127.0.0.1:9", "roundsman", company.code)
    monkeypatch.setattr(settings, "SINGLE_SIGN_ON", gone)
    desk = Desk(company.address, "zh-CN")
    for _ in range(2):
        refused(desk.get(SET_OUT), 503, "暂时无法连接单位账户登录服务")


@pytest.mark.parametrize(
    "told",
    [{"issuer": "https://evil.example"}, {"token_endpoint": "http://evil.example/token"}, {"jwks_uri": "file:///x"}],
)
def test_a_provider_that_says_strange_things_is_not_trusted(
    company: TestCompany, provider: IdentityProvider, told: dict[str, str]
) -> None:
    provider.discovery = told
    refused(Desk(company.address).get(SET_OUT), 503, "cannot be reached")


def test_the_second_factor_is_the_providers_business(company: TestCompany, provider: IdentityProvider) -> None:
    put_on(company.carol.actor)
    assert travel(company)["Location"] == "/console/devices"


def test_passwords_can_be_switched_off(
    company: TestCompany, provider: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    setting = provider.setting(company.code, name="Contoso")
    monkeypatch.setattr(settings, "SINGLE_SIGN_ON", setting)
    desk = Desk(company.address)
    assert "Sign in with Contoso" in words(desk.text(SIGN_IN)) and 'name="password"' in desk.text(SIGN_IN)
    monkeypatch.setattr(settings, "CONSOLE_PASSWORDS", False)
    assert 'name="password"' not in desk.text(SIGN_IN)
    refused(desk.sign_in(company.carol), 403, "passwords are switched off")
    assert company.alice.sign_in().status_code == 200, "phones have no other way"
    assert travel(company).status_code == 302


def test_without_a_provider_there_is_no_button(company: TestCompany) -> None:
    desk = Desk(company.address)
    assert SET_OUT not in desk.text(SIGN_IN)
    assert desk.get(SET_OUT).status_code == 404
