"""Who may read a file, and who may know of an upload: whoever sees the visit, and the sender."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID

import pytest
from django.test import Client

from files import addresses
from files.commands.preparing import prepare_all
from tests.files import makers, phone
from tests.personas import TestCompany, make_company
from tests.visits.field import SHOP, add_customer, check_in

DATA = makers.jpeg(exif=makers.exif())


@pytest.fixture(scope="module")
def company() -> TestCompany:
    return make_company()


@pytest.fixture(scope="module")
def visit(company: TestCompany) -> UUID:
    """A visit of alice's."""
    return check_in(company.alice, add_customer(company.alice, SHOP))


@pytest.fixture(scope="module")
def photo(company: TestCompany, visit: UUID) -> UUID:
    """A photo of that visit, stored and looked into."""
    photo_id = phone.add_photo(company.alice, visit, DATA)
    assert phone.upload(company.client("alice"), DATA).status_code == 204
    prepare_all(company.id)
    return photo_id


def address(company: TestCompany, photo: UUID, rendition: str = "original", who: str = "alice") -> str:
    response = company.client(who).get(f"/api/v1/files/{photo}/address?rendition={rendition}")
    assert response.status_code == 200, response.content
    url: str = response.json()["url"]
    return url


def read(url: str) -> Any:
    """The answer to somebody without a token, with its `body`."""
    response: Any = Client().get(url)
    response.body = response.getvalue()
    response.close()
    return response


@pytest.mark.parametrize(
    ("who", "sees"),
    [("alice", True), ("carol", True), ("dan", True), ("dora", True), ("bob", False), ("zed", False), ("erin", False)],
)
def test_who_sees_the_visit_sees_its_files(
    company: TestCompany, visit: UUID, photo: UUID, who: str, sees: bool
) -> None:
    client = company.client(who)
    assert (client.get(f"/api/v1/visits/{visit}").status_code == 200) == sees
    for path in (f"/api/v1/files/{photo}/address", f"/api/v1/files/{photo}/likenesses"):
        response = client.get(path)
        assert response.status_code == (200 if sees else 404)
        assert sees or response.json()["error"]["code"] == "files.not_found"
    listed = client.get(f"/api/v1/files/attachments?subject_id={visit}").json()["items"]
    assert [item["id"] for item in listed] == ([str(photo)] if sees else [])
    assert client.get(f"/api/v1/visits/{visit}/photos").status_code == (200 if sees else 404)


def test_another_company_sees_nothing(photo: UUID, visit: UUID) -> None:
    client = make_company().client("dora")
    assert client.get(f"/api/v1/files/{photo}/address").status_code == 404
    assert client.get(f"/api/v1/files/attachments?subject_id={visit}").json()["items"] == []


def test_sight_that_is_lost_is_lost_for_files(company: TestCompany, visit: UUID) -> None:
    customer = add_customer(company.alice, SHOP)
    photo = phone.add_photo(company.alice, check_in(company.alice, customer), makers.jpeg(makers.scene(5)))
    client = company.client("bob")
    share = {"customer_id": str(customer), "user_id": str(company.bob.id)}
    assert company.alice.execute("customers.share", share).settled
    assert client.get(f"/api/v1/files/{photo}/likenesses").status_code == 200
    assert company.alice.execute("customers.unshare", share).settled
    assert client.get(f"/api/v1/files/{photo}/likenesses").status_code == 404


@pytest.mark.parametrize("rendition", ["original", "shown", "thumbnail"])
def test_an_address_needs_no_token_and_sets_no_cookie(company: TestCompany, photo: UUID, rendition: str) -> None:
    response = read(address(company, photo, rendition))
    assert response.status_code == 200
    content = response.body
    assert len(content) == int(response["Content-Length"])
    assert not response.cookies
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Type"] == "image/jpeg"
    assert "sandbox" in response["Content-Security-Policy"]
    assert "private" in response["Cache-Control"]
    kind, name = response["Content-Disposition"].split("; filename=")
    assert kind == ("attachment" if rendition == "original" else "inline")
    assert name.strip('"') == f"photo-{photo.hex[-12:]}{'' if rendition == 'original' else '-' + rendition}.jpg"
    assert (content == DATA) == (rendition == "original")
    assert (b"Exif" in content) == (rendition == "original")


def test_an_address_is_good_for_minutes(company: TestCompany, photo: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    url = address(company, photo)
    later = addresses.now() + addresses.LIFETIME
    with monkeypatch.context() as patch:
        patch.setattr(addresses, "now", lambda: later - timedelta(seconds=5))
        assert read(url).status_code == 200
        patch.setattr(addresses, "now", lambda: later + timedelta(seconds=5))
        response = read(url)
    assert (response.status_code, response.json()["error"]["code"]) == (403, "files.address_invalid")
    assert addresses.LIFETIME.total_seconds() <= 15 * 60


def test_an_address_cannot_be_made_or_changed(company: TestCompany, photo: UUID) -> None:
    url = address(company, photo, "thumbnail")
    [token] = parse_qs(urlsplit(url).query)["token"]
    body, _, seal = token.rpartition(":")
    for forged in (token[:-1], token + "x", body, seal, "", "x" * 3000, f"{body[:-2]}AA:{seal}", "Ω:Ω", f"{token}\n"):
        response = read(f"/api/v1/files/content?{urlencode({'token': forged})}")
        assert (response.status_code, response.json()["error"]["code"]) == (403, "files.address_invalid"), forged
    for left_out in ("", "?token=%00", "?other=1"):
        assert read(f"/api/v1/files/content{left_out}").status_code == 422


def test_the_address_is_not_logged(company: TestCompany, photo: UUID, capfd: pytest.CaptureFixture[str]) -> None:
    from core import request_log

    lines: list[Any] = []

    class Log:
        def info(self, event: str, **members: Any) -> None:
            lines.append(members)

    url = address(company, photo)
    original, request_log._log = request_log._log, Log()
    try:
        read(url)
    finally:
        request_log._log = original
    assert lines and "token" not in json.dumps(lines)


def test_what_is_not_there_yet(company: TestCompany, visit: UUID) -> None:
    client = company.client("alice")
    data = makers.jpeg(makers.scene(77))
    waiting = phone.add_photo(company.alice, visit, data)
    response = client.get(f"/api/v1/files/{waiting}/address")
    assert (response.status_code, response.json()["error"]["code"]) == (409, "files.not_stored")
    phone.upload(client, data)
    response = client.get(f"/api/v1/files/{waiting}/address?rendition=shown")
    assert (response.status_code, response.json()["error"]["code"]) == (409, "files.no_rendition")
    assert client.get(f"/api/v1/files/{waiting}/address?rendition=other").status_code == 422
    assert client.get(f"/api/v1/files/{waiting}/address").status_code == 200


def test_bytes_that_are_gone_from_the_storage(company: TestCompany, photo: UUID) -> None:
    """A loss is told as such, and not as a fault of the server."""
    from core.fence import company_fence
    from files import storage
    from files.models import Attachment

    url = address(company, photo, "thumbnail")
    name = storage.rendition_name(company.id, photo, "thumbnail")
    with storage.open_stored(name) as file:
        kept = file.read()
    storage.remove(name)
    assert read(url).status_code == 404
    path = storage.local_path(name)
    assert path is not None
    path.write_bytes(kept)
    with company_fence(company.id):
        assert Attachment.objects.get(id=photo).state == "stored"
