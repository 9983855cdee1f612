"""Somebody at the console, over HTTP: signs in by the form, reads pages, sends their forms as a browser would."""

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.test import Client

from tests.personas import Persona

SIGN_IN = "/console/sign-in"


class Form(HTMLParser):
    """The first form of a page that posts to `action`, with the values that it begins with."""

    def __init__(self, text: str, action: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.found = False
        self._action = action
        self._inside = False
        self._choice: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        name = values.get("name")
        if tag == "form":
            self._inside = (
                not self.found and values.get("method") == "post" and values.get("action", "") in ("", self._action)
            )
            self.found = self.found or self._inside
        elif self._inside and tag == "select":
            self._choice = name
        elif (
            self._inside
            and tag == "option"
            and self._choice
            and ("selected" in values or self._choice not in self.values)
        ):
            self.values[self._choice] = values.get("value") or ""
        elif self._inside and tag == "input" and name and (values.get("type") != "checkbox" or "checked" in values):
            self.values[name] = values.get("value") or ("on" if values.get("type") == "checkbox" else "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False


class Desk:
    """A browser without a screen. Cookies and tokens are those that the server sets, and it checks them."""

    def __init__(self, address: str = "127.0.0.1", language: str = "en") -> None:
        self.client = Client(enforce_csrf_checks=True, REMOTE_ADDR=address, headers={"Accept-Language": language})

    def get(self, path: str, **headers: str) -> HttpResponse:
        """A page."""
        return self.client.get(path, headers=headers)

    def text(self, path: str) -> str:
        """The page's text, which has to be there."""
        response = self.get(path)
        assert response.status_code == 200, (path, response.status_code, response.content[:500])
        return response.content.decode()

    def download(self, path: str) -> bytes:
        """A file, to its end."""
        response = self.get(path)
        assert response.status_code == 200, response.status_code
        return b"".join(response.streaming_content)

    def send(self, path: str, *, on: str | None = None, **values: Any) -> HttpResponse:
        """Fill in the form that posts to `path` and send it. on: the page with the form, where it is another one."""
        page = self.get(on or path).content.decode()
        form = Form(page, urlsplit(path).path)
        assert form.found, f"no form for {path}: {page[:300]}"
        return self.client.post(path, form.values | values)

    def sign_in(self, person: Persona, password: str | None = None, path: str = SIGN_IN) -> HttpResponse:
        """Sign in by the form."""
        return self.send(
            path,
            company=person.company.code,
            username=person.username,
            password=password or person.password,
        )


def at_desk(person: Persona, language: str = "en") -> Desk:
    """Somebody who has signed in."""
    desk = Desk(person.company.address, language)
    response = desk.sign_in(person)
    assert response.status_code == 302, response.content
    return desk


def words(text: str) -> str:
    """What a reader sees of a page: no tags, one blank between words."""
    body = re.sub(r"<(script|style).*?</\1>", " ", text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body))).strip()
