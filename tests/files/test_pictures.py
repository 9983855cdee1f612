"""What people see of a picture: upright, captioned, without metadata; and what the picture says of itself."""

import io
import os
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PIL import Image, ImageChops
from procrastinate.contrib.django import app as jobs_app

from core.fence import company_fence
from files import storage
from files.commands.preparing import prepare_all
from files.models import Attachment
from files.pictures import workshop
from tests.files import makers, phone
from tests.personas import TestCompany
from tests.visits.field import FIX, SHOP, add_customer, applied, check_in, push, request


def attached(company: TestCompany, data: bytes, media_type: str = "image/jpeg", **fields: Any) -> dict[str, Any]:
    """A photo of alice's, stored and looked into; as phones are told of it."""
    visit = check_in(company.alice, add_customer(company.alice, SHOP, name="华联超市（望京店）"))
    photo = phone.add_photo(company.alice, visit, data, media_type, **fields)
    client = company.client("alice")
    assert phone.upload(client, data, media_type).status_code == 204
    prepare_all(company.id)
    return phone.attachment(client, visit, photo)


def rendition(company: TestCompany, photo: str, name: str) -> Image.Image:
    with storage.open_stored(storage.rendition_name(company.id, UUID(photo), name)) as file:
        picture = Image.open(io.BytesIO(file.read()))
    picture.load()
    return picture


def darkest(picture: Image.Image) -> int:
    """The darkest grey in it: 0 is black, 255 white."""
    least: int = picture.convert("L").getextrema()[0]  # type: ignore[assignment]
    return least


def looked_into(tmp_path: Path, data: bytes, media_type: str = "image/jpeg", *lines: str) -> workshop.Picture | None:
    source = tmp_path / "source"
    source.write_bytes(data)
    folder = tmp_path / "out"
    folder.mkdir(exist_ok=True)
    return workshop.look_into(source, media_type, lines, folder)


def test_what_the_picture_says_is_in_the_row(company: TestCompany) -> None:
    found = attached(company, makers.jpeg(exif=makers.exif("2026:11:20 09:30:00", -33.8688, 151.2093)))
    assert found["exif"] == {
        "taken_at": "2026-11-20T09:30:00+08:00", "lat": pytest.approx(-33.8688, abs=1e-6),
        "lon": pytest.approx(151.2093, abs=1e-6), "maker": "Acme", "model": "Phone 9", "software": None,
    }  # fmt: skip
    assert found["readable"] is True
    assert found["renditions"] == ["shown", "thumbnail"]


def test_nothing_of_it_is_in_what_people_see(company: TestCompany) -> None:
    found = attached(company, makers.jpeg(exif=makers.exif(), comment=b"secret comment"))
    for name in found["renditions"]:
        with storage.open_stored(storage.rendition_name(company.id, UUID(found["id"]), name)) as file:
            content = file.read()
        for secret in (b"Exif", b"Acme", b"Phone 9", b"secret", b"ICC_PROFILE", b"http"):
            assert secret not in content, (name, secret)
        assert not Image.open(io.BytesIO(content)).getexif()


def test_sizes(company: TestCompany) -> None:
    found = attached(company, makers.jpeg(makers.scene(4, (4000, 3000))))
    assert (found["width"], found["height"]) == (4000, 3000)
    assert rendition(company, found["id"], "shown").size == (2048, 1536)
    assert rendition(company, found["id"], "thumbnail").size == (320, 240)


def test_a_picture_held_upright(company: TestCompany) -> None:
    """The camera writes which side is up; without it the picture must still be seen that way."""
    found = attached(company, makers.jpeg(makers.scene(4, (800, 600)), exif=makers.exif(orientation=6)))
    assert rendition(company, found["id"], "shown").size == (600, 800)


def test_time_place_customer_and_rep_are_written_on_it(company: TestCompany) -> None:
    """At the foot of what is shown, nowhere on the thumbnail; Chinese too."""
    visit = check_in(company.alice, add_customer(company.alice, SHOP, name="华联超市（望京店）"))
    plain = Image.new("RGB", (1000, 800), "white")
    photo = phone.add_photo(company.alice, visit, makers.jpeg(plain), fix=FIX)
    phone.upload(company.client("alice"), makers.jpeg(plain))
    prepare_all(company.id)
    shown = rendition(company, str(photo), "shown").convert("L")
    assert darkest(shown.crop((0, 0, 1000, 500))) > 240
    band = shown.crop((0, 640, 1000, 800))
    assert darkest(band) < 140 and band.crop((0, 30, 500, 120)).getextrema()[1] > 240
    assert darkest(rendition(company, str(photo), "thumbnail")) > 240


def test_the_lines(company: TestCompany) -> None:
    from visits.queries.photos import list_caption_lines

    visit = check_in(company.alice, add_customer(company.alice, SHOP, name="华联超市（望京店）"))
    told = phone.add_photo(company.alice, visit, makers.jpeg(), fix=FIX)
    payload = phone.photo_payload(visit, makers.png(), "image/png", fix=FIX | {"is_mock": True})
    applied(*push(company.alice, request("visits.add_photo", payload, occurred_verified=False)))
    silent = phone.add_photo(company.alice, visit, makers.webp(), "image/webp", fix=None)
    with company_fence(company.id):
        lines = list_caption_lines([told, UUID(payload["id"]), silent])
    where = "39.90420, 116.40740 ±12 m"
    shop = "华联超市（望京店） · Door"
    assert lines[told] == ["2026-11-20 09:30:00", where, shop, "Alice Wang"]
    assert lines[UUID(payload["id"])][1] == f"{where} ?"
    assert lines[UUID(payload["id"])][0].endswith(" ?")
    assert lines[silent][1:] == [shop, "Alice Wang"]


@pytest.mark.parametrize("text", ["上海小卖部", "Ünïcödé ✓", "ก็", "\u202e\u0000\ud83d", "W" * 400, "国" * 400])
def test_any_text_can_be_written(tmp_path: Path, text: str) -> None:
    blank = looked_into(tmp_path, makers.jpeg(Image.new("RGB", (300, 200), "white")), "image/jpeg", "x")
    assert blank is not None
    before = Image.open(blank.renditions["shown"]).convert("L").copy()
    written = looked_into(tmp_path, makers.jpeg(Image.new("RGB", (300, 200), "white")), "image/jpeg", "x", text)
    assert written is not None
    after = Image.open(written.renditions["shown"]).convert("L")
    assert ImageChops.difference(before, after).getbbox() is not None


@pytest.mark.parametrize(
    ("media_type", "data"),
    [
        ("image/png", makers.png(makers.scene().convert("RGBA"))),
        ("image/png", makers.png(makers.scene().convert("P"))),
        ("image/png", makers.png(makers.scene().convert("1"))),
        ("image/png", makers.png(Image.new("I;16", (300, 200), 9000))),
        ("image/webp", makers.webp(lossless=True)),
        ("image/jpeg", makers.jpeg(makers.scene().convert("CMYK"))),
        ("image/jpeg", makers.jpeg(makers.scene().convert("L"), progressive=True)),
        ("image/jpeg", makers.jpeg(makers.scene(1, (1, 1)))),
        ("image/jpeg", makers.jpeg(makers.scene(1, (3000, 2)))),
        ("image/jpeg", makers.jpeg(icc_profile=b"no profile at all")),
    ],
)
def test_every_sort_of_picture(tmp_path: Path, media_type: str, data: bytes) -> None:
    found = looked_into(tmp_path, data, media_type, "line")
    assert found is not None
    for path in found.renditions.values():
        picture = Image.open(path)
        picture.load()
        assert (picture.format, picture.mode) == ("JPEG", "RGB")


def test_heic(tmp_path: Path) -> None:
    """iPhones' format; the encoder is not part of what we install, so the file comes as it is."""
    data = (Path(__file__).parent / "grey.heic").read_bytes()
    from files.content.inspection import inspect

    content = inspect(io.BytesIO(data))
    assert content.media_type == "image/heic" and content.width
    found = looked_into(tmp_path, data, "image/heic")
    assert found is not None
    with Image.open(found.renditions["shown"]) as shown:
        assert shown.size == (content.width, content.height)


@pytest.mark.parametrize("share", [0.3, 0.6])
def test_a_picture_that_cannot_be_decoded_is_kept_and_told(company: TestCompany, share: float) -> None:
    """Its structure is whole, its content is not: evidence all the same."""
    data = bytearray(makers.png(makers.scene(int(share * 10))))
    at = data.index(b"IDAT") + 4
    length = int.from_bytes(data[at - 8 : at - 4], "big")
    import zlib

    data[at : at + length] = os.urandom(length)
    data[at + length : at + length + 4] = zlib.crc32(data[at - 4 : at + length]).to_bytes(4, "big")
    found = attached(company, bytes(data), "image/png")
    assert (found["state"], found["readable"], found["renditions"]) == ("stored", False, [])
    assert company.client("alice").get(f"/api/v1/files/{found['id']}/address").status_code == 200


def test_what_takes_too_much_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process of its own ends; ours goes on."""
    monkeypatch.setattr(workshop, "_PATIENCE_S", 0.05)
    assert looked_into(tmp_path, makers.jpeg(makers.scene(1, (3000, 3000)))) is None
    monkeypatch.undo()
    monkeypatch.setitem(workshop.MOST_PIXELS, "image/jpeg", 1000)  # twice as many are a bomb to Pillow
    assert looked_into(tmp_path, makers.jpeg(makers.scene(1, (300, 300)))) is None


def test_recordings_have_no_pictures(company: TestCompany) -> None:
    found = attached(company, makers.m4a(), "audio/mp4", kind="voice")
    assert (found["state"], found["readable"], found["renditions"]) == ("stored", None, [])
    response = company.client("alice").get(f"/api/v1/files/{found['id']}/address").json()
    assert response["media_type"] == "audio/mp4"
    played = company.client("alice").get(response["url"])
    assert played["Content-Disposition"].startswith("inline")
    played.close()


def test_signatures_have_no_caption(company: TestCompany) -> None:
    white = Image.new("RGB", (400, 300), "white")
    found = attached(company, makers.png(white), "image/png", kind="signature")
    assert darkest(rendition(company, found["id"], "shown")) > 240


def test_one_fault_holds_up_no_other(company: TestCompany, monkeypatch: pytest.MonkeyPatch) -> None:
    visit = check_in(company.alice, add_customer(company.alice, SHOP))
    client = company.client("alice")
    pictures = [makers.jpeg(makers.scene(seed)) for seed in (1, 2)]
    photos = [phone.add_photo(company.alice, visit, data) for data in pictures]
    for data in pictures:
        phone.upload(client, data)
    with company_fence(company.id):
        file = Attachment.objects.select_related("file").get(id=photos[0]).file
    assert file is not None
    storage.remove(file.name)
    assert prepare_all(company.id) == 2
    assert [phone.attachment(client, visit, photo)["renditions"] for photo in photos] == [[], ["shown", "thumbnail"]]


def test_the_job_is_asked_for_once(company: TestCompany) -> None:
    """However many files arrive, one run waits for them."""
    visit = check_in(company.alice, add_customer(company.alice, SHOP))
    client = company.client("alice")
    for seed in range(3):
        data = makers.jpeg(makers.scene(seed))
        phone.add_photo(company.alice, visit, data)
        phone.upload(client, data)
    waiting = jobs_app.job_manager.list_jobs(queueing_lock=f"files:{company.id}", status="todo")
    assert len(list(waiting)) == 1
