"""Sign-in, refresh and tokens of the scripted server, with the checks of the SES rules that every request allows."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from roundsman_conformance.findings import Findings
from roundsman_conformance.names import Json, Names

TOKEN_LIFE_S = 900
FORGIVES_S = 60
API_LEVEL = 99
"""Newer than any app: no client may refuse a server for that."""


class Refusal(Exception):
    """An error answer."""

    def __init__(self, status: int, code: str, **details: Any) -> None:
        super().__init__(status, code)
        self.status = status
        self.code = code
        self.details = details


@dataclass
class _Tokens:
    access: str
    refresh: str
    whose: Json
    made_at: datetime


class Accounts:
    """The devices and sessions of one play."""

    def __init__(self, cast: Json, names: Names, findings: Findings, now: Callable[[], datetime]) -> None:
        self._cast = cast
        self._names = names
        self._findings = findings
        self._now = now
        self._users = {row["data"]["username"]: row for row in cast["rows"] if row["kind"] == "user"}
        self._device_ids: dict[str, str] = {}
        self._tokens: _Tokens | None = None
        self._replaced: tuple[str, datetime] | None = None
        self._access_before: str | None = None
        self._told_expired = False
        self._dead = False
        self.signing_in = False
        """Whether the adapter was asked to sign in: any other sign-in would need a password that nobody typed."""

    # What a scenario does to the session

    def expire(self) -> None:
        """The access token is not accepted any more."""
        self._told_expired = True

    def end(self) -> None:
        """The session is over: neither token is accepted any more."""
        self._told_expired = self._dead = True

    # What the phone asks

    def sign_in(self, body: Json) -> Json:
        """The answer to a sign-in. Raises Refusal."""
        if not self.signing_in:
            self._findings.note("SES-6", "a sign-in only when the user typed his password", "a sign-in by itself")
        device = body.get("device")
        device_id = device.get("id") if isinstance(device, dict) else None
        username = str(body.get("username"))
        if device_id is None:
            self._findings.note("SES-1", "a sign-in with the device id that the phone made", f"device {device!r}")
            raise Refusal(422, "core.invalid_input")
        known = self._device_ids.setdefault(username, device_id)
        if known != device_id:
            self._findings.note("SES-1", f"the device id {known} at every sign-in", str(device_id))
            device_id = known
        if self._cast["company"]["code"] != body.get("company") or username not in self._users:
            raise Refusal(401, "accounts.sign_in_failed")
        if body.get("password") != self._cast["password"]:
            raise Refusal(401, "accounts.sign_in_failed")
        self._dead = False
        row = self._users[username]
        if row["id"] == self._cast["phone_of"]:
            self._names.bind("device", device_id)
        user = {"id": row["id"], "name": row["data"]["name"], "roles": row["data"].get("roles", ["rep"])}
        user["org_unit_id"] = row["data"].get("org_unit_id", "$north")
        return self._issue({"user": self._names.fill(user), "device": {"id": device_id}})

    def refresh(self, body: Json, *, expected: bool) -> Json:
        """The answer to a refresh. expected: the scenario waits for one. Raises Refusal."""
        given, tokens = body.get("refresh_token"), self._tokens
        if tokens is None or self._dead:
            raise Refusal(401, "accounts.refresh_invalid")
        if self._replaced and given == self._replaced[0]:
            # The phone has not stored the successor. The server forgives that for a minute, with the same successor.
            if (self._now() - self._replaced[1]).total_seconds() > FORGIVES_S:
                raise Refusal(401, "accounts.refresh_reused")
            return self._answer(tokens)
        if given != tokens.refresh:
            self._findings.note("SES-3", "the refresh token in use", "another one")
            raise Refusal(401, "accounts.refresh_invalid")
        if not (expected or self._told_expired or self._age_s() >= TOKEN_LIFE_S / 2):
            self._findings.note(
                "SES-5", "the access token used until it expires", f"renewed after {self._age_s():.0f} s"
            )
        self._replaced = (tokens.refresh, self._now())
        return self._issue(tokens.whose)

    def check(self, authorization: str | None) -> None:
        """Whether a request is the signed-in user's. Raises Refusal (401), which a good client answers by a refresh."""
        tokens = self._tokens
        if not authorization or not authorization.startswith("Bearer "):
            self._findings.note("SES-2", "Authorization: Bearer with the access token", repr(authorization))
            raise Refusal(401, "accounts.unauthenticated")
        if authorization[7:] == self._access_before:  # the answer with its successor may have been lost
            raise Refusal(401, "accounts.unauthenticated")
        if tokens is None or authorization[7:] != tokens.access:
            self._findings.note("SES-2", "the access token that was issued last", "another one")
            raise Refusal(401, "accounts.unauthenticated")
        if self._told_expired or self._age_s() > TOKEN_LIFE_S:
            self._told_expired = True
            raise Refusal(401, "accounts.unauthenticated")

    def _age_s(self) -> float:
        return (self._now() - self._tokens.made_at).total_seconds() if self._tokens else 0.0

    def _issue(self, whose: Json) -> Json:
        self._access_before = self._tokens.access if self._tokens else None
        self._tokens = _Tokens(secrets.token_urlsafe(24), secrets.token_urlsafe(24), whose, self._now())
        self._told_expired = False
        return self._answer(self._tokens)

    def _answer(self, tokens: _Tokens) -> Json:
        life = {"expires_in_s": TOKEN_LIFE_S, "api_level": API_LEVEL}
        return {"access_token": tokens.access, "refresh_token": tokens.refresh} | life | tokens.whose
