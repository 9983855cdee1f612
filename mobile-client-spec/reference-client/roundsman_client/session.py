"""Signing in and staying signed in.

Access tokens live minutes and are renewed by a refresh token, which the server replaces at every use. If the answer of
a refresh is lost on the way, the phone holds a token that the server has already replaced; the server forgives that for
60 seconds. So the old token is kept until the new one is stored, and a lost answer is asked for again at once.

Tokens lie in the store beside everything else here. A phone keeps them in the Keystore or the Keychain.
"""

import logging
from collections.abc import Callable
from typing import TypeVar

from roundsman_client.clock import Clock
from roundsman_client.errors import (
    AnswerCut,
    AnswerInvalid,
    DeviceRevoked,
    NetworkFailed,
    NotSignedIn,
    OtherUser,
    ServerRefused,
    SignInRequired,
    Transient,
)
from roundsman_client.ids import IdMaker
from roundsman_client.link import Link
from roundsman_client.outbox import Outbox
from roundsman_client.protocol import REFRESH, SIGN_IN, SIGN_OUT, Json
from roundsman_client.store import Store
from roundsman_client.transport import HttpResponse

LOST_ANSWER_S = 60
"""How long the server accepts the previous refresh token from the same device."""
_PAUSES_S = (0.5, 2, 5, 10)
"""Pauses between attempts to refresh: five attempts, all within LOST_ANSWER_S on a network that fails quickly."""
_EARLY_S = 30
"""An access token is renewed this long before it expires, rather than sending a large request for nothing."""

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Session:
    """Whose phone this is, and the tokens that prove it."""

    def __init__(self, store: Store, outbox: Outbox, link: Link, clock: Clock, ids: IdMaker) -> None:
        self._ids = ids
        self._store = store
        self._outbox = outbox
        self._link = link
        self._clock = clock

    @property
    def identity(self) -> Json:
        """`{company, username, user: {id, name, roles, org_unit_id}, device_id}`. Raises `NotSignedIn`."""
        identity: Json | None = self._store.recall("identity")
        if identity is None:
            raise NotSignedIn
        return identity

    def sign_in(
        self, company: str, username: str, password: str, device: Json, *, new_device: bool, code: str | None = None
    ) -> None:
        """Sign in on this device. The password is sent and not kept.

        device: name, platform, app_version. new_device: give up the device id that this phone had before. code: of a
        second factor, once the server has asked for it (SES-11).
        Raises `OtherUser`, `ServerRefused`, `Transient`.
        """
        before = self._store.recall("identity")
        if before and (before["company"], before["username"]) != (company, username):
            raise OtherUser(before["company"], before["username"])
        device_id = None if new_device else self._store.recall("device_id")
        if device_id is None:
            # Made here and stored first: a sign-in whose answer is lost does not become a second device.
            device_id = self._ids.next()
            self._store.remember("device_id", device_id)
        body: Json = {
            "company": company,
            "username": username,
            "password": password,
            "device": {"id": device_id, **device},
        }
        if code is not None:
            body["code"] = code
        answer = self._link.call(SIGN_IN, body)
        try:
            identity = {
                "company": company,
                "username": username,
                "user": answer["user"],
                "device_id": answer["device"]["id"],
            }
            user_id = identity["user"]["id"]
        except (KeyError, TypeError) as error:
            raise AnswerInvalid("a sign-in's answer without user or device") from error
        if before and before["user"]["id"] != user_id:
            raise OtherUser(before["company"], before["username"])
        with self._store.transaction():
            if before and before["device_id"] != identity["device_id"]:
                # A cursor and sequence numbers belong to one device.
                self._outbox.renumber()
                for name in ("cursor", "open_pull", "epoch"):
                    self._store.remember(name, None)
            self._store.remember("identity", identity)
            self._store.remember("revoked", None)
            self._keep_tokens(answer)
        _log.info("signed in, device %s", identity["device_id"])

    def call(self, path: str, body: Callable[[], Json]) -> Json:
        """POST as the signed-in user, refreshing the access token when it has to be.

        body: made anew for every attempt, because it says what the clock shows. Raises `SignInRequired` when only the
        password helps, and whatever `Link.call` raises.
        """
        return self._authorised(lambda: self._link.call(path, body(), self.access_token))

    def exchange(self, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> HttpResponse:
        """Any other request as the signed-in user; its answer is in its headers. Raises what `call` raises."""
        return self._authorised(lambda: self._link.exchange(method, path, headers, body, self.access_token))

    def _authorised(self, ask: Callable[[], T]) -> T:
        if self._expires_soon():
            self.refresh()
        try:
            return ask()
        except ServerRefused as refusal:
            if not _token_refused(refusal):
                raise
        self.refresh()
        try:
            return ask()
        except ServerRefused as refusal:
            if _token_refused(refusal):
                raise _sign_in_required(_sure(refusal)) from refusal
            raise

    @property
    def has_tokens(self) -> bool:
        """Whether there are tokens, be they still good or not."""
        return self._store.recall("tokens") is not None

    @property
    def access_token(self) -> str:
        """The bearer token. Raises `NotSignedIn`, or `SignInRequired` after signing out."""
        tokens = self._tokens()
        return str(tokens["access_token"])

    @property
    def server_level(self) -> int | None:
        """The API level of the server at the last sign-in or refresh, None before the first."""
        level: int | None = self._store.recall("server_level")
        return level

    def refresh(self) -> None:
        """Exchange the refresh token for new tokens. Raises `SignInRequired`, `DeviceRevoked`, `Transient`."""
        token = self._tokens()["refresh_token"]
        try:
            answer = self._ask_until_heard(lambda: self._exchange(token))
        except DeviceRevoked:
            raise
        except ServerRefused as refusal:
            raise _sign_in_required(refusal) from refusal
        with self._store.transaction():
            self._keep_tokens(answer)

    def _exchange(self, token: str) -> Json:
        try:
            return self._link.call(REFRESH, {"refresh_token": token})
        except ServerRefused as refusal:
            raise _sure(refusal) from refusal

    def _ask_until_heard(self, ask: Callable[[], T]) -> T:
        """Ask again at once when the answer was lost, while the server still forgives the replaced token."""
        begun_ms = self._clock.read().uptime_ms
        for pause_s in (*_PAUSES_S, None):
            try:
                return ask()
            except NetworkFailed:
                waited_s = (self._clock.read().uptime_ms - begun_ms) / 1000
                if pause_s is None or waited_s + pause_s >= LOST_ANSWER_S:
                    raise
                self._clock.pause(pause_s)
        raise AssertionError("the last attempt either returns or raises")

    def sign_out(self) -> bool:
        """Forget the tokens; rows and outbox stay for this user's next sign-in. Returns whether the server knows."""
        told = True
        try:
            self.call(SIGN_OUT, dict)
        except (Transient, ServerRefused, NotSignedIn):
            told = False
        self._store.remember("tokens", None)
        return told

    def _tokens(self) -> Json:
        self.identity  # noqa: B018 - raises NotSignedIn
        tokens: Json | None = self._store.recall("tokens")
        if tokens is None:
            raise SignInRequired(401, "client.signed_out", "")
        return tokens

    def _keep_tokens(self, answer: Json) -> None:
        reading = self._clock.read()
        try:
            tokens = {
                "access_token": answer["access_token"],
                "refresh_token": answer["refresh_token"],
                "expires_in_s": float(answer["expires_in_s"]),
                "taken_uptime_ms": reading.uptime_ms,
                "boot_id": reading.boot_id,
            }
        except (KeyError, TypeError, ValueError) as error:
            raise AnswerInvalid("an answer without tokens") from error
        self._store.remember("tokens", tokens)
        level = answer.get("api_level")  # a server of level 1 does not say
        self._store.remember("server_level", level if isinstance(level, int) else 1)

    def _expires_soon(self) -> bool:
        """By uptime, because the wall clock may be wrong. After a boot nobody knows: the server will say."""
        tokens, reading = self._tokens(), self._clock.read()
        if tokens["boot_id"] != reading.boot_id:
            return False
        age_s = (reading.uptime_ms - tokens["taken_uptime_ms"]) / 1000
        return bool(age_s >= tokens["expires_in_s"] - min(_EARLY_S, tokens["expires_in_s"] / 2))


def _token_refused(refusal: ServerRefused) -> bool:
    return refusal.status == 401 and not isinstance(refusal, DeviceRevoked)


def _sure(refusal: ServerRefused) -> ServerRefused:
    """The refusal, if it is the server's own. Raises `AnswerCut` for one that the network damaged or made itself.

    A user who stands in front of a customer is not asked for his password because half of an answer was lost.
    """
    if refusal.code.startswith("http."):
        raise AnswerCut(refusal.code) from refusal
    return refusal


def _sign_in_required(refusal: ServerRefused) -> SignInRequired:
    return SignInRequired(refusal.status, refusal.code, refusal.message, refusal.field, refusal.details)
