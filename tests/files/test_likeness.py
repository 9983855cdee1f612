"""Photos that look alike, found across visits without comparing all with all."""

import io
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from core.fence import company_fence
from core.ids import uuid7
from files.commands.preparing import prepare_all
from files.likeness import MOST_DIFFERENT, bands, distance, probes, signed
from files.models import File, Fingerprint
from files.queries import list_alike
from tests.files import makers, phone
from tests.personas import TestCompany
from tests.visits.field import SHOP, add_customer, check_in

HASHES = st.integers(0, 2**64 - 1)


@given(HASHES, st.sets(st.integers(0, 63), max_size=MOST_DIFFERENT))
def test_whatever_is_near_enough_shares_a_probe(dhash: int, turned: set[int]) -> None:
    other = dhash
    for bit in turned:
        other ^= 1 << bit
    asked = set(zip(*probes(dhash)[:2], strict=True))
    assert asked & set(enumerate(bands(other)))
    assert distance(dhash, other) == len(turned) == distance(signed(dhash), signed(other))


@given(HASHES)
def test_as_postgresql_has_it(dhash: int) -> None:
    assert -(2**63) <= signed(dhash) < 2**63
    assert bands(signed(dhash)) == bands(dhash)
    bands_asked, values, _ = probes(dhash)
    assert len(bands_asked) == len(values) == len(set(zip(bands_asked, values, strict=True))) == 68


def _again(data: bytes, **change: Any) -> bytes:
    """The same photo, as it comes back from a messenger: smaller, compressed anew, with something written on it."""
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    if "size" in change:
        picture = picture.resize(change["size"])
    if "text" in change:
        ImageDraw.Draw(picture).text((5, 5), change["text"], fill="white")
    return makers.jpeg(picture) if "quality" not in change else _saved(picture, change["quality"])


def _saved(picture: Image.Image, quality: int) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return file.getvalue()


def photograph(company: TestCompany, who: str, data: bytes, visit: UUID | None = None) -> tuple[UUID, UUID]:
    """A stored photo at a customer of `who`; returns visit and photo."""
    persona = company.people[who]
    visit = visit or check_in(persona, add_customer(persona, SHOP))
    photo = phone.add_photo(persona, visit, data)
    phone.upload(company.client(who), data)
    prepare_all(company.id)
    return visit, photo


@pytest.mark.parametrize(
    "change",
    [{}, {"size": (320, 240)}, {"quality": 30}, {"text": "SALE"}],
    ids=["the same", "smaller", "worse", "written on"],
)
def test_the_same_photo_at_two_customers(company: TestCompany, change: dict[str, Any]) -> None:
    data = makers.jpeg(makers.scene(3))
    again = _again(data, **change) if change else data
    (one, first), (two, second) = photograph(company, "alice", data), photograph(company, "alice", again)
    client = company.client("alice")
    for visit, photo, other_visit, other in ((one, first, two, second), (two, second, one, first)):
        assert phone.attachment(client, visit, photo)["near_duplicate"]
        found = client.get(f"/api/v1/files/{photo}/likenesses").json()
        assert found["hidden"] == 0
        [like] = found["items"]
        assert (like["attachment_id"], like["subject_id"]) == (str(other), str(other_visit))
        assert 0 <= like["distance"] <= MOST_DIFFERENT


def test_other_motifs_and_the_same_visit(company: TestCompany) -> None:
    """Two shots of one shelf in one visit are nothing to point at, nor are other motifs, nor pictures of one colour."""
    client = company.client("alice")
    visit, first = photograph(company, "alice", makers.jpeg(makers.scene(5)))
    _, second = photograph(company, "alice", _again(makers.jpeg(makers.scene(5)), size=(320, 240)), visit)
    for seed in range(20, 24):
        photograph(company, "alice", makers.jpeg(makers.scene(seed)))
    for shade in (250, 251):
        photograph(company, "alice", makers.jpeg(Image.new("L", (200, 200), shade)))
    for photo in (first, second):
        assert not phone.attachment(client, visit, photo)["near_duplicate"]
    with company_fence(company.id):
        assert File.objects.filter(dhash__isnull=True).count() == 2


def test_the_other_visit_is_named_only_for_who_may_see_it(company: TestCompany) -> None:
    data = makers.jpeg(makers.scene(6))
    _, mine = photograph(company, "alice", data)
    theirs_visit, theirs = photograph(company, "zed", data)
    seen = company.client("alice").get(f"/api/v1/files/{mine}/likenesses").json()
    assert seen == {"items": [], "hidden": 1}
    pulled = company.client("alice").call("POST", "/api/v1/sync/pull", {}).content.decode()
    assert str(theirs) not in pulled and str(theirs_visit) not in pulled
    [like] = company.client("dora").get(f"/api/v1/files/{mine}/likenesses").json()["items"]
    assert like["subject_id"] == str(theirs_visit)


def test_another_companys_photo_is_no_likeness(company: TestCompany) -> None:
    from tests.personas import make_company

    data = makers.jpeg(makers.scene(7))
    photograph(make_company(), "alice", data)
    visit, photo = photograph(company, "alice", data)
    assert not phone.attachment(company.client("alice"), visit, photo)["near_duplicate"]


def test_found_by_index_among_many(company: TestCompany) -> None:
    """20,000 pictures in 68 looks: PostgreSQL reads some hundred rows, not all of them."""
    wanted = 0x0123_4567_89AB_CDEF
    near = wanted ^ 0b1011 ^ (1 << 40) ^ (1 << 20)
    with company_fence(company.id), connection.cursor() as cursor:
        cursor.execute(
            "insert into files_file (id, company_id, sha256, bytes, media_type, state, details, name, dhash)"
            " select gen_random_uuid(), %s, md5(n::text) || md5(n::text), 1, 'image/jpeg', 'stored', '{}', n::text,"
            " ('x' || left(md5('h' || n), 16))::bit(64)::bigint from generate_series(1, 20000) n",
            [company.id],
        )
        cursor.execute("discard plans")  # the foreign key's may be from when the table was empty, and read all of it
        cursor.execute(
            "insert into files_fingerprint (company_id, file_id, band, value)"
            " select company_id, id, b, (dhash >> (48 - 16 * b)) & 65535 from files_file, generate_series(0, 3) b"
        )
        file = File.objects.create(
            id=uuid7(), company_id=company.id, sha256="0" * 64, bytes=1, media_type="image/jpeg", state="stored",
            name="x", dhash=signed(near),
        )  # fmt: skip
        Fingerprint.objects.bulk_create(
            Fingerprint(company_id=company.id, band=band, value=value, file_id=file.id)
            for band, value in enumerate(bands(near))
        )
    with connection.cursor() as cursor:
        cursor.execute("select 1")
    with company_fence(company.id):
        assert list_alike(company.id, signed(wanted)) == {file.id: 5}
        with connection.cursor() as cursor:
            bands_asked, values, most = probes(wanted)
            cursor.execute(
                "explain (analyze, format json) select f.id from unnest(%s::smallint[], %s::int[]) p(band, value)"
                " join files_fingerprint b on b.company_id = %s and b.band = p.band and b.value = p.value"
                " join files_file f on f.id = b.file_id where bit_count((f.dhash # %s::bigint)::bit(64)) <= %s",
                [bands_asked, values, company.id, signed(wanted), most],
            )
            plan = str(cursor.fetchone()[0])
    assert "Seq Scan" not in plan.replace("'Function Scan'", ""), plan
