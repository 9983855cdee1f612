"""Built pages, served below one address each: `/app/` is the demonstration of the phone's client,
`/console/static/` what the console's pages load.

The files are made by `scripts/install-web.sh` and lie in `var/web/`. Where they are missing, the address says how they
are built; everything else works without them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from wsgiref.headers import Headers

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe
from whitenoise import WhiteNoise

_HASHED = "/assets/"
"""Files below it carry the hash of their content in their name, so they never change."""
_TYPES = {".webmanifest": "application/manifest+json"}


def _headers(origins: tuple[str, ...]) -> dict[str, str]:
    """Pages run their own scripts and styles alone, talk to this server alone, and stand in nobody's frame.

    origins: other servers that they may talk to all the same, such as the one that has the map.
    """
    policy = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        " ".join(("connect-src 'self'", *origins)),
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
    return {
        "Content-Security-Policy": "; ".join(policy),
        "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
    }


@dataclass(frozen=True, slots=True)
class _Build:
    """The files as they were built at one time, by address."""

    made_ns: int
    files: WhiteNoise


class Pages:
    """The files of one folder below one address.

    folder: may be missing, and may be replaced at any time. mark: a file that is there when the whole folder is.
    origins: of `_headers`.
    """

    def __init__(self, folder: Path, address: str, *, mark: str = "index.html", origins: tuple[str, ...] = ()) -> None:
        self._mark = folder / mark
        self._folder = folder
        self._address = address
        self._headers = _headers(origins)
        self._build: _Build | None = None
        self._lock = Lock()

    @property
    def view(self) -> Callable[..., HttpResponseBase]:
        """The view for every address below `address`."""

        @require_safe
        def page(request: HttpRequest, path: str = "") -> HttpResponseBase:
            build = self._present_build()
            if build is None:
                return self._not_built()
            file = build.files.files.get(request.path)
            if file is None:
                raise Http404
            try:
                answer = file.get_response(request.method, request.META)
            except FileNotFoundError:  # it was built anew in this very moment
                return self._not_built()
            with answer.file or _Nothing() as content:
                return HttpResponse(content.read(), status=int(answer.status), headers=dict(answer.headers))

        return page

    def _present_build(self) -> _Build | None:
        """The files that are there now; None while there are none."""
        try:
            made_ns = self._mark.stat().st_mtime_ns
        except FileNotFoundError:
            return None
        build = self._build
        if build is None or build.made_ns != made_ns:
            with self._lock:
                build = self._build = _Build(made_ns, self._list_files())
        return build

    def _list_files(self) -> WhiteNoise:
        return WhiteNoise(
            None,
            self._folder,
            prefix=self._address,
            index_file=True,
            max_age=None,
            allow_all_origins=False,
            mimetypes=_TYPES,
            immutable_file_test=lambda path, url: _HASHED in url,
            add_headers_function=self._add_headers,
        )

    def _add_headers(self, headers: Headers, path: str, url: str) -> None:
        for name, value in self._headers.items():
            headers[name] = value
        if "Cache-Control" not in headers:
            headers["Cache-Control"] = "no-cache"  # kept, but never used without asking whether it is the present one

    def _not_built(self) -> HttpResponse:
        """How the pages are built, in both languages."""
        text = render_to_string("config/pages_not_built.html")
        return HttpResponse(text, status=503, headers={"Cache-Control": "no-store"} | self._headers)


class _Nothing:
    """The body of an answer that has none."""

    def __enter__(self) -> "_Nothing":
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def read(self) -> bytes:
        return b""
