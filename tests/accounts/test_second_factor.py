"""The second factor: sign-ins ask for a code that is good once, guesses are counted, and secrets are sealed."""

import threading
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.http import HttpResponse
from django.test import Client

from accounts import one_time_codes
from accounts.commands import attempts
from core.fence import company_fence
from core.ids import uuid7
from tests.accounts.authenticator import Authenticator, put_on, show
from tests.personas import Persona, TestCompany, call

SIGN_IN = "/api/v1/auth/sign-in"
OWN = "/api/v1/me/second-factor"


def sign_in(person: Persona, code: str | None = None) -> HttpResponse:
    body = {
        "company": person.company.code,
        "username": person.username,
        "password": person.password,
        "device": {"name": "phone", "platform": "ios"},
    }
    return call(Client(), "POST", SIGN_IN, body | ({"code": code} if code is not None else {}))


def code_of(response: HttpResponse) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


def test_it_is_put_on_with_a_code_and_asked_for_from_then_on(company: TestCompany) -> None:
    client = company.alice.client()
    begun = client.call("POST", f"{OWN}/begin").json()
    assert begun["uri"] == (
        f"otpauth://totp/Roundsman:alice%40{company.code}?secret={begun['secret']}&issuer=Roundsman"
    )
    wrong = client.call("POST", OWN, {"draft": begun["draft"], "code": "000000"})
    assert code_of(wrong) == (403, "accounts.code_wrong")
    assert company.alice.sign_in().status_code == 200, "nothing changes before a code was right"
    made = client.call("POST", OWN, {"draft": begun["draft"], "code": show(begun["secret"])})
    assert made.status_code == 200 and len(set(made.json()["recovery_codes"])) == 10
    assert client.call("GET", OWN).json().items() >= {"is_on": True, "recovery_codes_left": 10}.items()
    assert code_of(sign_in(company.alice)) == (401, "accounts.code_required")
    assert sign_in(company.alice, show(begun["secret"], 1)).status_code == 200
    assert sign_in(company.bob).status_code == 200


def test_a_code_is_good_once(company: TestCompany) -> None:
    app = put_on(company.alice.actor)
    assert code_of(sign_in(company.alice, app.code())) == (403, "accounts.code_wrong"), "spent by putting it on"
    following = app.code(1)
    assert sign_in(company.alice, f" {following[:3]} {following[3:]} ").status_code == 200
    assert code_of(sign_in(company.alice, following)) == (403, "accounts.code_wrong")
    assert code_of(sign_in(company.alice, app.code())) == (403, "accounts.code_wrong"), "nor any before it"
    first, second, *_ = app.recovery_codes
    assert sign_in(company.alice, first.upper().replace("-", " ")).status_code == 200
    assert code_of(sign_in(company.alice, first)) == (403, "accounts.code_wrong")
    assert sign_in(company.alice, second).status_code == 200


@pytest.mark.parametrize(("ahead", "fits"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_clocks_may_differ_by_one_step(monkeypatch: pytest.MonkeyPatch, ahead: int, fits: bool) -> None:
    """The secret and the code of RFC 6238, appendix B, at 1111111109 s: the last six digits of 07081804."""
    secret, present = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 1_111_111_109
    monkeypatch.setattr(one_time_codes, "time", SimpleNamespace(time=lambda: present - 30 * ahead))
    step = one_time_codes.find_step(secret, "081804")
    assert step == (present // 30 if fits else None)
    assert one_time_codes.find_step(secret, "081804", after=present // 30) is None


@pytest.mark.parametrize("code", ["", "0", "081804x", "０８１８０４", "aaaaa-aaaaa", "\u0661" * 6, "x" * 64])
def test_what_is_no_code_is_refused_typed(company: TestCompany, code: str) -> None:
    put_on(company.alice.actor)
    expected = (403, "accounts.code_wrong") if code else (401, "accounts.code_required")
    assert code_of(sign_in(company.alice, code)) == expected


def test_guesses_are_locked_out_whatever_the_password_says(company: TestCompany) -> None:
    app = put_on(company.alice.actor)
    statuses = [sign_in(company.alice, "000000").status_code for _ in range(attempts.PER_NAME + 1)]
    assert statuses == [403] * attempts.PER_NAME + [429]
    assert sign_in(company.alice).status_code == 401, "the password is still right"
    locked = sign_in(company.alice, app.code(1))
    assert locked.status_code == 429 and int(locked["Retry-After"]) > 50
    assert company.dora.execute("accounts.reset_second_factor", {"id": str(company.alice.id)}).settled
    again = put_on(company.alice.actor)
    assert sign_in(company.alice, again.code(1)).status_code == 200


def test_of_many_who_bring_one_code_one_comes_in(company: TestCompany) -> None:
    app, count = put_on(company.alice.actor), 4
    start, code = threading.Barrier(count), app.recovery_codes[0]

    def one() -> int:
        start.wait()
        try:
            return sign_in(company.alice, code).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        statuses = [future.result() for future in [pool.submit(one) for _ in range(count)]]
    assert sorted(statuses) == [200, 403, 403, 403]


def test_the_secret_is_sealed_with_that_of_the_installation(
    company: TestCompany, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = put_on(company.alice.actor)
    with company_fence(company.id), connection.cursor() as cursor:
        cursor.execute("select to_jsonb(f)::text from accounts_second_factor f")
        (stored,) = cursor.fetchone()
        cursor.execute("select to_jsonb(r)::text from core_command_record r where name like '%factor'")
        (recorded,) = cursor.fetchone()
    for word in (app.secret.encode().hex(), app.secret, *app.recovery_codes, app.recovery_codes[0].encode().hex()):
        assert word not in stored + recorded
    monkeypatch.setattr(settings, "SECRET_KEY", "another")
    for code in (app.code(1), app.recovery_codes[0]):
        assert code_of(sign_in(company.alice, code)) == (403, "accounts.code_wrong")


def test_a_draft_is_for_one_user_and_a_while(company: TestCompany, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = company.alice.client().call("POST", f"{OWN}/begin").json()
    body = {"draft": begun["draft"], "code": show(begun["secret"])}
    for draft in (begun["draft"], begun["draft"][:-1] + "x", "x"):
        response = company.bob.client().call("POST", OWN, body | {"draft": draft})
        assert code_of(response) == (409, "accounts.enrolment_expired")
    monkeypatch.setattr(one_time_codes, "ENROLMENT_S", -1)
    assert code_of(company.alice.client().call("POST", OWN, body)) == (409, "accounts.enrolment_expired")


def _with(app: Authenticator, path: str) -> dict[str, Any]:
    return {"code": app.recovery_codes[-1 if path.endswith("remove") else -2]}


@pytest.mark.parametrize("path", [f"{OWN}/remove", f"{OWN}/recovery-codes"])
def test_changing_it_takes_a_code_and_a_retry_no_other(company: TestCompany, path: str) -> None:
    client = company.alice.client()
    app, key = put_on(company.alice.actor), uuid7()
    assert code_of(client.call("POST", path, {"code": "000000"})) == (403, "accounts.code_wrong")
    done, again = (client.call("POST", path, _with(app, path), key=key).json() for _ in range(2))
    assert done["verdict"] == again["verdict"]
    if path.endswith("remove"):
        assert sign_in(company.alice).status_code == 200
        assert code_of(client.call("POST", path, _with(app, path))) == (409, "accounts.second_factor_off")
    else:
        assert again["recovery_codes"] is None
        assert code_of(sign_in(company.alice, app.recovery_codes[0])) == (403, "accounts.code_wrong")
        assert sign_in(company.alice, done["recovery_codes"][0]).status_code == 200


def test_it_is_put_on_once(company: TestCompany) -> None:
    client = company.alice.client()
    begun = client.call("POST", f"{OWN}/begin").json()
    put_on(company.alice.actor)
    again = client.call("POST", OWN, {"draft": begun["draft"], "code": show(begun["secret"])})
    assert code_of(again) == (409, "accounts.second_factor_on")


def test_an_administrator_takes_it_off(company: TestCompany) -> None:
    put_on(company.alice.actor)
    body = {"id": company.alice.id}
    for name in ("carol", "bob"):
        response = company.client(name).call("POST", "/api/v1/users/reset-second-factor", body)
        assert code_of(response) == (403, "core.forbidden")
    dora = company.client("dora")
    assert dora.call("POST", "/api/v1/users/reset-second-factor", body).status_code == 200
    assert sign_in(company.alice).status_code == 200
    told = dora.call("GET", "/api/v1/sync/commands?name=accounts.reset_second_factor").json()["items"]
    assert [item["user_id"] for item in told if item["verdict"]["status"] == "applied"] == [str(company.dora.id)]
    again = dora.call("POST", "/api/v1/users/reset-second-factor", body)
    assert code_of(again) == (409, "accounts.second_factor_off")


def test_a_session_goes_on_and_a_new_password_leaves_it_on(company: TestCompany) -> None:
    client = company.alice.client()
    app = put_on(company.alice.actor)
    refresh = {"refresh_token": client.session_tokens["refresh_token"]}
    assert client.call("POST", "/api/v1/auth/refresh", refresh).status_code == 200
    body = {"id": company.alice.id, "password": "another battery"}
    assert company.client("dora").call("POST", "/api/v1/users/set-password", body).status_code == 200
    company.alice.password = "another battery"
    assert code_of(sign_in(company.alice)) == (401, "accounts.code_required")
    assert sign_in(company.alice, app.code(1)).status_code == 200


def test_the_operator_helps_the_last_administrator(company: TestCompany) -> None:
    put_on(company.dora.actor)
    call_command("reset_second_factor", company.code, "dora", stdout=StringIO())
    assert sign_in(company.dora).status_code == 200
    for code, name, reason in (
        (company.code, "dora", "no second factor"),
        (company.code, "nobody", "no such user"),
        ("nowhere", "dora", "no such company"),
    ):
        with pytest.raises(CommandError, match=reason):
            call_command("reset_second_factor", code, name)
