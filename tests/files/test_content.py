"""What bytes really are: every type that is taken, and everything that only seems to be one."""

import io
import struct
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.errors import DomainError
from files.content.inspection import LONGEST_SIDE, inspect
from tests.files import makers

PICTURES = {
    "image/jpeg": [makers.jpeg(), makers.jpeg(progressive=True), makers.jpeg(makers.scene().convert("L"))],
    "image/png": [makers.png(), makers.png(makers.scene().convert("RGBA"))],
    "image/webp": [makers.webp(), makers.webp(lossless=True), makers.webp(exif=makers.exif())],
    "image/heic": [makers.heic()],
}
SOUNDS = {"audio/mp4": [makers.m4a()], "audio/aac": [makers.aac()], "audio/ogg": [makers.ogg()]}
WHOLE = [(name, data) for kinds in (PICTURES, SOUNDS) for name, found in kinds.items() for data in found]
IDS = [f"{name}-{number}" for number, (name, _) in enumerate(WHOLE)]


def found(data: bytes) -> tuple[str, int | None, int | None]:
    content = inspect(io.BytesIO(data))
    return content.media_type, content.width, content.height


def refused(data: bytes) -> str:
    with pytest.raises(DomainError) as caught:
        inspect(io.BytesIO(data))
    return caught.value.code


@pytest.mark.parametrize(("media_type", "data"), WHOLE, ids=IDS)
def test_what_is_taken(media_type: str, data: bytes) -> None:
    size = (640, 480) if media_type.startswith("image/") else (None, None)
    assert found(data) == (media_type, *size)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"GIF89a" + bytes(100),
        b"%PDF-1.7\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"MZ" + bytes(100),
        makers.film(),
        makers.film(b"vide", brand=b"M4A "),
        makers.box(b"ftyp", b"avif" + bytes(4) + b"mif1") + makers.box(b"meta", bytes(4)),
        b"RIFF\x24\0\0\0WAVEfmt " + bytes(24),
    ],
    ids=["empty", "one byte", "gif", "pdf", "svg", "exe", "film", "silent film", "avif", "wav"],
)
def test_what_is_not_taken(data: bytes) -> None:
    assert refused(data) in ("files.content_unknown", "files.content_broken")


@pytest.mark.parametrize(("media_type", "data"), WHOLE, ids=IDS)
def test_what_is_cut_off_is_noticed(media_type: str, data: bytes) -> None:
    for share in (0.11, 0.51, 0.91, 0.999):
        cut = data[: int(len(data) * share)]
        assert refused(cut).startswith("files."), share
    assert refused(data[:-1])


def _zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("Main.class", "x" * 100)
    return file.getvalue()


@pytest.mark.parametrize(
    "tail", [_zip(), b"<script>alert(1)</script>", b"<?php system('id');", b"%PDF-1.7", bytes(5_000), b"MZ" * 20]
)
@pytest.mark.parametrize("data", [makers.jpeg(), makers.png(), makers.webp()], ids=["jpeg", "png", "webp"])
def test_data_behind_a_picture(data: bytes, tail: bytes) -> None:
    assert refused(data + tail) in ("files.content_ambiguous", "files.content_broken")


def _with_comment(comment: bytes) -> bytes:
    data = makers.jpeg()
    return data[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + data[2:]


@pytest.mark.parametrize(
    "comment",
    [b"<script src=//x>", b"<?php eval($_GET[0]);", b"%PDF-1.7 1 0 obj", b"<!DOCTYPE html><html>", b"< SVG onload=x>"],
)
def test_a_document_inside_of_a_jpeg(comment: bytes) -> None:
    assert refused(_with_comment(comment)) == "files.content_ambiguous"


def test_a_document_inside_of_other_pictures() -> None:
    data = makers.png()
    text = b"tEXt" + b"Comment\0<script>alert(1)</script>"
    chunk = struct.pack(">I", len(text) - 4) + text + struct.pack(">I", zlib.crc32(text))
    assert refused(data[:33] + chunk + data[33:]) == "files.content_ambiguous"
    assert refused(makers.webp(xmp=b"<svg onload=alert(1)>")) == "files.content_ambiguous"


def test_an_archive_inside_of_a_recording() -> None:
    archive = _zip()
    assert refused(makers.m4a() + makers.box(b"free", archive)) == "files.content_ambiguous"


def test_what_cameras_append_is_taken() -> None:
    """Previews and gain maps, motion photos, Samsung's blocks, padding: all of these come from real phones."""
    data = makers.jpeg()
    samsung = b"Image_UTC_Data1795324432" + b"SEFH" + bytes(8)
    for tail in (
        makers.jpeg(makers.scene(2, (320, 240))),
        makers.film(),
        samsung + struct.pack("<I", 12) + b"SEFT",
        bytes(64),
    ):
        assert found(data + tail) == ("image/jpeg", 640, 480)


def test_pictures_that_would_unfold_to_gigabytes() -> None:
    """A few bytes that say they are enormous are refused for what they say; nothing is decoded."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    small = zlib.compress(bytes(1000))
    bomb = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in ((b"IHDR", header), (b"IDAT", small), (b"IEND", b""))
    )
    assert refused(bomb) == "files.too_many_pixels"
    data = bytearray(makers.jpeg())
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", 65_000, 65_000)
    assert refused(bytes(data)) == "files.too_many_pixels"
    assert refused(makers.heic(Image.new("1", (LONGEST_SIDE + 1, 1)))) == "files.too_many_pixels"
    data[at + 5 : at + 9] = struct.pack(">HH", 0, 480)
    assert refused(bytes(data)) == "files.content_broken"


def test_a_picture_of_a_large_camera_is_taken() -> None:
    data = bytearray(makers.jpeg())
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", 9_000, 12_000)
    assert found(bytes(data)) == ("image/jpeg", 12_000, 9_000)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(WHOLE), st.data())
def test_damage_is_a_typed_refusal_or_goes_unnoticed(whole: tuple[str, bytes], data: st.DataObject) -> None:
    """Whatever bytes are changed, removed or repeated: never another exception, never without end."""
    content = bytearray(whole[1])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        match data.draw(st.sampled_from(["change", "remove", "repeat", "insert"])):
            case "change":
                content[at] = data.draw(st.integers(0, 255))
            case "remove":
                del content[at : at + data.draw(st.integers(1, 64))]
            case "repeat":
                content[at:at] = content[at : at + 64]
            case "insert":
                content[at:at] = data.draw(st.binary(max_size=16))
        if not content:
            break
    try:
        inspect(io.BytesIO(bytes(content)))
    except DomainError as refusal:
        assert refusal.code.startswith("files.")


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([data[:12] for _, data in WHOLE]), st.binary(max_size=200))
def test_garbage_behind_a_good_beginning(head: bytes, rest: bytes) -> None:
    try:
        inspect(io.BytesIO(head + rest))
    except DomainError as refusal:
        assert refusal.code.startswith("files.")
