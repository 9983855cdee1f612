"""Files in a bucket: everything that works on a folder works against a server that speaks S3."""

import os
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.test import Client
from moto.server import ThreadedMotoServer

from config.file_storage import file_storage
from files import storage
from files.commands import upkeep
from files.commands.mending import compare
from files.commands.preparing import prepare_all
from files.models import File
from tests.files import makers, phone
from tests.personas import TestCompany
from tests.visits.field import SHOP, add_customer, check_in

BUCKET = "roundsman-files"
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a server with an empty bucket."""
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        running.stop()


@pytest.fixture
def bucket(server: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes that bucket the storage; returns it as boto3 has it."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ROUNDSMAN_FILES", f"s3://{BUCKET}/company-files?endpoint={server}&region=us-east-1")
    options, incoming = file_storage(settings.VAR_DIR)
    assert incoming == settings.VAR_DIR / "incoming"
    monkeypatch.setattr(settings, "INCOMING_DIR", incoming)
    made = storages.create_storage(options)
    monkeypatch.setitem(storages._storages, "files", made)
    found = boto3.resource("s3", endpoint_url=server, region_name="us-east-1").Bucket(BUCKET)
    found.create()
    assert storage.local_path("x") is None
    return found


def names(bucket: Any) -> set[str]:
    return {item.key.split("/")[1] for item in bucket.objects.all()}


def test_the_whole_way(company: TestCompany, bucket: Any) -> None:
    data = makers.of_size(300_000)
    client = company.client("alice")
    visit = check_in(company.alice, add_customer(company.alice, SHOP))
    photo = phone.add_photo(company.alice, visit, data)
    path = phone.address(phone.create(client, data))
    for start in range(0, len(data), 100_000):
        assert names(bucket) <= {"parts"}
        assert phone.send(client, path, start, data[start : start + 100_000]).status_code == 204
    assert names(bucket) == {"files"}
    assert prepare_all(company.id) == 1
    assert names(bucket) == {"files", "renditions"}
    assert phone.attachment(client, visit, photo)["renditions"] == ["shown", "thumbnail"]
    url = client.get(f"/api/v1/files/{photo}/address").json()["url"]
    for headers, status, expected in (({}, 200, data), ({"Range": "bytes=250000-"}, 206, data[250_000:])):
        response: Any = Client(headers=headers).get(url)
        assert (response.status_code, response.getvalue()) == (status, expected)
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response.local_file is None
        response.close()
    assert all(key.startswith("company-files/") for key in (item.key for item in bucket.objects.all()))
    assert not list(storage.incoming().glob("whole-*")) and not list(storage.incoming().glob("body-*"))


def test_wrong_bytes_and_given_up_uploads_leave_nothing(company: TestCompany, bucket: Any) -> None:
    client = company.client("alice")
    before = {item.key for item in bucket.objects.all()}
    data = makers.jpeg(makers.scene(2))
    path = phone.address(phone.create(client, data))
    assert phone.send(client, path, 0, bytes(len(data))).status_code == 422
    path = phone.address(phone.create(client, data))
    phone.send(client, path, 0, data[:100])
    assert client.generic("DELETE", path, headers={"Tus-Resumable": "1.0.0"}).status_code == 204
    assert {item.key for item in bucket.objects.all()} == before


def test_upkeep_and_mending(company: TestCompany, bucket: Any) -> None:
    from core.fence import company_fence

    client = company.client("alice")
    visit = check_in(company.alice, add_customer(company.alice, SHOP))
    data = makers.jpeg(makers.scene(4))
    photo = phone.add_photo(company.alice, visit, data)
    phone.upload(client, data)
    assert compare(company.id).lost == compare(company.id).unknown == 0
    with company_fence(company.id):
        file = File.objects.get(sha256=phone.sha256(data))
    storage.remove(file.name, "no/such/name")
    assert compare(company.id, mend=True).lost == 1
    assert phone.attachment(client, visit, photo)["state"] == "missing"
    phone.upload(client, data)
    assert phone.attachment(client, visit, photo)["state"] == "stored"
    upkeep.purge_uploads(company.id)
    upkeep.purge_files(company.id)
    assert upkeep.sweep_strays(company.id, file.id.int & 0xFF) == 0


def test_an_object_that_is_gone_is_told_as_such(company: TestCompany, bucket: Any) -> None:
    client = company.client("alice")
    visit = check_in(company.alice, add_customer(company.alice, SHOP))
    data = makers.jpeg(makers.scene(6))
    photo = phone.add_photo(company.alice, visit, data)
    phone.upload(client, data)
    url = client.get(f"/api/v1/files/{photo}/address").json()["url"]
    for item in list(bucket.objects.filter(Prefix=f"company-files/files/{company.id}")):
        item.delete()
    assert Client().get(url).status_code == 404


def test_what_the_settings_say() -> None:
    """A folder, with the incoming bytes on the same file system, where nothing else is said."""
    given = os.environ.pop("ROUNDSMAN_FILES")
    try:
        options, incoming = file_storage(settings.VAR_DIR)
    finally:
        os.environ["ROUNDSMAN_FILES"] = given
    assert options["OPTIONS"]["location"] == settings.VAR_DIR / "files"
    assert incoming == settings.VAR_DIR / "files" / "incoming"
