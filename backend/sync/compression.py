"""Answers are compressed: zstd where the client offers it, otherwise gzip. Small ones are not worth it."""

import gzip

import zstandard
from django.http import HttpRequest, HttpResponse

MIN_BYTES = 1_024
_LEVEL = 1  # of both: on a page of rows the higher levels cost several times the CPU for a tenth less bytes


def json_answer(request: HttpRequest, body: bytes) -> HttpResponse:
    """`body` as a JSON answer, compressed as the request allows."""
    offered = _offered(request.headers.get("Accept-Encoding", ""))
    encoding = None
    if len(body) >= MIN_BYTES:
        if "zstd" in offered:
            encoding, body = "zstd", zstandard.ZstdCompressor(level=_LEVEL).compress(body)
        elif "gzip" in offered:
            encoding, body = "gzip", gzip.compress(body, compresslevel=_LEVEL)
    response = HttpResponse(body, content_type="application/json")
    if encoding:
        response["Content-Encoding"] = encoding
    response["Vary"] = "Accept-Encoding"
    return response


def _offered(header: str) -> set[str]:
    """The encodings that the client takes; `;q=0` declines one (RFC 9110, 12.5.3)."""
    parts = (part.partition(";") for part in header.lower().split(","))
    return {name.strip() for name, _, weight in parts if weight.replace(" ", "") not in ("q=0", "q=0.0")}
