"""What is deleted, when, and what never is; and how storage and database are compared and mended."""

import os
import time
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from core.clock import now
from core.fence import company_fence
from core.ids import uuid7
from files import jobs, storage
from files.commands import upkeep
from files.commands.mending import compare
from files.commands.preparing import prepare_all
from files.models import Attachment, File, Upload
from tests.files import makers, phone
from tests.personas import TestCompany
from tests.visits.field import SHOP, add_customer, check_in

DATA = makers.jpeg()


def stored_names(company: TestCompany, root: str = "files") -> list[str]:
    base = f"{root}/{company.id}"
    return sorted(
        name for folder in storage.list_folder(base)[0] for name in storage.list_folder(f"{base}/{folder}")[1]
    )


def parts(company: TestCompany) -> list[str]:
    return stored_names(company, "parts")


def only_file(company: TestCompany) -> File:
    with company_fence(company.id):
        return File.objects.get()


def set_back(company: TestCompany, table: str, column: str, days: float) -> None:
    """Let time pass for what a table says."""
    with company_fence(company.id), connection.cursor() as cursor:
        cursor.execute(f"update {table} set {column} = {column} - %s", [timedelta(days=days)])


def test_uploads_that_nobody_goes_on_with(company: TestCompany) -> None:
    client = company.client("alice")
    path = phone.address(phone.create(client, DATA))
    phone.send(client, path, 0, DATA[:1000])
    set_back(company, "files_upload", "expires_at", 6.9)
    upkeep.purge_uploads(company.id)
    assert phone.offset(client, path) == (1000, len(DATA)) and len(parts(company)) == 1
    phone.send(client, path, 1000, DATA[1000:2000])  # whoever goes on has time again
    set_back(company, "files_upload", "expires_at", 6.9)
    assert upkeep.purge_uploads(company.id) == 0
    set_back(company, "files_upload", "expires_at", 0.2)
    assert upkeep.purge_uploads(company.id) == 1
    assert client.generic("HEAD", path, headers={"Tus-Resumable": "1.0.0"}).status_code == 404
    with company_fence(company.id):
        assert not Upload.objects.exists()


def test_bytes_of_uploads_that_are_gone(company: TestCompany, monkeypatch: pytest.MonkeyPatch) -> None:
    """A day later, because a request that has just stored a part may still be about to say so."""
    client = company.client("alice")
    path = phone.address(phone.create(client, DATA))
    phone.send(client, path, 0, DATA[:1000])
    set_back(company, "files_upload", "expires_at", 8)
    upkeep.purge_uploads(company.id)
    assert len(parts(company)) == 1
    monkeypatch.setattr(upkeep, "_STRAY_AFTER", timedelta(seconds=-5))
    upkeep.purge_uploads(company.id)
    assert parts(company) == []


def test_a_finished_upload_is_forgotten_and_its_file_stays(company: TestCompany) -> None:
    client = company.client("alice")
    path = phone.address(phone.create(client, DATA))
    phone.send(client, path, 0, DATA)
    set_back(company, "files_upload", "expires_at", 2.1)
    assert upkeep.purge_uploads(company.id) == 1
    assert client.generic("HEAD", path, headers={"Tus-Resumable": "1.0.0"}).status_code == 404
    assert stored_names(company) == [str(only_file(company).id)]
    assert phone.create(client, DATA)["Upload-Offset"] == str(len(DATA))


def test_files_that_no_row_names(company: TestCompany) -> None:
    phone.upload(company.client("alice"), DATA)
    assert upkeep.purge_files(company.id) == 0
    set_back(company, "files_file", "unnamed_at", 29.9)
    assert upkeep.purge_files(company.id) == 0
    set_back(company, "files_file", "unnamed_at", 0.2)
    assert upkeep.purge_files(company.id) == 1
    assert stored_names(company) == []
    with company_fence(company.id):
        assert not File.objects.exists()


def test_files_that_a_row_names_stay(company: TestCompany) -> None:
    client = company.client("alice")
    phone.upload(client, DATA)
    upkeep.purge_files(company.id)
    set_back(company, "files_file", "unnamed_at", 20)
    visit = check_in(company.alice, add_customer(company.alice, SHOP))
    photo = phone.add_photo(company.alice, visit, DATA)
    for _ in range(3):
        assert upkeep.purge_files(company.id) == 0
        set_back(company, "files_file", "unnamed_at", 40)
    assert client.get(f"/api/v1/files/{photo}/address").status_code == 200
    assert only_file(company).unnamed_at is None


def test_a_file_that_is_about_to_go_is_not_relied_on(company: TestCompany) -> None:
    """Named in its last hours, it is asked for again, and then it stays."""
    client = company.client("alice")
    phone.upload(client, DATA)
    upkeep.purge_files(company.id)
    set_back(company, "files_file", "unnamed_at", 29.5)
    visit = check_in(company.alice, add_customer(company.alice, SHOP))
    photo = phone.add_photo(company.alice, visit, DATA)
    assert phone.attachment(client, visit, photo)["state"] == "missing"
    assert phone.create(client, DATA)["Upload-Offset"] == str(len(DATA))
    assert phone.attachment(client, visit, photo)["state"] == "stored"
    set_back(company, "files_file", "unnamed_at", 5)
    assert upkeep.purge_files(company.id) == 0


def test_stray_bytes(company: TestCompany, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a server that was killed left without a row goes, what has a row stays."""
    visit = check_in(company.alice, add_customer(company.alice, SHOP))
    photo = phone.add_photo(company.alice, visit, DATA)
    phone.upload(company.client("alice"), DATA)
    prepare_all(company.id)
    file = only_file(company)
    stray, gone = (
        UUID(int=(uuid7().int & ~0xFF) | file.id.int & 0xFF),
        UUID(int=(uuid7().int & ~0xFF) | photo.int & 0xFF),
    )
    with storage.scratch_file("x-") as scratch:
        scratch.write(b"x")
        scratch.flush()
        from pathlib import Path

        storage.save(storage.file_name(company.id, stray), Path(scratch.name))
        storage.save(storage.rendition_name(company.id, gone, "shown"), Path(scratch.name))
    slices = {file.id.int & 0xFF, photo.int & 0xFF}
    assert sum(upkeep.sweep_strays(company.id, number) for number in slices) == 0  # they may have been made just now
    monkeypatch.setattr(upkeep, "UNNAMED_KEPT", timedelta(seconds=-5))
    assert sum(upkeep.sweep_strays(company.id, number) for number in slices) == 2
    assert stored_names(company) == [str(file.id)]
    assert len(storage.list_folder(storage.renditions_folder(company.id, photo))[1]) == 2


def test_what_servers_left_in_the_folder_for_incoming_bytes() -> None:
    old, fresh = storage.incoming() / "body-old", storage.incoming() / "body-fresh"
    for path in (old, fresh):
        path.write_bytes(b"x")
    before = time.time() - 2 * 86_400
    os.utime(old, (before, before))
    upkeep.sweep_incoming()
    assert not old.exists() and fresh.exists()
    fresh.unlink()


def test_the_jobs_take_every_company(company: TestCompany) -> None:
    client = company.client("alice")
    phone.send(client, phone.address(phone.create(client, DATA)), 0, DATA[:10])
    set_back(company, "files_upload", "expires_at", 8)
    assert jobs.purge_uploads(timestamp=0) >= 1
    phone.upload(client, DATA)
    jobs.purge_files(timestamp=0)
    set_back(company, "files_file", "unnamed_at", 31)
    assert jobs.purge_files(timestamp=0) >= 1
    visit = check_in(company.alice, add_customer(company.alice, SHOP))
    photo = phone.add_photo(company.alice, visit, DATA)
    phone.upload(client, DATA)
    assert jobs.prepare_left(timestamp=0) >= 1
    assert phone.attachment(client, visit, photo)["renditions"]


# Storage and database of different moments


def test_they_agree(company: TestCompany, capsys: pytest.CaptureFixture[str]) -> None:
    phone.upload(company.client("alice"), DATA)
    call_command("check_files", company=company.code)
    assert capsys.readouterr().out == f"{company.code}: 0 lost, 0 unknown\n"
    with pytest.raises(CommandError):
        call_command("check_files", company="no such")


def test_bytes_that_are_lost_are_asked_for_again(company: TestCompany) -> None:
    client = company.client("alice")
    visit = check_in(company.alice, add_customer(company.alice, SHOP))
    photo = phone.add_photo(company.alice, visit, DATA)
    phone.upload(client, DATA)
    prepare_all(company.id)
    storage.remove(only_file(company).name)
    with pytest.raises(CommandError):
        call_command("check_files", company=company.code)
    assert compare(company.id, mend=True).lost == 1
    assert phone.attachment(client, visit, photo)["state"] == "missing"
    assert client.call("POST", "/api/v1/sync/pull", {}).json()["missing_files"] == [phone.sha256(DATA)]
    assert phone.upload(client, DATA).status_code == 204
    assert phone.attachment(client, visit, photo)["state"] == "stored"
    assert compare(company.id) == compare(company.id, mend=True)


def test_files_that_the_database_does_not_know_are_taken_in(company: TestCompany) -> None:
    """The database is of yesterday, the storage of today: what phones send no more is not lost."""
    client = company.client("alice")
    visit = check_in(company.alice, add_customer(company.alice, SHOP))
    photo = phone.add_photo(company.alice, visit, DATA)
    phone.upload(client, DATA)
    with company_fence(company.id):
        Attachment.objects.update(state="missing", file=None)
        Upload.objects.all().delete()
        File.objects.all().delete()
    found = compare(company.id, mend=True)
    assert (found.unknown, found.taken_in, found.lost) == (1, 1, 0)
    assert phone.attachment(client, visit, photo)["state"] == "stored"
    assert client.call("POST", "/api/v1/sync/pull", {}).json()["missing_files"] == []
    assert compare(company.id).unknown == 0


def test_an_upload_whose_parts_were_not_restored_begins_anew(company: TestCompany) -> None:
    client = company.client("alice")
    path = phone.address(phone.create(client, DATA))
    phone.send(client, path, 0, DATA[:500])
    storage.remove_folder(storage.parts_folder(company.id))
    response: Any = phone.send(client, path, 500, DATA[500:])
    assert (response.status_code, response.json()["error"]["code"]) == (404, "files.upload_not_found")
    assert phone.upload(client, DATA).status_code == 204
    assert now() > only_file(company).stored_at
