"""What the console's maps are given: the frame, positions in the basemap's datum, parts of the operator's file."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from config.basemap import Basemap
from console.basemap import frame, spot
from console.voice import Voice
from core.geodesy import to_wgs84
from tests.console.desk import Desk, at_desk
from tests.personas import TestCompany

SHANGHAI = (31.2304, 121.4737)
SEOUL = (37.5665, 126.978)
TILES = b"PMTiles\x03" + bytes(range(256)) * 4


def test_positions_stand_where_the_basemap_shows_them(monkeypatch: pytest.MonkeyPatch) -> None:
    assert spot(*SHANGHAI) == (SHANGHAI[1], SHANGHAI[0])
    monkeypatch.setattr(settings, "BASEMAP", Basemap("raster", ("https://a.example.com/{z}/{x}/{y}",), datum="GCJ-02"))
    lon, lat = spot(*SHANGHAI)
    assert (lon, lat) != (SHANGHAI[1], SHANGHAI[0])
    assert to_wgs84(lat, lon, "GCJ-02") == pytest.approx(SHANGHAI, abs=1e-6)
    assert spot(*SEOUL) == (SEOUL[1], SEOUL[0])


@pytest.mark.parametrize(("locale", "language"), [("en", "en"), ("zh-Hans", "zh")])
def test_a_frame_names_what_this_server_has(locale: str, language: str) -> None:
    known: dict[str, Any] = json.loads(frame(Voice(locale), "Stops"))
    assert known["language"] == language
    assert [known["worker"], *known["basemap"]["addresses"]] == [
        path for path in (known["worker"], *known["basemap"]["addresses"]) if path.startswith("/console/static/")
    ]
    assert all(known["words"].values()) and known["words"]["title"] == "Stops"


def test_pages_may_ask_the_basemaps_servers(monkeypatch: pytest.MonkeyPatch, company: TestCompany) -> None:
    desk = at_desk(company.carol)
    assert "connect-src 'self';" in desk.get("/console/devices")["Content-Security-Policy"]
    monkeypatch.setattr(
        settings, "BASEMAP", Basemap("raster", ("https://a.example.com/{z}",), origins=("https://a.example.com",))
    )
    policy = desk.get("/console/devices")["Content-Security-Policy"]
    assert "connect-src 'self' https://a.example.com;" in policy
    assert "script-src 'self';" in policy and "style-src 'self';" in policy


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, company: TestCompany, tmp_path: Path) -> Desk:
    """carol, where the operator has a file of tiles."""
    file = tmp_path / "tiles.pmtiles"
    file.write_bytes(TILES)
    monkeypatch.setattr(settings, "BASEMAP", Basemap("pmtiles", file=file))
    return at_desk(company.carol)


def test_a_part_of_the_file_is_answered(desk: Desk) -> None:
    response = desk.get("/console/basemap.pmtiles", Range="bytes=7-16")
    assert (response.status_code, response.content) == (206, TILES[7:17])
    assert response["Content-Range"] == f"bytes 7-16/{len(TILES)}"
    beyond = desk.get("/console/basemap.pmtiles", Range="bytes=1000-99999")
    assert beyond.content == TILES[1000:] and beyond["ETag"] == response["ETag"]


@pytest.mark.parametrize("asked", ["", "bytes=5000-6000", "bytes=9-8", "bytes=-5", "bytes=0-1,4-5", "lines=1-2"])
def test_other_parts_and_the_whole_are_not(desk: Desk, asked: str) -> None:
    response = desk.get("/console/basemap.pmtiles", **({"Range": asked} if asked else {}))
    assert (response.status_code, response.content) == (416, b"")
    assert response["Content-Range"] == f"bytes */{len(TILES)}"


def test_only_who_is_signed_in_gets_tiles(desk: Desk) -> None:
    assert Desk().get("/console/basemap.pmtiles", Range="bytes=0-6").status_code == 302


def test_without_a_file_there_is_none(company: TestCompany) -> None:
    assert at_desk(company.carol).get("/console/basemap.pmtiles", Range="bytes=0-6").status_code == 404
