"""Uploads by the book: tus 1.0 with creation, checksum, termination and expiration."""

import hashlib
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.test import Client

from core.fence import company_fence
from files import storage
from files.commands import uploads
from files.models import File, Upload, UploadPart
from tests.files import makers, phone
from tests.personas import ApiClient, TestCompany

DATA = makers.jpeg()


@pytest.fixture
def alice(company: TestCompany) -> ApiClient:
    return company.client("alice")


def refusal(response: Any) -> tuple[int, str]:
    assert response["Tus-Resumable"] == "1.0.0"
    return response.status_code, response.json()["error"]["code"]


def stored(company: TestCompany, data: bytes) -> bytes | None:
    """The bytes as they lie in the storage, None while there is no such file."""
    with company_fence(company.id):
        file = File.objects.filter(sha256=phone.sha256(data), state="stored").first()
    if file is None:
        return None
    with storage.open_stored(file.name) as content:
        return content.read()


def parts(company: TestCompany) -> list[str]:
    """The names of all parts that lie in the storage."""
    root = storage.parts_folder(company.id)
    folders, _ = storage.list_folder(root)
    return [name for folder in folders for name in storage.list_folder(f"{root}/{folder}")[1]]


def test_what_the_server_can_do(alice: ApiClient) -> None:
    response = Client().generic("OPTIONS", phone.UPLOADS)
    assert response.status_code == 204
    assert response["Tus-Version"] == "1.0.0"
    assert set(response["Tus-Extension"].split(",")) == {
        "creation", "creation-with-upload", "checksum", "termination", "expiration",
    }  # fmt: skip
    assert response["Tus-Checksum-Algorithm"] == "sha256,sha1"
    assert int(response["Tus-Max-Size"]) == 100 * 2**20


def test_in_pieces(alice: ApiClient, company: TestCompany) -> None:
    created = phone.create(alice, DATA)
    assert created["Location"].startswith("http://testserver/api/v1/files/")
    path = phone.address(created)
    sent = 0
    for end in (1, 4_000, 4_000, len(DATA)):
        assert phone.offset(alice, path) == (sent, len(DATA))
        response = phone.send(alice, path, sent, DATA[sent:end])
        assert (response.status_code, response["Upload-Offset"]) == (204, str(end))
        assert ("Upload-Expires" in response) == (end < len(DATA))
        sent = end
    assert phone.offset(alice, path) == (len(DATA), len(DATA))
    assert stored(company, DATA) == DATA
    assert parts(company) == []


def test_in_one_request(alice: ApiClient, company: TestCompany) -> None:
    headers = phone.announcement(DATA)
    response = alice.generic(
        "POST", phone.UPLOADS, DATA, content_type="application/offset+octet-stream", headers=headers
    )
    assert (response.status_code, response["Upload-Offset"]) == (201, str(len(DATA)))
    assert stored(company, DATA) == DATA


def test_an_offset_that_is_not_the_uploads(alice: ApiClient, company: TestCompany) -> None:
    path = phone.address(phone.create(alice, DATA))
    phone.send(alice, path, 0, DATA[:100])
    for offset in (0, 99, 101, len(DATA)):
        assert refusal(phone.send(alice, path, offset, DATA[offset:])) == (409, "files.offset_mismatch")
    assert phone.offset(alice, path) == (100, len(DATA))
    assert len(parts(company)) == 1
    assert phone.send(alice, path, 100, DATA[100:]).status_code == 204
    assert refusal(phone.send(alice, path, 100, DATA[100:])) == (409, "files.offset_mismatch")
    assert phone.send(alice, path, len(DATA), b"").status_code == 204  # a last answer that was lost


def test_more_bytes_than_were_announced(alice: ApiClient, company: TestCompany) -> None:
    path = phone.address(phone.create(alice, DATA))
    assert refusal(phone.send(alice, path, 0, DATA + b"x")) == (413, "files.too_many_bytes")
    assert phone.offset(alice, path) == (0, len(DATA))
    assert parts(company) == []


@pytest.mark.parametrize("algorithm", ["sha256", "sha1"])
def test_bytes_that_were_damaged_on_the_way(alice: ApiClient, algorithm: str) -> None:
    path = phone.address(phone.create(alice, DATA))
    good = {"Upload-Checksum": phone.checksum(DATA[:500], algorithm)}
    assert refusal(phone.send(alice, path, 0, DATA[1:501], **good)) == (460, "files.checksum_mismatch")
    assert phone.offset(alice, path) == (0, len(DATA))
    assert phone.send(alice, path, 0, DATA[:500], **good).status_code == 204
    assert phone.offset(alice, path) == (500, len(DATA))


@pytest.mark.parametrize("value", ["md5 YWJj", "crc32 YWJj", "sha256", "sha256 YWJj", "sha1 !!", "sha256 =="])
def test_checksums_that_are_none(alice: ApiClient, value: str) -> None:
    path = phone.address(phone.create(alice, DATA))
    response = phone.send(alice, path, 0, DATA[:500], **{"Upload-Checksum": value})
    assert refusal(response)[1] in ("files.checksum_unknown", "core.invalid_input")
    assert phone.offset(alice, path) == (0, len(DATA))


def test_the_wrong_file_is_thrown_away_and_can_be_sent_again(alice: ApiClient, company: TestCompany) -> None:
    other = makers.jpeg(makers.scene(9))[: len(DATA)].ljust(len(DATA), b"\0")
    path = phone.address(phone.create(alice, DATA))
    assert refusal(phone.send(alice, path, 0, other)) == (422, "files.hash_mismatch")
    response = alice.generic("HEAD", path, headers={"Tus-Resumable": "1.0.0"})
    assert response.status_code == 404
    assert parts(company) == [] and stored(company, DATA) is None
    assert phone.upload(alice, DATA).status_code == 204
    assert stored(company, DATA) == DATA


def test_content_that_is_refused_is_refused_again_at_once(alice: ApiClient, company: TestCompany) -> None:
    data = DATA + b"<script>alert(1)</script>"
    assert refusal(phone.upload(alice, data)) == (422, "files.content_ambiguous")
    assert refusal(phone.create(alice, data)) == (422, "files.content_ambiguous")
    assert parts(company) == [] and stored(company, data) is None


def test_a_picture_that_would_unfold_to_gigabytes(alice: ApiClient, company: TestCompany) -> None:
    """It says that it is enormous; it is refused for what it says, and nothing of it stays."""
    bomb = bytearray(makers.jpeg())
    at = bomb.index(b"\xff\xc0")
    bomb[at + 5 : at + 9] = struct.pack(">HH", 65_000, 65_000)
    assert refusal(phone.upload(alice, bytes(bomb))) == (422, "files.too_many_pixels")
    assert parts(company) == [] and stored(company, bytes(bomb)) is None


def test_the_same_file_again_is_not_sent_again(alice: ApiClient, company: TestCompany) -> None:
    """Neither by the same phone nor by another one; there is one copy."""
    phone.upload(alice, DATA)
    for client in (alice, company.client("bob")):
        created = phone.create(client, DATA)
        assert (created.status_code, created["Upload-Offset"]) == (201, str(len(DATA)))
        assert phone.offset(client, phone.address(created)) == (len(DATA), len(DATA))
    with company_fence(company.id):
        assert File.objects.filter(sha256=phone.sha256(DATA)).count() == 1


def test_two_phones_send_the_same_file(company: TestCompany) -> None:
    clients = [company.client("alice"), company.client("bob")]
    paths = [phone.address(phone.create(client, DATA)) for client in clients]
    assert paths[0] != paths[1]
    for client, path in zip(clients, paths, strict=True):
        phone.send(client, path, 0, DATA[:100])
    for client, path in zip(clients, paths, strict=True):
        assert phone.send(client, path, 100, DATA[100:]).status_code == 204
        assert phone.offset(client, path) == (len(DATA), len(DATA))
    with company_fence(company.id):
        file = File.objects.get(sha256=phone.sha256(DATA))
    folders, _ = storage.list_folder(f"files/{company.id}")
    assert [name for f in folders for name in storage.list_folder(f"files/{company.id}/{f}")[1]] == [str(file.id)]


def test_a_lost_answer_to_the_creation(alice: ApiClient) -> None:
    """Asked again, the upload that was begun is gone on with; another length begins anew."""
    path = phone.address(phone.create(alice, DATA))
    phone.send(alice, path, 0, DATA[:700])
    again = phone.create(alice, DATA)
    assert (phone.address(again), again["Upload-Offset"]) == (path, "700")
    other = phone.create(alice, DATA, **{"Upload-Length": str(len(DATA) + 1)})
    assert phone.address(other) != path and other["Upload-Offset"] == "0"
    assert alice.generic("HEAD", path, headers={"Tus-Resumable": "1.0.0"}).status_code == 404


def test_an_upload_can_be_given_up(alice: ApiClient, company: TestCompany) -> None:
    path = phone.address(phone.create(alice, DATA))
    phone.send(alice, path, 0, DATA[:100])
    assert alice.generic("DELETE", path, headers={"Tus-Resumable": "1.0.0"}).status_code == 204
    assert refusal(alice.generic("DELETE", path, headers={"Tus-Resumable": "1.0.0"})) == (404, "files.upload_not_found")
    assert refusal(phone.send(alice, path, 100, DATA[100:])) == (404, "files.upload_not_found")
    assert parts(company) == []


def test_giving_up_a_finished_upload_leaves_the_file(alice: ApiClient, company: TestCompany) -> None:
    path = phone.address(phone.create(alice, DATA))
    phone.send(alice, path, 0, DATA)
    assert alice.generic("DELETE", path, headers={"Tus-Resumable": "1.0.0"}).status_code == 204
    assert stored(company, DATA) == DATA


@pytest.mark.parametrize("who", ["bob", "carol", "dora"])
def test_anothers_upload_does_not_exist(alice: ApiClient, company: TestCompany, who: str) -> None:
    path = phone.address(phone.create(alice, DATA))
    other = company.client(who)
    headers = {"Tus-Resumable": "1.0.0"}
    assert other.generic("HEAD", path, headers=headers).status_code == 404
    assert refusal(other.generic("DELETE", path, headers=headers)) == (404, "files.upload_not_found")
    assert refusal(phone.send(other, path, 0, DATA)) == (404, "files.upload_not_found")
    assert phone.offset(alice, path) == (0, len(DATA))


@pytest.mark.parametrize("version", [None, "0.2.2", "2.0.0"])
def test_another_version_of_the_protocol(alice: ApiClient, version: str | None) -> None:
    headers = phone.announcement(DATA)
    del headers["Tus-Resumable"]
    response = alice.generic("POST", phone.UPLOADS, headers=headers | ({"Tus-Resumable": version} if version else {}))
    assert refusal(response) == (412, "files.tus_version")
    assert response["Tus-Version"] == "1.0.0"


def test_another_content_type(alice: ApiClient) -> None:
    path = phone.address(phone.create(alice, DATA))
    response = phone.send(alice, path, 0, DATA, **{"Content-Type": "image/jpeg"})
    assert refusal(response) == (415, "files.upload_content_type")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"Upload-Length": "0"}, 422, "core.invalid_input"),
        ({"Upload-Length": "-1"}, 422, "core.invalid_input"),
        ({"Upload-Length": "1e3"}, 422, "core.invalid_input"),
        ({"Upload-Length": "9" * 30}, 422, "core.invalid_input"),
        ({"Upload-Length": str(31 * 2**20)}, 413, "files.too_large"),
        ({"Upload-Metadata": ""}, 422, "core.invalid_input"),
        ({"Upload-Metadata": "sha256"}, 422, "core.invalid_input"),
        ({"Upload-Metadata": "sha256 ****"}, 422, "core.invalid_input"),
        ({"Upload-Metadata": phone.metadata(sha256="0" * 63, media_type="image/jpeg")}, 422, "core.invalid_input"),
        ({"Upload-Metadata": phone.metadata(sha256="g" * 64, media_type="image/jpeg")}, 422, "core.invalid_input"),
        ({"Upload-Metadata": phone.metadata(sha256="0" * 64)}, 422, "core.invalid_input"),
        ({"Upload-Metadata": phone.metadata(sha256="0" * 64, media_type="x\0y")}, 422, "core.invalid_input"),
        ({"Upload-Metadata": phone.metadata(sha256="0" * 64, media_type="text/html")}, 422, "files.content_unknown"),
        (
            {"Upload-Metadata": phone.metadata(sha256="0" * 64, media_type="image/svg+xml")},
            422,
            "files.content_unknown",
        ),
    ],
)
def test_announcements_that_are_none(alice: ApiClient, changes: dict[str, str], status: int, code: str) -> None:
    assert refusal(phone.create(alice, DATA, **changes)) == (status, code)


@pytest.mark.parametrize("offset", ["", "-1", "x", "1.0", " 0", "9" * 20])
def test_offsets_that_are_none(alice: ApiClient, offset: str) -> None:
    path = phone.address(phone.create(alice, DATA))
    response = phone.send(alice, path, 0, DATA, **{"Upload-Offset": offset})
    assert refusal(response) == (422, "core.invalid_input")


def test_addresses_that_are_none(alice: ApiClient) -> None:
    for path in ("x", "..", "%00", "0" * 36, "content/x"):
        response = phone.send(alice, phone.UPLOADS + path, 0, DATA)
        assert response.status_code in (404, 405, 422), path
        assert response.json()["error"]["code"]


def test_the_size_that_a_content_may_have_is_that_of_its_own_type(
    alice: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Announced as a recording, which may be larger, a picture is still a picture."""
    from files import kinds

    small = {
        name: limit and 1_000 if name != "voice" else 10**6 for name, limit in zip(kinds.KINDS, [1, 1, 1], strict=True)
    }
    monkeypatch.setattr(
        kinds, "KINDS", {n: kinds.Kind(n, k.media_types, small[n], k.picture) for n, k in kinds.KINDS.items()}
    )
    assert refusal(phone.create(alice, DATA))[1] == "files.too_large"
    assert refusal(phone.upload(alice, DATA, "audio/mp4")) == (413, "files.too_large")


def test_too_many_at_once(alice: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_OPEN", 2)
    pictures = [makers.jpeg(makers.scene(seed)) for seed in range(3)]
    assert [phone.create(alice, data).status_code for data in pictures[:2]] == [201, 201]
    response = phone.create(alice, pictures[2])
    assert refusal(response) == (429, "files.too_many_uploads")
    assert int(response["Retry-After"]) > 0
    assert phone.create(alice, pictures[0]).status_code == 201  # to go on is always possible
    phone.upload(alice, pictures[0])
    assert phone.create(alice, pictures[2]).status_code == 201


def test_in_the_language_of_the_caller(company: TestCompany) -> None:
    client = company.client("alice")
    path = phone.address(phone.create(client, DATA))
    assert "stands at 0" in phone.send(client, path, 5, DATA).json()["error"]["message"]


# What a crash may leave behind


@contextmanager
def server_dies(monkeypatch: pytest.MonkeyPatch, where: Any, name: str) -> Iterator[None]:
    """Whoever calls this function within the block is gone at that moment."""

    class Killed(BaseException):
        pass

    def die(*args: Any, **kwargs: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(where, name, die)
        with pytest.raises(Killed):
            yield


def test_killed_before_the_offset_is_stored(
    alice: ApiClient, company: TestCompany, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = phone.address(phone.create(alice, DATA))
    with server_dies(monkeypatch, uploads.queries, "lock_upload"):
        phone.send(alice, path, 0, DATA[:500])
    assert phone.offset(alice, path) == (0, len(DATA))
    assert phone.send(alice, path, 0, DATA).status_code == 204
    assert stored(company, DATA) == DATA


@pytest.mark.parametrize("name", ["_look_at", "_keep", "remember", "_settle_attachments"])
@pytest.mark.parametrize("pieces", [1, 3])
def test_killed_while_the_file_is_being_made(
    alice: ApiClient, company: TestCompany, monkeypatch: pytest.MonkeyPatch, name: str, pieces: int
) -> None:
    """The bytes are all acknowledged: whoever asks next finds the file, and it is made then."""
    from files.commands import finishing

    data = makers.jpeg(makers.scene(pieces))
    path = phone.address(phone.create(alice, data))
    step = len(data) // pieces + 1
    starts = list(range(0, len(data), step))
    for start in starts[:-1]:
        phone.send(alice, path, start, data[start : start + step])
    with server_dies(monkeypatch, finishing, name):
        phone.send(alice, path, starts[-1], data[starts[-1] :])
    assert stored(company, data) is None
    with company_fence(company.id):
        upload = Upload.objects.get(sha256=phone.sha256(data))
        assert upload.received == len(data) and upload.finished_at is None
        assert sum(UploadPart.objects.filter(upload_id=upload.id).values_list("bytes", flat=True)) == len(data)
    assert phone.offset(alice, path) == (len(data), len(data))
    found = stored(company, data)
    assert found is not None and hashlib.sha256(found).hexdigest() == phone.sha256(data)
