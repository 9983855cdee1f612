"""JSON over a transport: encodes, decompresses, counts bytes, and turns every failure into a typed error."""

import gzip
import json
import zlib
from dataclasses import dataclass

from roundsman_client.errors import (
    AnswerCut,
    CursorInvalid,
    DeviceRevoked,
    ServerBusy,
    ServerRefused,
)
from roundsman_client.protocol import Json, to_text
from roundsman_client.transport import HttpRequest, HttpResponse, Transport

_REFUSALS: dict[str, type[ServerRefused]] = {
    "accounts.device_revoked": DeviceRevoked,
    "sync.cursor_invalid": CursorInvalid,
}
_PATIENCE = {408, 425, 429}


@dataclass
class Traffic:
    """What went over the air. round_trips: requests begun, also those without an answer. Bytes of bodies, as sent."""

    round_trips: int = 0
    bytes_up: int = 0
    bytes_down: int = 0


class Link:
    """The one place that talks to the transport."""

    def __init__(self, transport: Transport, language: str) -> None:
        self._transport = transport
        self._language = language
        self.traffic = Traffic()
        """Where traffic is counted."""

    def call(self, path: str, body: Json, token: str | None = None) -> Json:
        """POST `body` and return the answer's body. Raises `Transient`, `ServerRefused` or one of its kinds."""
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "Accept-Language": self._language,
        }
        if token:
            headers["Authorization"] = f"Bearer {token}"
        request = HttpRequest(path, to_text(body).encode(), headers)
        self.traffic.round_trips += 1
        self.traffic.bytes_up += len(request.body)
        response = self._transport.send(request)
        self.traffic.bytes_down += len(response.body)
        if 200 <= response.status < 300:
            return _read(response)
        raise _failure(response)

    def exchange(self, method: str, path: str, headers: dict[str, str], body: bytes, token: str) -> HttpResponse:
        """One request whose answer is in its headers. Raises `Transient`, `ServerRefused` or one of its kinds."""
        own = {"Accept-Language": self._language, "Authorization": f"Bearer {token}"}
        self.traffic.round_trips += 1
        self.traffic.bytes_up += len(body)
        response = self._transport.send(HttpRequest(path, body, headers | own, method))
        self.traffic.bytes_down += len(response.body)
        if 200 <= response.status < 300:
            return response
        raise _failure(response)

    def close(self) -> None:
        """Close the transport."""
        self._transport.close()


def _read(response: HttpResponse) -> Json:
    """The body as an object. Anything else is an answer that the network damaged (or a captive portal's page)."""
    body = response.body
    try:
        if response.headers.get("content-encoding", "").lower() == "gzip":
            body = gzip.decompress(body)
        if not body and response.status == 204:
            return {}
        value = json.loads(body)
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise AnswerCut(type(error).__name__) from error
    if not isinstance(value, dict):
        raise AnswerCut("not a JSON object")
    return value


def _failure(response: HttpResponse) -> ServerBusy | ServerRefused:
    status = response.status
    if status >= 500 or status in _PATIENCE:
        return ServerBusy(status, _retry_after_s(response))
    try:
        error = _read(response)["error"]
        code, message = str(error["code"]), str(error.get("message") or "")
        field, details = error.get("field"), error.get("details") or {}
    except (AnswerCut, KeyError, TypeError, AttributeError):
        # Not ours: a proxy in between answers without a typed error.
        code, message, field, details = f"http.{status}", f"HTTP {status}", None, {}
    return _REFUSALS.get(code, ServerRefused)(status, code, message, field, details)


def _retry_after_s(response: HttpResponse) -> float | None:
    try:
        return max(0.0, float(response.headers["retry-after"]))
    except KeyError:
        return None
    except ValueError:
        return 60.0  # a date: not worth trusting this phone's clock for
