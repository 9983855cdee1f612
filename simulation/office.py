"""The people at the desk: they use REST, on a good network, and see at once what becomes of what they do."""

import json
import time
import uuid
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from roundsman_client.transport import HttpRequest, HttpTransport, Transport

Json = dict[str, Any]
_BATCH = 100
_EXPIRED = 401
_BUSY = 503
_PATIENCE = 60
"""So often somebody at a desk comes again when the server has too much to do."""


class OfficeRefused(Exception):
    """The server did not do what the office asked for; the message has its code and words. code: alone, if any."""

    def __init__(self, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code


class Office:
    """One signed-in user of the API."""

    def __init__(
        self, server: str, company: str, username: str, password: str, transport: Transport | None = None
    ) -> None:
        """server: its base address. transport: what carries the requests; plain HTTP unless given.

        Raises OfficeRefused, and NetworkFailed when nobody answers there.
        """
        self._transport = transport or HttpTransport(server)
        self._headers: dict[str, str] = {"Content-Type": "application/json", "Accept": "application/json"}
        device = {"name": f"desk of {username}", "platform": "web"}
        body = {"company": company, "username": username, "password": password, "device": device}
        self._refresh_token: str | None = None
        self.user: Json = self._begin(self._call("POST", "/api/v1/auth/sign-in", body))["user"]
        self._pushed = 0

    def act(self, path: str, body: Json) -> Json:
        """Run a command at `/api/v1/<path>` and return its verdict. Raises OfficeRefused unless it took effect."""
        answer = self._call("POST", f"/api/v1/{path}", body, {"Idempotency-Key": str(uuid.uuid4())})
        verdict: Json = answer["verdict"]
        if verdict["status"] not in ("applied", "merged"):
            raise _refused(path, verdict)
        return verdict

    def push(self, name: str, payloads: Sequence[Json]) -> None:
        """Run many commands of one name, a hundred at a time, as a device would. Raises OfficeRefused unless all took
        effect."""
        for start in range(0, len(payloads), _BATCH):
            commands = []
            for payload in payloads[start : start + _BATCH]:
                self._pushed += 1
                commands.append({"id": str(uuid.uuid4()), "seq": self._pushed, "name": name, "payload": payload})
            answer = self._call("POST", "/api/v1/sync/push", {"commands": commands})
            for verdict in answer["verdicts"]:
                if verdict["status"] not in ("applied", "merged"):
                    raise _refused(name, verdict)

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

    def _begin(self, session: Json) -> Json:
        self._headers["Authorization"] = f"Bearer {session['access_token']}"
        self._refresh_token = session["refresh_token"]
        return session

    def _call(self, method: str, path: str, body: Json | None = None, headers: dict[str, str] | None = None) -> Json:
        data = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        for _ in range(_PATIENCE):
            response = self._transport.send(HttpRequest(path, data, self._headers | (headers or {}), method))
            if response.status == _EXPIRED and self._refresh_token is not None:
                token, self._refresh_token = self._refresh_token, None
                self._begin(self._call("POST", "/api/v1/auth/refresh", {"refresh_token": token}))
            elif response.status == _BUSY:
                time.sleep(float(response.headers.get("retry-after", 1)))
            else:
                break
        try:
            answer = json.loads(response.body)
        except ValueError:
            answer = {}
        if response.status >= 400 or not isinstance(answer, dict):
            error = answer.get("error", {}) if isinstance(answer, dict) else {}
            words = f"{method} {path}: {response.status} {error.get('code')} {error.get('message')}"
            raise OfficeRefused(words, error.get("code"))
        return answer


def _refused(what: str, verdict: Json) -> OfficeRefused:
    words = f"{what}: {verdict['status']} {verdict['code']} {verdict['message']}"
    return OfficeRefused(words, verdict["code"])
