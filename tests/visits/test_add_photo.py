"""Photos, signatures and voice notes: recorded at once, whatever becomes of their bytes."""

from typing import Any

import pytest

from core.fence import company_fence
from core.ids import uuid7
from files.models import Attachment
from tests.files import makers, phone
from tests.personas import TestCompany
from tests.visits.field import FIX, SHOP, add_customer, applied, check_in, plan, push, request
from visits.models.photos import Photo

DATA = makers.jpeg()


def rows(client: Any, kind: str) -> dict[str, dict[str, Any]]:
    """What a first pull brings of a kind, by id."""
    page = client.call("POST", "/api/v1/sync/pull", {}).json()
    return {row["id"]: row for row in page["changes"]["rows"] if row["kind"] == kind}


def test_by_rest_and_as_phones_get_it(company: TestCompany) -> None:
    customer = add_customer(company.alice, SHOP)
    visit = check_in(company.alice, customer)
    client = company.client("alice")
    payload = phone.photo_payload(visit, DATA, caption="货架", source="camera", taken_at="2026-11-20T09:30:00+08:00")
    body = {name: value for name, value in payload.items() if name != "visit_id"}
    response = client.call("POST", f"/api/v1/visits/{visit}/photos", body)
    assert (response.status_code, response.json()["id"]) == (200, payload["id"])
    [photo] = client.get(f"/api/v1/visits/{visit}/photos").json()["items"]
    assert photo["caption"] == "货架" and photo["source"] == "camera" and photo["kind"] == "photo"
    assert photo["taken_at"] == "2026-11-20T01:30:00.000Z"
    assert (photo["lat"], photo["lon"], photo["accuracy_m"]) == (FIX["lat"], FIX["lon"], FIX["accuracy_m"])
    assert photo["sha256"] == phone.sha256(DATA) and photo["author_id"] == str(company.alice.id)
    pulled = rows(client, "photo")[payload["id"]]
    assert pulled["scope"] == str(customer)
    assert pulled["data"] == {name: value for name, value in photo.items() if name not in ("id", "version")}
    attached = rows(client, "attachment")[payload["id"]]
    assert attached["scope"] == str(customer)
    assert attached["data"] == {
        "subject_kind": "visit", "subject_id": str(visit), "kind": "photo", "sha256": phone.sha256(DATA),
        "bytes": len(DATA), "media_type": "image/jpeg", "state": "missing", "code": None, "width": None,
        "height": None, "exif": None, "readable": None, "renditions": [], "near_duplicate": False,
    }  # fmt: skip


def test_everybody_learns_that_the_bytes_have_come(company: TestCompany) -> None:
    visit = check_in(company.alice, add_customer(company.alice, SHOP))
    photo = str(phone.add_photo(company.alice, visit, DATA))
    client = company.client("alice")
    cursor = client.call("POST", "/api/v1/sync/pull", {}).json()["cursor"]
    assert phone.upload(client, DATA).status_code == 204
    page = client.call("POST", "/api/v1/sync/pull", {"cursor": cursor}).json()
    [row] = page["changes"]["rows"]
    assert (row["kind"], row["id"], row["data"]["state"]) == ("attachment", photo, "stored")
    assert (row["data"]["width"], row["data"]["height"]) == (640, 480)


def test_bytes_may_come_first(company: TestCompany) -> None:
    client = company.client("alice")
    assert phone.upload(client, DATA).status_code == 204
    visit = check_in(company.alice, add_customer(company.alice, SHOP))
    photo = phone.add_photo(company.alice, visit, DATA)
    assert phone.attachment(client, visit, photo)["state"] == "stored"


@pytest.mark.parametrize(
    ("kind", "media_type", "data"),
    [
        ("photo", "image/heic", makers.heic()),
        ("signature", "image/png", makers.png()),
        ("voice", "audio/mp4", makers.m4a()),
        ("voice", "audio/aac", makers.aac()),
        ("voice", "audio/ogg", makers.ogg()),
    ],
)
def test_every_kind(company: TestCompany, kind: str, media_type: str, data: bytes) -> None:
    client = company.client("alice")
    visit = check_in(company.alice, add_customer(company.alice, SHOP))
    photo = phone.add_photo(company.alice, visit, data, media_type, kind=kind, fix=None)
    phone.upload(client, data, media_type)
    found = phone.attachment(client, visit, photo)
    assert (found["state"], found["kind"], found["media_type"]) == ("stored", kind, media_type)


@pytest.mark.parametrize(
    ("said", "meant"), [("image/jpg", "image/jpeg"), ("image/JPEG", "image/jpeg"), ("image/heif", "image/heic")]
)
def test_types_by_other_names(company: TestCompany, said: str, meant: str) -> None:
    visit = check_in(company.alice, add_customer(company.alice, SHOP))
    photo = phone.add_photo(company.alice, visit, DATA, said)
    assert phone.attachment(company.client("alice"), visit, photo)["media_type"] == meant


def test_the_content_decides_what_it_is(company: TestCompany) -> None:
    """A phone that calls its JPEG a HEIC has made no worse photo."""
    visit = check_in(company.alice, add_customer(company.alice, SHOP))
    photo = phone.add_photo(company.alice, visit, DATA, "image/heic")
    client = company.client("alice")
    phone.upload(client, DATA, "image/heic")
    found = phone.attachment(client, visit, photo)
    assert (found["state"], found["media_type"]) == ("stored", "image/jpeg")


@pytest.mark.parametrize("first", ["row", "bytes"])
def test_content_that_the_kind_may_not_be(company: TestCompany, first: str) -> None:
    """A recording that was named as a photo is refused for that row; as what it is, it is taken."""
    client = company.client("alice")
    visit = check_in(company.alice, add_customer(company.alice, SHOP))
    data = makers.m4a()
    if first == "bytes":
        phone.upload(client, data, "audio/mp4")
    photo = phone.add_photo(company.alice, visit, data, "image/jpeg")
    voice = phone.add_photo(company.alice, visit, data, "audio/mp4", kind="voice")
    if first == "row":
        phone.upload(client, data, "audio/mp4")
    found = phone.attachment(client, visit, photo)
    assert (found["state"], found["code"]) == ("rejected", "files.content_not_allowed")
    assert phone.attachment(client, visit, voice)["state"] == "stored"


@pytest.mark.parametrize(
    ("file", "kind", "code", "field"),
    [
        ({"media_type": "video/mp4"}, "photo", "files.type_not_allowed", "file.media_type"),
        ({"media_type": "image/jpeg"}, "voice", "files.type_not_allowed", "file.media_type"),
        ({"media_type": "image/heic"}, "signature", "files.type_not_allowed", "file.media_type"),
        ({"bytes": 30 * 2**20 + 1}, "photo", "files.too_large", "file.bytes"),
        ({"bytes": 3 * 2**20}, "signature", "files.too_large", "file.bytes"),
        ({"bytes": 0}, "photo", "core.invalid_input", "file.bytes"),
        ({"bytes": 1.5}, "photo", "core.invalid_input", "file.bytes"),
        ({"bytes": 10**30}, "photo", "core.invalid_input", "file.bytes"),
        ({"sha256": "x" * 64}, "photo", "core.invalid_input", "file.sha256"),
        ({"sha256": "A" * 64}, "photo", "core.invalid_input", "file.sha256"),
        ({"media_type": "../../etc"}, "photo", "core.invalid_input", "file.media_type"),
        ({"media_type": None}, "photo", "core.invalid_input", "file.media_type"),
        ({}, "film", "core.invalid_input", "kind"),
    ],
)
def test_files_that_are_none(company: TestCompany, file: dict[str, Any], kind: str, code: str, field: str) -> None:
    visit = check_in(company.alice, add_customer(company.alice, SHOP))
    payload = phone.photo_payload(visit, DATA, kind=kind)
    payload["file"] |= file
    [verdict] = push(company.alice, request("visits.add_photo", payload))
    assert (verdict.code, verdict.field) == (code, field)


@pytest.mark.parametrize(
    ("author", "code"), [("carol", None), ("dora", None), ("bob", "visits.not_yours"), ("zed", "visits.not_found")]
)
def test_who_may_attach_one(company: TestCompany, author: str, code: str | None) -> None:
    customer = add_customer(company.alice, SHOP)
    share = {"customer_id": str(customer), "user_id": str(company.bob.id)}
    assert company.alice.execute("customers.share", share).settled
    visit = check_in(company.alice, customer)
    [verdict] = push(company.people[author], request("visits.add_photo", phone.photo_payload(visit, DATA)))
    assert verdict.code == code


def test_in_every_state_of_the_visit(company: TestCompany) -> None:
    customer = add_customer(company.alice, SHOP)
    planned, cancelled, closed = plan(company.alice, customer), plan(company.alice, customer), uuid7()
    check_in(company.alice, customer, closed)
    applied(
        *push(
            company.alice,
            request("visits.cancel", {"visit_id": cancelled, "reason": "closed"}),
            request("visits.check_out", {"visit_id": closed, "fix": None}),
            *(request("visits.add_photo", phone.photo_payload(visit, DATA)) for visit in (planned, cancelled, closed)),
        )
    )


def test_the_fix_is_kept_as_it_was_sent(company: TestCompany) -> None:
    visit = check_in(company.alice, add_customer(company.alice, SHOP))
    fix = FIX | {"datum": "GCJ-02", "wifi": [{"bssid": "aa:bb"}], "lat": 39.90561, "lon": 116.41364}
    photo = phone.add_photo(company.alice, visit, DATA, fix=fix)
    with company_fence(company.id):
        row = Photo.objects.get(id=photo)
    assert row.raw["fix"] == fix
    assert row.lat is not None and abs(row.lat - 39.9042) < 0.0005


def test_a_file_belongs_to_one_row(company: TestCompany) -> None:
    """Nobody gets at another's file by giving his own photo the same id."""
    visit = check_in(company.alice, add_customer(company.alice, SHOP))
    photo = phone.add_photo(company.alice, visit, DATA)
    mine = check_in(company.zed, add_customer(company.zed, SHOP))
    payload = phone.photo_payload(mine, makers.png(), "image/png", id=str(photo))
    [verdict] = push(company.zed, request("visits.add_photo", payload))
    assert verdict.code == "core.id_taken"
    with company_fence(company.id):
        assert Attachment.objects.get(id=photo).subject_id == visit


def test_the_same_picture_twice_in_a_visit(company: TestCompany) -> None:
    visit = check_in(company.alice, add_customer(company.alice, SHOP))
    first, second = (phone.add_photo(company.alice, visit, DATA) for _ in range(2))
    client = company.client("alice")
    assert client.call("POST", "/api/v1/sync/pull", {}).json()["missing_files"] == [phone.sha256(DATA)]
    phone.upload(client, DATA)
    assert {phone.attachment(client, visit, photo)["state"] for photo in (first, second)} == {"stored"}
