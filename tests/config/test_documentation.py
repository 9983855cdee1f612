"""The API's page of documentation: it comes with its own scripts and styles, without any foreign network."""

import re

from django.test import Client


def test_the_page_and_all_that_it_loads_come_from_this_server() -> None:
    page = Client().get("/api/v1/docs")
    assert page.status_code == 200
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.content.decode())
    assert len(loaded) >= 3
    for path in loaded:
        assert path.startswith("/static/ninja/")
        answer = Client().get(path)
        assert answer.status_code == 200
        assert b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def test_no_other_file_is_given_away() -> None:
    for path in ("", "../../__init__.py", "..%2f..%2f__init__.py", "nothing.js"):
        assert Client().get(f"/static/ninja/{path}").status_code in (400, 404)
