"""The reference client's adapter for `roundsman-conformance`: JSON lines on stdin and stdout.

    roundsman-conformance serve --adapter "python -m roundsman_client.adapter"

It translates the calls of `conformance/README.md` into the client's own and adds no behaviour. Read it to write the
adapter of another client.
"""

import json
import logging
import math
import sys
import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

from roundsman_client.client import Client
from roundsman_client.clock import Reading, SystemClock
from roundsman_client.errors import (
    AnswerInvalid,
    ClientError,
    DeviceRevoked,
    NetworkFailed,
    NotSignedIn,
    OtherUser,
    PayloadInvalid,
    ServerRefused,
    SignInRequired,
    UnsentWork,
)
from roundsman_client.protocol import Json
from roundsman_client.transport import HttpRequest, HttpResponse, HttpTransport, Transport

CAPABILITIES = ["clock", "concurrent", "kill", "numbers", "network"]
_log = logging.getLogger(__name__)
_NUMBERS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_CODES: dict[type[ClientError], str] = {
    DeviceRevoked: "revoked",
    PayloadInvalid: "payload_invalid",
    OtherUser: "other_user",
    NotSignedIn: "not_signed_in",
    NetworkFailed: "network",
    ServerRefused: "refused",
}
_REPORT_ERRORS: dict[type[ClientError], str] = {
    SignInRequired: "sign_in",
    NotSignedIn: "sign_in",
    DeviceRevoked: "revoked",
    ServerRefused: "refused",
    AnswerInvalid: "fault",
    UnsentWork: "unsent",
}


class SetClock:
    """Clocks that show what they were set to; only the client's own pauses move them."""

    def __init__(self) -> None:
        self._reading = SystemClock().read()

    def set(self, at: str, uptime_ms: int, boot_id: str) -> None:
        """Show these values from now on."""
        self._reading = Reading(datetime.fromisoformat(at), uptime_ms, boot_id)

    def read(self) -> Reading:
        return self._reading

    def pause(self, seconds: float) -> None:
        now = self._reading
        later = now.at + timedelta(seconds=seconds)
        self._reading = Reading(later, now.uptime_ms + int(seconds * 1000), now.boot_id)


class FlightMode:
    """A transport that carries nothing while the phone is offline."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self.online = True

    def send(self, request: HttpRequest) -> HttpResponse:
        if not self.online:
            raise NetworkFailed("offline")
        return self._inner.send(request)

    def close(self) -> None:
        self._inner.close()


class Adapter:
    """One phone, and the calls on it. client_type: the client under test."""

    def __init__(self, client_type: Callable[..., Client] = Client) -> None:
        self._client_type = client_type
        self._clock = SetClock()
        self._network = FlightMode(HttpTransport("http://127.0.0.1"))
        self._client: Client | None = None

    def handle(self, message: Json) -> Json:
        """The reply to one call."""
        arguments = {name: value for name, value in message.items() if name not in ("n", "call")}
        call = getattr(self, f"call_{message.get('call')}", None)
        try:
            if call is None:
                return _error(message, "unknown_call", str(message.get("call")))
            return {"n": message["n"], "result": call(arguments)}
        except ClientError as error:
            return _error(message, _look_up(_CODES, error, "failed"), error.text())
        except Exception as error:
            _log.exception("the client failed")
            return _error(message, "failed", f"{type(error).__name__}: {error}")

    @property
    def client(self) -> Client:
        """The phone's client. Raises NotSignedIn before the first phone."""
        if self._client is None:
            raise NotSignedIn
        return self._client

    # Life of the app

    def call_hello(self, arguments: Json) -> Json:
        return {"protocol": 1, "client": "reference client", "version": "0.1.0", "capabilities": CAPABILITIES}

    def call_new_phone(self, arguments: Json) -> Json:
        """The store's folder is empty, so opening it makes a fresh phone."""
        return self.call_restart(arguments)

    def call_restart(self, arguments: Json) -> Json:
        self._network = FlightMode(HttpTransport(arguments["server"], timeout_s=10))
        self._client = self._client_type(
            Path(arguments["store"], "phone.sqlite"),
            clock=self._clock,
            transport=self._network,
            language=arguments.get("language", "en"),
        )
        return {}

    def call_bye(self, arguments: Json) -> Json:
        if self._client is not None:
            self._client.close()
        return {}

    def call_clock(self, arguments: Json) -> Json:
        self._clock.set(arguments["at"], arguments["uptime_ms"], arguments["boot_id"])
        return {}

    def call_network(self, arguments: Json) -> Json:
        self._network.online = bool(arguments["online"])
        return {}

    # What the user does

    def call_sign_in(self, arguments: Json) -> Json:
        names = ("company", "username", "password", "device_name")
        self.client.sign_in(*(arguments[name] for name in names))
        return {"user_id": self.client.user["id"], "device_id": self.client.device_id}

    def call_sign_out(self, arguments: Json) -> Json:
        self.client.sign_out()
        return {}

    def call_do(self, arguments: Json) -> Json:
        id_ = self.client.do(
            arguments["name"],
            _with_numbers(arguments["payload"]),
            arguments.get("depends_on") or (),
            schema=arguments.get("schema", 1),
        )
        return {"id": id_, "seq": self.client.seq_of(id_)}

    def call_sync(self, arguments: Json) -> Json:
        return _report(lambda: self.client.sync(arguments.get("digests", "sample")))

    def call_reset(self, arguments: Json) -> Json:
        return _report(self.client.reset)

    # What he sees

    def call_dump(self, arguments: Json) -> Json:
        client = self.client
        return {
            **_identity(client),
            "rows": [
                {"kind": row.kind, "id": row.id, "scope": row.scope, "data": row.data, "state": row.state}
                for kind in client.kinds()
                for row in client.rows(kind)
            ],
            "pending": [
                {"id": item.command.id, "seq": item.command.seq, "name": item.command.name, "state": item.status}
                for item in client.pending()
            ],
            "verdicts": [
                {"id": v.command_id, "seq": v.seq, "status": v.status, "code": v.code, "field": v.field}
                | {"message": v.message}
                for v in client.verdicts()
            ],
            "conflicts": [row.data for row in client.conflicts()],
            "cursor": client.has_cursor,
            "repairs": client.repairs(),
        }


def _identity(client: Client) -> Json:
    try:
        return {"signed_in": client.signed_in, "user_id": client.user["id"], "device_id": client.device_id}
    except NotSignedIn:
        return {"signed_in": False, "user_id": None, "device_id": None}


def _report(sync: Callable[[], Any]) -> Json:
    try:
        report = sync()
    except ClientError as error:
        code = _look_up(_REPORT_ERRORS, error, "refused")
        return {"complete": False, "error": code, "retry_after_s": 0, "message": error.text()}
    error_code = None if report.complete else "busy" if report.busy else "network"
    return {
        "complete": report.complete,
        "error": error_code,
        "retry_after_s": report.retry_after_s,
        "message": report.problem,
    }


def _look_up(codes: dict[type[ClientError], str], error: ClientError, other: str) -> str:
    return next((codes[kind] for kind in type(error).__mro__ if kind in codes), other)


def _error(message: Json, code: str, text: str) -> Json:
    return {"n": message.get("n"), "error": {"code": code, "message": text}}


def _with_numbers(value: Any) -> Any:
    """`{"$number": "NaN"}` as the number that JSON cannot say."""
    if isinstance(value, dict):
        if value.keys() == {"$number"}:
            return _NUMBERS[value["$number"]]
        return {name: _with_numbers(item) for name, item in value.items()}
    return [_with_numbers(item) for item in value] if isinstance(value, list) else value


def serve(lines: Iterable[str], out: TextIO, adapter: Adapter) -> None:
    """Answer calls until the lines end. A sync runs in a thread of its own, so that its user can go on working."""
    writing = threading.Lock()

    def answer(message: Json) -> None:
        reply = json.dumps(adapter.handle(message))
        with writing:
            print(reply, file=out, flush=True)

    for line in lines:
        message = json.loads(line)
        if message.get("call") in ("sync", "reset"):
            threading.Thread(target=answer, args=(message,), daemon=True).start()
        else:
            answer(message)
            if message.get("call") == "bye":
                return


if __name__ == "__main__":
    serve(sys.stdin, sys.stdout, Adapter())
