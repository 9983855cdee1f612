"""The way of a reference client's requests to the server in this process, and what may go wrong on it."""

from typing import Any

from django.test import Client as DjangoClient

from roundsman_client.errors import NetworkFailed
from roundsman_client.transport import HttpRequest, HttpResponse


class Network:
    """Carries requests to the server in this process. fails: numbers of requests whose answers are lost."""

    def __init__(self) -> None:
        self.django = DjangoClient()
        self.sent: list[HttpRequest] = []
        self.fails: set[int] = set()
        self.spoils = 0

    def send(self, request: HttpRequest) -> HttpResponse:
        self.sent.append(request)
        headers = dict(request.headers)
        body = request.body
        if self.spoils and request.method == "PATCH":
            self.spoils -= 1
            body = bytes(len(body))
        kind = headers.pop("Content-Type", "")
        response: Any = self.django.generic(request.method, request.path, body, content_type=kind, headers=headers)
        if len(self.sent) in self.fails:
            raise NetworkFailed("lost")
        content = b"" if request.method == "HEAD" else response.content
        return HttpResponse(response.status_code, {k.lower(): v for k, v in response.items()}, content)

    def close(self) -> None:
        pass

    def pieces(self) -> list[int]:
        """The offsets from which bytes were sent."""
        return [int(request.headers["Upload-Offset"]) for request in self.sent if request.method == "PATCH"]
