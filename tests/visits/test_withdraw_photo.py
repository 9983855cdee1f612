"""Taking a photo back: it counts no longer, and nothing of it is deleted."""

import pytest

from core.ids import uuid7
from tests.files import makers, phone
from tests.personas import TestCompany
from tests.visits.field import SHOP, add_customer, check_in, push, request

DATA = makers.jpeg()


def test_it_stays_as_evidence(company: TestCompany) -> None:
    visit = check_in(company.alice, add_customer(company.alice, SHOP))
    photo = phone.add_photo(company.alice, visit, DATA)
    client = company.client("alice")
    phone.upload(client, DATA)
    response = client.call("POST", f"/api/v1/photos/{photo}/withdraw", {"reason": "wrong shelf"})
    assert (response.status_code, response.json()["id"]) == (200, str(photo))
    [row] = client.get(f"/api/v1/visits/{visit}/photos").json()["items"]
    assert row["withdraw_reason"] == "wrong shelf" and row["withdrawn_by_id"] == str(company.alice.id)
    assert row["withdrawn_at"] is not None and row["sha256"] == phone.sha256(DATA)
    assert phone.attachment(client, visit, photo)["state"] == "stored"
    assert client.get(f"/api/v1/files/{photo}/address").status_code == 200


def test_its_bytes_are_awaited_no_longer(company: TestCompany) -> None:
    visit = check_in(company.alice, add_customer(company.alice, SHOP))
    photo, other = phone.add_photo(company.alice, visit, DATA), phone.add_photo(company.alice, visit, makers.png())
    client = company.client("alice")
    [verdict] = push(company.alice, request("visits.withdraw_photo", {"id": photo, "reason": "blurred"}))
    assert verdict.settled
    missing = client.call("POST", "/api/v1/sync/pull", {}).json()["missing_files"]
    assert missing == [phone.sha256(makers.png())]
    assert phone.attachment(client, visit, other)["state"] == "missing"


def test_twice(company: TestCompany) -> None:
    visit = check_in(company.alice, add_customer(company.alice, SHOP))
    photo = phone.add_photo(company.alice, visit, DATA)
    verdicts = push(
        company.alice, *(request("visits.withdraw_photo", {"id": photo, "reason": text}) for text in ("one", "two"))
    )
    assert [verdict.code for verdict in verdicts] == [None, "visits.photo_withdrawn"]


@pytest.mark.parametrize(
    ("who", "code"), [("carol", None), ("bob", "visits.not_yours"), ("zed", "visits.photo_not_found")]
)
def test_who_may(company: TestCompany, who: str, code: str | None) -> None:
    customer = add_customer(company.alice, SHOP)
    share = {"customer_id": str(customer), "user_id": str(company.bob.id)}
    assert company.alice.execute("customers.share", share).settled
    photo = phone.add_photo(company.alice, check_in(company.alice, customer), DATA)
    [verdict] = push(company.people[who], request("visits.withdraw_photo", {"id": photo, "reason": "x"}))
    assert verdict.code == code


def test_one_that_is_not_there(company: TestCompany) -> None:
    [verdict] = push(company.alice, request("visits.withdraw_photo", {"id": uuid7(), "reason": "x"}))
    assert (verdict.code, verdict.field) == ("visits.photo_not_found", "id")
