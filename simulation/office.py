"""The people at the desk: they use REST, on a good network, and see at once what becomes of what they do."""

import json
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from roundsman_client.transport import HttpRequest, HttpTransport

Json = dict[str, Any]


class OfficeRefused(Exception):
    """The server did not do what the office asked for; the message has its code and words."""


class Office:
    """One signed-in user of the API."""

    def __init__(self, server: str, company: str, username: str, password: str) -> None:
        """server: its base address. Raises OfficeRefused, and NetworkFailed when nobody answers there."""
        self._transport = HttpTransport(server)
        self._headers: dict[str, str] = {"Content-Type": "application/json", "Accept": "application/json"}
        device = {"name": f"desk of {username}", "platform": "web"}
        body = {"company": company, "username": username, "password": password, "device": device}
        session = self._call("POST", "/api/v1/auth/sign-in", body)
        self._headers["Authorization"] = f"Bearer {session['access_token']}"
        self.user: Json = session["user"]

    def act(self, path: str, body: Json) -> Json:
        """Run a command at `/api/v1/<path>` and return its verdict. Raises OfficeRefused unless it took effect."""
        answer = self._call("POST", f"/api/v1/{path}", body, {"Idempotency-Key": str(uuid.uuid4())})
        verdict: Json = answer["verdict"]
        if verdict["status"] not in ("applied", "merged"):
            raise OfficeRefused(f"{path}: {verdict['status']} {verdict['code']} {verdict['message']}")
        return verdict

    def ask(self, path: str, body: Json) -> Json:
        """What `/api/v1/<path>` answers to a question that changes nothing."""
        return self._call("POST", f"/api/v1/{path}", body)

    def get(self, path: str, **query: str | int) -> Json:
        """What stands at `/api/v1/<path>`."""
        return self._call("GET", f"/api/v1/{path}" + (f"?{urlencode(query)}" if query else ""))

    def each(self, path: str, **query: str | int) -> Iterator[Json]:
        """Every row of a list, page after page."""
        more: dict[str, str] = {}
        while True:
            page = self.get(path, **query, **more)
            yield from page["items"]
            if page["next"] is None:
                return
            more = {"cursor": page["next"]}

    def close(self) -> None:
        """Let go of the connection; the session ends by itself."""
        self._transport.close()

    def _call(self, method: str, path: str, body: Json | None = None, headers: dict[str, str] | None = None) -> Json:
        data = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        response = self._transport.send(HttpRequest(path, data, self._headers | (headers or {}), method))
        try:
            answer = json.loads(response.body)
        except ValueError:
            answer = {}
        if response.status >= 400 or not isinstance(answer, dict):
            error = answer.get("error", {}) if isinstance(answer, dict) else {}
            raise OfficeRefused(f"{method} {path}: {response.status} {error.get('code')} {error.get('message')}")
        return answer
