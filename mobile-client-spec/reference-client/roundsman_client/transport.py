"""One HTTP request and its answer. Injectable: tests and simulations put a bad network in between."""

import http.client
import threading
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

from roundsman_client.errors import NetworkFailed


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request with a JSON body. headers may hold a bearer token, so they are never printed."""

    path: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """An answer as it came: header names in lower case, the body possibly compressed."""

    status: int
    headers: dict[str, str]
    body: bytes


class Transport(Protocol):
    """Carries one request. Raises `NetworkFailed` when no whole answer came back, whatever became of the request."""

    def send(self, request: HttpRequest) -> HttpResponse:
        """The answer to `request`."""

    def close(self) -> None:
        """Let go of the connection."""


class HttpTransport:
    """HTTP/1.1 on one kept connection."""

    def __init__(self, base_url: str, timeout_s: float = 30) -> None:
        """base_url: such as `https://crm.example.com`, with or without a path in front of `/api`."""
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{base_url!r} is not an http or https address")
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(parts.hostname, parts.port, timeout=timeout_s)
        self._prefix = parts.path.rstrip("/")
        self._lock = threading.Lock()

    def send(self, request: HttpRequest) -> HttpResponse:
        with self._lock:
            kept = self._connection.sock is not None
            try:
                return self._exchange(request)
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError) as error:
                self._connection.close()
                if not kept:
                    raise NetworkFailed(type(error).__name__) from error
            except (OSError, http.client.HTTPException) as error:
                self._connection.close()
                raise NetworkFailed(type(error).__name__) from error
            # The server had closed the kept connection. Sending again is safe: every request here may arrive twice.
            try:
                return self._exchange(request)
            except (OSError, http.client.HTTPException) as error:
                self._connection.close()
                raise NetworkFailed(type(error).__name__) from error

    def _exchange(self, request: HttpRequest) -> HttpResponse:
        self._connection.request(request.method, self._prefix + request.path, request.body, request.headers)
        response = self._connection.getresponse()
        # Raises IncompleteRead when the body is shorter than announced.
        body = response.read()
        return HttpResponse(response.status, {name.lower(): value for name, value in response.getheaders()}, body)

    def close(self) -> None:
        with self._lock:
            self._connection.close()
