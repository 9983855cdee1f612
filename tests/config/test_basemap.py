"""What operators may put under the console's maps."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.basemap import Basemap, basemap_from_environment

Set = pytest.MonkeyPatch


def read(monkeypatch: Set, **named: str) -> Basemap:
    """The basemap of an environment with these settings alone."""
    for name in ("", "_DATUM", "_ATTRIBUTION", "_ORIGINS"):
        monkeypatch.delenv(f"ROUNDSMAN_BASEMAP{name}", raising=False)
    for name, value in named.items():
        monkeypatch.setenv(f"ROUNDSMAN_BASEMAP{name.rstrip('_')}", value)
    return basemap_from_environment()


def test_without_a_setting_nobody_is_asked(monkeypatch: Set) -> None:
    basemap = read(monkeypatch)
    assert (basemap.kind, basemap.addresses, basemap.origins, basemap.datum) == ("outlines", (), (), "WGS-84")


def test_tiles_of_several_servers_are_named_in_the_policy(monkeypatch: Set) -> None:
    given = "https://a.example.com/{z}/{x}/{y}.png https://b.example.com:8443/{z}/{x}/{y}.png?key=1"
    basemap = read(monkeypatch, _=given, _DATUM="GCJ-02", _ATTRIBUTION="© Example")
    assert (basemap.kind, basemap.addresses) == ("raster", tuple(given.split()))
    assert basemap.origins == ("https://a.example.com", "https://b.example.com:8443")
    assert (basemap.datum, basemap.attribution) == ("GCJ-02", "© Example")


def test_a_style_may_name_further_servers(monkeypatch: Set) -> None:
    basemap = read(monkeypatch, _="https://maps.example.com/style.json", _ORIGINS="https://fonts.example.com/x")
    assert basemap.kind == "style"
    assert basemap.origins == ("https://maps.example.com", "https://fonts.example.com")


def test_a_file_is_one_of_tiles(monkeypatch: Set, tmp_path: Path) -> None:
    file = tmp_path / "our city.pmtiles"
    file.write_bytes(b"PMTiles\x03" + bytes(120))
    basemap = read(monkeypatch, _=str(file))
    assert (basemap.kind, basemap.file, basemap.origins) == ("pmtiles", file, ())


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ({"_": "https://a.example.com/style.json https://b.example.com/style.json"}, "several addresses"),
        ({"_": "https:///{z}/{x}/{y}.png"}, "no address of a map"),
        ({"_": "https://a.example.com;script-src/{z}"}, "no address of a map"),
        ({"_": "/nowhere/map.pmtiles"}, "No such file"),
        ({"_": __file__}, "is no PMTiles file"),
        ({"_": "https://a.example.com/{z}/{x}/{y}.png", "_DATUM": "BD-09"}, "WGS-84 or GCJ-02"),
    ],
)
def test_what_cannot_be_right_is_refused_at_the_start(monkeypatch: Set, named: dict[str, str], said: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=said):
        read(monkeypatch, **named)
