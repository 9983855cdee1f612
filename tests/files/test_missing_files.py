"""Which files a phone is asked for: those that its own commands named, until they are here."""

from typing import Any
from uuid import UUID

import pytest

from core import missing_files
from core.ids import uuid7
from tests.contract.wire import command
from tests.files import makers, phone
from tests.personas import ApiClient, TestCompany
from tests.visits.field import SHOP, add_customer, check_in


def record(client: ApiClient, visit: UUID, data: bytes) -> None:
    """Push a photo from this very phone."""
    body = {"commands": [command("visits.add_photo", phone.photo_payload(visit, data))]}
    response = client.call("POST", "/api/v1/sync/push", body)
    assert response.json()["verdicts"][0]["status"] == "applied", response.content


def missing(client: ApiClient, **more: Any) -> list[str]:
    page = client.call("POST", "/api/v1/sync", more).json()
    assert page["complete"]
    found: list[str] = page["missing_files"]
    return found


@pytest.fixture
def visit(company: TestCompany) -> UUID:
    return check_in(company.alice, add_customer(company.alice, SHOP))


def test_until_they_are_here(company: TestCompany, visit: UUID) -> None:
    client = company.client("alice")
    pictures = [makers.jpeg(makers.scene(seed)) for seed in range(3)]
    assert missing(client) == []
    for data in pictures:
        record(client, visit, data)
    assert missing(client) == sorted(map(phone.sha256, pictures))
    phone.upload(client, pictures[1])
    assert missing(client) == sorted(phone.sha256(data) for data in (pictures[0], pictures[2]))
    for data in pictures:
        phone.upload(client, data)
    assert missing(client) == []


def test_in_the_answer_to_the_very_push(company: TestCompany, visit: UUID) -> None:
    client = company.client("alice")
    payload = phone.photo_payload(visit, makers.jpeg())
    page = client.call("POST", "/api/v1/sync", {"commands": [command("visits.add_photo", payload)]}).json()
    assert page["missing_files"] == [payload["file"]["sha256"]]


def test_not_of_other_phones(company: TestCompany, visit: UUID) -> None:
    """Not another user's, and not the same user's other phone, as long as that one may come."""
    first, second = company.client("alice"), company.client("alice")
    record(first, visit, makers.jpeg())
    assert missing(first) and not missing(second) and not missing(company.client("carol"))


def test_a_phone_that_signed_in_anew_has_its_files_still(company: TestCompany, visit: UUID) -> None:
    first, second = company.client("alice"), company.client("alice")
    record(first, visit, makers.jpeg())
    assert company.dora.execute("accounts.revoke_device", {"id": str(first.device_id)}).settled
    assert missing(second) == [phone.sha256(makers.jpeg())]


def test_of_the_same_bytes_whoever_sends_them(company: TestCompany, visit: UUID) -> None:
    client = company.client("alice")
    record(client, visit, makers.jpeg())
    phone.upload(company.client("bob"), makers.jpeg())
    assert missing(client) == []


def test_rejected_ones_are_not_asked_for_again(company: TestCompany, visit: UUID) -> None:
    client = company.client("alice")
    data = makers.jpeg() + b"<script>"
    record(client, visit, data)
    assert phone.upload(client, data).status_code == 422
    assert missing(client) == []
    listed = client.get(f"/api/v1/files/attachments?subject_id={visit}").json()["items"]
    assert [(item["state"], item["code"]) for item in listed] == [("rejected", "files.content_ambiguous")]


def test_wrong_bytes_are_asked_for_again(company: TestCompany, visit: UUID) -> None:
    client = company.client("alice")
    data = makers.jpeg()
    record(client, visit, data)
    path = phone.address(phone.create(client, data))
    assert phone.send(client, path, 0, bytes(len(data))).status_code == 422
    assert missing(client) == [phone.sha256(data)]


def test_a_row_that_has_not_heard_learns_it(company: TestCompany, visit: UUID) -> None:
    """The bytes were stored at the very moment at which the row was: neither saw the other."""
    from core.fence import company_fence
    from files.models import Attachment

    client = company.client("alice")
    phone.upload(client, makers.jpeg())
    record(client, visit, makers.jpeg())
    with company_fence(company.id):
        Attachment.objects.filter(subject_id=visit).update(state="missing", file=None)
    assert missing(client) == [phone.sha256(makers.jpeg())]
    created = phone.create(client, makers.jpeg())
    assert created["Upload-Offset"] == str(len(makers.jpeg()))
    assert missing(client) == []


def test_only_in_complete_answers(company: TestCompany, visit: UUID) -> None:
    client = company.client("alice")
    record(client, visit, makers.jpeg())
    for _ in range(5):
        add_customer(company.alice, SHOP)
    page = client.call("POST", "/api/v1/sync/pull", {"max_bytes": 1024}).json()
    assert not page["complete"] and page["missing_files"] == []
    while not page["complete"]:
        page = client.call("POST", "/api/v1/sync/pull", {"max_bytes": 1024, "cursor": page["cursor"]}).json()
    assert page["missing_files"] == [phone.sha256(makers.jpeg())]


def test_not_more_than_an_answer_can_bear(company: TestCompany, visit: UUID) -> None:
    client = company.client("alice")
    payloads = []
    for _ in range(missing_files.MOST_NAMED + 20):
        payload = phone.photo_payload(visit, b"x")
        payload["file"]["sha256"] = uuid7().hex * 2
        payloads.append(command("visits.add_photo", payload))
    client.call("POST", "/api/v1/sync/push", {"commands": payloads})
    assert len(missing(client)) == missing_files.MOST_NAMED


def test_asked_for_after_a_parked_command_is_released(company: TestCompany) -> None:
    """It is run without a device then; every phone of its user is asked."""
    customer = add_customer(company.alice, SHOP)
    visit = check_in(company.alice, customer)
    client = company.client("alice")
    give = {"customer_ids": [str(customer)], "owner_id": str(company.bob.id)}
    assert company.dora.execute("customers.reassign", give).settled
    sent = command("visits.add_photo", phone.photo_payload(visit, makers.jpeg()))
    verdict = client.call("POST", "/api/v1/sync/push", {"commands": [sent]}).json()["verdicts"][0]
    assert (verdict["status"], verdict["code"]) == ("parked", "sync.scope_lost")
    assert missing(client) == []
    take = {"customer_ids": [str(customer)], "owner_id": str(company.alice.id)}
    assert company.dora.execute("customers.reassign", take).settled
    assert company.dora.execute("sync.release", {"command_id": sent["id"]}).settled
    assert missing(client) == [phone.sha256(makers.jpeg())]
