"""Every address of the URL map, and how one is asked for."""

import re
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\{(\w+)\}")


def operations() -> Iterator[tuple[str, str]]:
    """Every method and address of the URL map, but for the console's pages: tests/console/test_visibility.py."""
    from config.api import api

    documented = api.get_openapi_schema()["paths"]
    for path, methods in documented.items():
        yield from ((method.upper(), path) for method in methods)
    known = {PARAMETER.sub("{}", path) for path in documented}
    for path in _addresses(get_resolver().url_patterns, "/"):
        if PARAMETER.sub("{}", path) not in known and "api-root" not in path and not path.endswith("/v1/"):
            yield "GET", path


def _addresses(patterns: list[Any], prefix: str) -> Iterator[str]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern) and not path.startswith(("/console", "/^console/")):
            yield path


def address_of(path: str, rows: dict[str, str]) -> str:
    """The address with a row for each of its parameters, and what it has to be asked with."""
    asked = f"?subject_id={rows['visit_id']}" if path == "/api/v1/files/attachments" else ""
    if path.startswith("/api/v1/visits/compliance"):
        asked = "?from_date=2026-11-01&to_date=2026-11-30"
    return PARAMETER.sub(lambda match: rows[match[1] or match[2]], path) + asked
