"""How built pages are served: right types, kept for as long as they may be, nothing else given away."""

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.http import Http404, HttpResponseBase
from django.test import Client, RequestFactory

from config.pages import Pages

SCRIPT = "assets/app-0123456789.js"
Get = Callable[..., HttpResponseBase]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A build as the build script makes one."""
    build = tmp_path / "app"
    (build / "assets").mkdir(parents=True)
    (build / "index.html").write_text("<!doctype html><title>页</title>")
    (build / "manifest.webmanifest").write_text("{}")
    (build / "service-worker.js").write_text("//")
    (build / SCRIPT).write_text("console.log(1);" * 100)
    (build / f"{SCRIPT}.gz").write_bytes(gzip.compress((build / SCRIPT).read_bytes()))
    (tmp_path / "secret.txt").write_text("secret")
    return build


@pytest.fixture
def get(folder: Path) -> Get:
    """Asks for an address below /app/."""
    view = Pages(folder, "/app/").view

    def ask(name: str = "", method: str = "GET", **headers: str) -> HttpResponseBase:
        return view(RequestFactory().generic(method, f"/app/{name}", headers=headers))

    return ask


def test_the_page_is_asked_for_each_time_and_may_only_do_what_it_needs(get: Get) -> None:
    page = get()
    assert (page.status_code, page["Content-Type"]) == (200, 'text/html; charset="utf-8"')
    assert "页" in page.content.decode()  # type: ignore[attr-defined]
    assert page["Cache-Control"] == "no-cache"
    policy = page["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert get(**{"If-None-Match": page["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("manifest.webmanifest", "application/manifest+json"),
        ("service-worker.js", 'text/javascript; charset="utf-8"'),
    ],
)
def test_what_has_no_hash_in_its_name_is_asked_for_each_time(get: Get, name: str, kind: str) -> None:
    answer = get(name)
    assert (answer["Content-Type"], answer["Cache-Control"]) == (kind, "no-cache")


def test_what_has_one_is_kept_for_ever_and_sent_compressed(get: Get, folder: Path) -> None:
    plain = get(SCRIPT)
    assert "immutable" in plain["Cache-Control"]
    small = get(SCRIPT, **{"Accept-Encoding": "gzip, br"})
    assert (small["Content-Encoding"], small["Vary"]) == ("gzip", "Accept-Encoding")
    assert gzip.decompress(small.content) == (folder / SCRIPT).read_bytes()  # type: ignore[attr-defined]


def test_head_has_no_body_and_nothing_can_be_sent(get: Get) -> None:
    head = get(method="HEAD")
    assert head.status_code == 200 and not head.content  # type: ignore[attr-defined]
    assert get(method="POST").status_code == 405


@pytest.mark.parametrize("name", ["../secret.txt", "assets/../../secret.txt", "assets/", "nothing.js", f"{SCRIPT}.gz"])
def test_no_other_file_is_given_away(get: Get, name: str) -> None:
    with pytest.raises(Http404):
        get(name)


def test_a_new_build_is_served_without_a_restart(get: Get, folder: Path) -> None:
    before = get()
    (folder / "index.html").write_text("<!doctype html><title>new</title>")
    os.utime(folder / "index.html", ns=(0, 10**18))
    assert get().content != before.content  # type: ignore[attr-defined]


def test_where_nothing_is_built_it_says_how_in_both_languages(tmp_path: Path) -> None:
    answer = Pages(tmp_path / "app", "/app/").view(RequestFactory().get("/app/"))
    assert answer.status_code == 503
    text = answer.content.decode()  # type: ignore[attr-defined]
    assert "scripts/install-web.sh" in text and "The pages are not built" in text and "网页尚未构建" in text


def test_a_file_that_goes_while_it_is_asked_for_is_no_fault(get: Get, folder: Path) -> None:
    assert get(SCRIPT).status_code == 200
    (folder / SCRIPT).unlink()
    assert get(SCRIPT).status_code == 503


def test_the_address_without_a_slash_leads_to_the_page() -> None:
    answer = Client().get("/app")
    assert (answer.status_code, answer["Location"]) == (302, "/app/")
    assert Client().get("/app/").status_code in (200, 503)


def test_what_runs_in_a_worker_may_ask_the_servers_that_pages_may(folder: Path) -> None:
    view = Pages(folder, "/app/", origins=("https://maps.example.com",)).view
    script = view(RequestFactory().get(f"/app/{SCRIPT}"))
    assert "connect-src 'self' https://maps.example.com;" in script["Content-Security-Policy"]
