"""Messages come in the language that a request asks for, whatever the user's own: a phone is set to one language."""

import pytest

from core.ids import uuid7
from tests.contract.wire import command
from tests.personas import ApiClient, TestCompany, make_company

ENGLISH, CHINESE = "There is no such customer, or it is not visible to you.", "客户不存在，或您无权查看。"
ASKED = [
    (None, None),
    ("de", None),
    ("en", ENGLISH),
    ("zh-Hans", CHINESE),
    ("de-DE, zh-CN;q=0.9, en;q=0.8", CHINESE),
    ("EN-gb;q=0.9, zh", ENGLISH),
]


def refused_by_push(client: ApiClient, **headers: str) -> str:
    """The message of a verdict."""
    edit = command("customers.update", {"id": str(uuid7()), "changes": {}})
    answer = client.call("POST", "/api/v1/sync/push", {"schema": 1, "commands": [edit]}, **headers)
    return str(answer.json()["verdicts"][0]["message"])


def refused_by_rest(client: ApiClient, **headers: str) -> str:
    """The message of an error."""
    return str(client.call("GET", f"/api/v1/customers/{uuid7()}", **headers).json()["error"]["message"])


@pytest.fixture(scope="module")
def companies() -> dict[str, TestCompany]:
    """Companies whose people are answered in these languages unless they ask for another."""
    return {locale: make_company(locale) for locale in ("en", "zh-Hans")}


@pytest.mark.parametrize(("asked", "expected"), ASKED)
@pytest.mark.parametrize("own", ["en", "zh-Hans"])
def test_a_message_comes_in_the_language_that_is_asked_for(
    companies: dict[str, TestCompany], own: str, asked: str | None, expected: str | None
) -> None:
    client = companies[own].client("alice")
    headers = {} if asked is None else {"Accept-Language": asked}
    expected = expected or {"en": ENGLISH, "zh-Hans": CHINESE}[own]
    assert refused_by_push(client, **headers) == expected
    assert refused_by_rest(client, **headers) == expected
