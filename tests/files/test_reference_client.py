"""The reference client sends what the server awaits, whatever the network and the phone do meanwhile."""

import io
from pathlib import Path

import pytest

from roundsman_client import files as phone_files
from roundsman_client.client import Client
from tests.files import makers, phone
from tests.personas import PASSWORD, TestCompany
from tests.phone_network import Network
from tests.visits.field import SHOP, add_customer


@pytest.fixture
def network() -> Network:
    return Network()


@pytest.fixture
def rep(company: TestCompany, network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Alice's phone at a customer of hers, with an open visit; files go up 4,000 bytes at a time."""
    monkeypatch.setattr(phone_files, "PIECE_BYTES", 4_000)
    client = Client(tmp_path / "phone.sqlite", transport=network)
    client.sign_in(company.code, "alice", PASSWORD, "phone")
    add_customer(company.alice, SHOP)
    client.sync()
    return client


def take_photo(client: Client, data: bytes, media_type: str = "image/jpeg") -> str:
    """Record a visit with a photo, and sync; returns the photo's id."""
    [customer] = client.rows("customer")
    visit, photo = client.new_id(), client.new_id()
    client.do("visits.check_in", {"visit_id": visit, "customer_id": customer.id, "fix": None})
    file = client.keep_file(data, media_type)
    client.do("visits.add_photo", {"id": photo, "visit_id": visit, "kind": "photo", "file": file})
    report = client.sync()
    assert report.complete and report.verdicts == {"applied": 2}
    assert report.missing_files == (phone.sha256(data),)
    return photo


def state(client: Client, photo: str) -> str:
    client.sync()
    row = client.row("attachment", photo)
    assert row is not None
    found: str = row.data["state"]
    return found


def test_sent_and_dropped_when_stored(rep: Client, network: Network) -> None:
    data = makers.jpeg()
    photo = take_photo(rep, data)
    assert rep.find_file(phone.sha256(data)) == data
    report = rep.send_files()
    assert (report.sent, report.left, report.problem) == ([phone.sha256(data)], 0, None)
    assert network.pieces() == list(range(0, len(data), 4_000))
    assert state(rep, photo) == "stored"
    rep.send_files()
    assert rep.find_file(phone.sha256(data)) is None


@pytest.mark.parametrize("lost", range(1, 6))
def test_any_answer_may_be_lost(rep: Client, network: Network, lost: int) -> None:
    """What arrived counts: the phone goes on from where the server stands, and sends nothing twice."""
    data = makers.jpeg(makers.scene(lost))
    photo = take_photo(rep, data)
    network.sent.clear()
    network.fails = {lost}
    assert rep.send_files().problem
    assert rep.send_files().left == 0
    assert network.pieces() == list(range(0, len(data), 4_000))
    assert state(rep, photo) == "stored"


def test_a_phone_that_is_killed_goes_on(rep: Client, network: Network, tmp_path: Path) -> None:
    data = makers.jpeg(makers.scene(8))
    photo = take_photo(rep, data)
    network.sent.clear()
    network.fails = {3}
    rep.send_files()
    rep.close()
    again = Client(tmp_path / "phone.sqlite", transport=network)
    assert again.send_files().left == 0
    assert len(set(network.pieces())) == len(network.pieces())
    assert state(again, photo) == "stored"
    again.close()


def test_bytes_that_are_damaged_on_the_way_are_sent_again(rep: Client, network: Network) -> None:
    data = makers.jpeg(makers.scene(9))
    photo = take_photo(rep, data)
    network.spoils = 2
    assert rep.send_files().left == 0
    assert state(rep, photo) == "stored"


def test_an_upload_that_is_gone_is_begun_anew(rep: Client, network: Network, company: TestCompany) -> None:
    from core.fence import company_fence
    from files.models import Upload

    data = makers.jpeg(makers.scene(10))
    photo = take_photo(rep, data)
    network.sent.clear()
    network.fails = {2}
    rep.send_files()
    with company_fence(company.id):
        Upload.objects.all().delete()
    assert rep.send_files().left == 0
    assert state(rep, photo) == "stored"


def test_what_the_server_does_not_take_is_kept_and_not_sent_again(rep: Client, network: Network) -> None:
    data = makers.jpeg() + b"<script>"
    photo = take_photo(rep, data)
    assert rep.send_files().rejected == {phone.sha256(data): "files.content_ambiguous"}
    assert state(rep, photo) == "rejected"
    network.sent.clear()
    assert rep.send_files().left == 0 and not network.sent
    assert io.BytesIO(rep.find_file(phone.sha256(data)) or b"").read() == data


def test_what_this_phone_does_not_have_is_passed_over(rep: Client, network: Network) -> None:
    [customer] = rep.rows("customer")
    visit = rep.new_id()
    rep.do("visits.check_in", {"visit_id": visit, "customer_id": customer.id, "fix": None})
    file = {"sha256": "0" * 64, "bytes": 5, "media_type": "image/jpeg"}
    rep.do("visits.add_photo", {"id": rep.new_id(), "visit_id": visit, "kind": "photo", "file": file})
    assert rep.sync().missing_files == ("0" * 64,)
    network.sent.clear()
    report = rep.send_files()
    assert (report.sent, report.left) == ([], 0) and not network.sent


def test_a_photo_is_shown_at_once_as_the_server_will_have_it(rep: Client) -> None:
    """Recorded offline: the rows that the user sees have the members and values that the server's will have."""
    [customer] = rep.rows("customer")
    visit, photo = rep.new_id(), rep.new_id()
    rep.do("visits.check_in", {"visit_id": visit, "customer_id": customer.id, "fix": None})
    payload = {"id": photo, "visit_id": visit, "kind": "photo", "file": rep.keep_file(makers.jpeg(), "image/jpeg")}
    payload |= {"caption": "货架", "taken_at": "2026-11-21T08:12:03+08:00", "source": "camera"}
    rep.do("visits.add_photo", payload)
    before = {kind: rep.row(kind, photo) for kind in ("photo", "attachment")}
    assert rep.sync().complete
    unknown = {"occurred_at", "occurred_verified"}  # the server's to say
    for kind, row in before.items():
        after = rep.row(kind, photo)
        assert row is not None and after is not None and (row.state, after.state) == ("pending", "synced")
        assert {name: value for name, value in row.data.items() if name not in unknown} == {
            name: value for name, value in after.data.items() if name not in unknown
        }
    rep.do("visits.withdraw_photo", {"id": photo, "reason": "blurred"})
    shown = rep.row("photo", photo)
    assert shown is not None and shown.data["withdraw_reason"] == "blurred" and shown.state == "pending"
